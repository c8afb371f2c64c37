"""The contracts that the hubs of all spokes have published, each read once."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from fleet.engine import Engine
from fleet.errors import EngineError
from fleet.store.records import DeployedLaunch
from shared.catalog.contract import Contract, Product, day_of, merge, parse
from shared.errors import CatalogError, ContractError
from shared.stack.names import CATALOG_OUTPUT, PUBLISHED_OUTPUT

_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Published:
    """What a hub published, and on which day it ran last, as far as it says so."""

    contract: Contract
    on: dt.date | None


class Hubs:
    """The hubs that some spokes read."""

    def __init__(self, engine: Engine, names: Iterable[str]) -> None:
        """Read every hub. What is wrong with one is kept: it concerns those alone who ask for it."""
        self._found: dict[str, Published | CatalogError] = {}
        self._merged: dict[tuple[str, ...], Contract] = {}
        wanted = sorted(set(names))
        with ThreadPoolExecutor(_AT_ONCE) as workers:
            self._found.update(zip(wanted, workers.map(partial(_read, engine), wanted), strict=True))

    @property
    def problems(self) -> Sequence[CatalogError]:
        """Why some of them cannot be read."""
        return [found for found in self._found.values() if isinstance(found, CatalogError)]

    def contract(self, names: Sequence[str]) -> Contract:
        """Give what the stacks of a hub published. Raises CatalogError where one cannot be read."""
        key = tuple(names)
        if key not in self._merged:
            self._merged[key] = merge({name: self._published(name).contract for name in names})
        return self._merged[key]

    def published(self) -> Mapping[str, Published]:
        """Give what all hubs that can be read published, by name."""
        return {name: found for name, found in self._found.items() if isinstance(found, Published)}

    def product_of(self, launch: DeployedLaunch) -> tuple[str, Product] | None:
        """Find the product of a launch, with the key that it has today; None where no hub publishes it any more.

        It is found by its id, since keys can change, and by its key where the id was not recorded.
        """
        for found in self.published().values():
            catalog = found.contract.regions.get(launch.region)
            for key, product in catalog.products.items() if catalog else ():
                names = [product.id] if launch.product_id else [key, product.original_key]
                if (launch.product_id or launch.product) in names:
                    return key, product
        return None

    def product_with_id(self, product_id: str, region: str) -> tuple[str, Product] | None:
        """Find a product by what AWS calls it in a region; None where no hub publishes it any more."""
        for found in self.published().values():
            catalog = found.contract.regions.get(region)
            for key, product in catalog.products.items() if catalog else ():
                if product.id == product_id:
                    return key, product
        return None

    @property
    def regions(self) -> set[str]:
        """The regions that something is offered in."""
        return {region for found in self.published().values() for region in found.contract.regions}

    def _published(self, name: str) -> Published:
        found = self._found[name]
        if isinstance(found, CatalogError):
            raise found
        return found


def _read(engine: Engine, name: str) -> Published | CatalogError:
    try:
        outputs = engine.outputs("hub", name)
        day = outputs.get(PUBLISHED_OUTPUT)
        contract = parse(outputs.get(CATALOG_OUTPUT), source=name)
        return Published(contract, day_of(day, source=name))
    except EngineError as problem:
        if "no stack named" in str(problem):
            return ContractError(
                f"the hub was never deployed on this backend, so no spoke can run. Deploy it first: make "
                f"up-{name.rpartition('/')[2]}. If it was, check hubStack and PULUMI_BACKEND_URL.",
                code="hub-not-deployed",
                place=name,
            )
        return problem
    except CatalogError as problem:
        return problem
