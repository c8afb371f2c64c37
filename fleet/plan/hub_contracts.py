"""The contracts that the hubs of all spokes have published, each read once."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

from fleet.engine import Engine
from fleet.errors import EngineError
from fleet.store.locations import states_at
from fleet.store.records import DeployedLaunch
from fleet.store.storage import StorageError, backend_url, is_cloud
from shared.catalog.contract import Contract, Product
from shared.catalog.divided_contract import merge
from shared.catalog.publication_day import day_of
from shared.catalog.trust import Trust, admit, refuse_older
from shared.errors import CatalogError, ContractError
from shared.stack.hub_pin import fleet_trusts, own_trust
from shared.stack.names import CATALOG_OUTPUT, HUB_PROJECT, PUBLISHED_OUTPUT, short_name
from spoke.config import SpokeSettings

_AT_ONCE = 4
_REGIONS = "regions"
"""What a contract has, and neither a secret nor another thing that only Pulumi can read."""


@dataclass(frozen=True, slots=True)
class Published:
    """What a hub published, and on which day it ran last, as far as it says so."""

    contract: Contract
    on: dt.date | None


class Hubs:
    """The hubs that some spokes read.

    What fleet.yaml asks of a hub holds for whoever looks at one, and what a spoke's settings ask for the spoke.
    """

    def __init__(self, engine: Engine, names: Iterable[str]) -> None:
        """Read every hub. What is wrong with one is kept: it concerns those alone who ask for it.

        Raises:
            ConfigError: what fleet.yaml asks of a hub is wrong.
        """
        self._found: dict[str, Published | CatalogError] = {}
        self._exported: dict[str, object] = {}
        self._merged: dict[tuple[str, ...], Contract] = {}
        wanted = sorted(set(names))
        read = partial(_read, engine, fleet_trusts(engine.root), self._exported)
        with ThreadPoolExecutor(_AT_ONCE) as workers:
            self._found.update(zip(wanted, workers.map(read, wanted), strict=True))

    @property
    def problems(self) -> Sequence[CatalogError]:
        """Why some of them cannot be read."""
        return [found for found in self._found.values() if isinstance(found, CatalogError)]

    def contract(self, settings: SpokeSettings, *, where: str, issued: Mapping[str, str] | None = None) -> Contract:
        """Give what the hub of a spoke published.

        Args:
            settings: Those of the spoke.
            where: Their file, for messages.
            issued: When each contract was signed that the spoke was deployed with last, by the hub's stack.

        Raises:
            CatalogError: it cannot be read, is not of the hub that the settings trust, or is older than the one before.
        """
        trust, key = own_trust(settings.hub, where=where), tuple(settings.hub_stacks)
        for name in key:
            trust.confirm_reference(name)
            published = self._published(name)
            trust.confirm(self._exported.get(name), name)
            refuse_older(name, published.contract, (issued or {}).get(short_name(name), ""))
        if key not in self._merged:
            self._merged[key] = merge({name: self._published(name).contract for name in key})
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


def _stored(engine: Engine, name: str) -> Mapping[str, Any]:
    """Read a hub's outputs where they lie, without a process of Pulumi's, a third of a second of CPU.

    Nothing is given where that cannot be done, for whatever reason: Pulumi says what is wrong.
    """
    try:
        backend = backend_url()
        if is_cloud(backend):
            return {}
        state = states_at(backend, engine, HUB_PROJECT).read(name.rpartition("/")[2])
    except (CatalogError, *StorageError):
        return {}
    outputs: Mapping[str, Any] = state.outputs if state else {}
    catalog = outputs.get(CATALOG_OUTPUT)
    return outputs if isinstance(catalog, dict) and _REGIONS in catalog else {}


def _read(engine: Engine, trusts: Sequence[Trust], exported: dict[str, object], name: str) -> Published | CatalogError:
    try:
        for trust in trusts:
            trust.confirm_reference(name)
        outputs = _stored(engine, name) or engine.outputs("hub", name)
        day = outputs.get(PUBLISHED_OUTPUT)
        exported[name] = outputs.get(CATALOG_OUTPUT)
        contract = admit(trusts, exported[name], name)
        return Published(contract, day_of(day, source=name))
    except EngineError as problem:
        if "no stack named" in str(problem):
            return ContractError(
                f"the hub was never deployed on this backend, so no spoke can run. Deploy it first: "
                f"model-catalog stack up {name.rpartition('/')[2]}. If it was, check hubStack and PULUMI_BACKEND_URL.",
                code="hub-not-deployed",
                place=name,
            )
        return problem
    except CatalogError as problem:
        return problem
