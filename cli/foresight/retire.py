"""A version that is retired: neither launched nor updated any more."""

from collections.abc import Iterator, Mapping

from cli.catalog.files import FOLDER, exceptions_here
from cli.foresight.contracts import contract_of, with_product
from cli.foresight.differences import differences
from cli.foresight.start import Scenario, Start, templates_of
from hub.definitions.load import read_unlocked
from pages.foresight.shapes import ForeseenChange
from shared.catalog.contract import Contract, Product
from shared.errors import ContentError
from shared.spelling import meant


def retired(start: Start, key: str, number: str) -> tuple[ForeseenChange, Scenario]:
    """Say what is looked at when a version is retired, on the day of the environment.

    Raises:
        CatalogError: no hub offers it, or it is retired by then anyway.
    """
    catalog = read_unlocked(FOLDER, start.day, exceptions=exceptions_here())
    before = dict(start.deployed) or start.contracts(lambda file, known: contract_of(catalog, file, known))
    ended = {name: dict(_ended(contract, key, number, start)) for name, contract in before.items()}
    if not any(ended.values()):
        raise _not_there(before, key, number)
    after = {
        name: with_product(contract, key, ended[name], contract) if ended[name] else contract
        for name, contract in before.items()
    }
    change = ForeseenChange(
        kind="retire",
        product=key,
        version=number,
        against=start.against,
        what=differences(before, after, start.day),
    )
    if not change.what:
        raise ContentError(
            f"invalid value {number!r}: {key} {number} is retired on {start.day} anyway. Name another version, or a "
            f"day before that: --on",
            code="version-retired-anyway",
            place="VERSION",
        )
    note = "launches that no stack declares are not looked at: the hub's deployment asks for them"
    scenario = Scenario(
        before=start.with_hubs(before) if not start.deployed else start.inventory,
        after=start.with_hubs(after),
        assumed=not start.deployed,
        templates=templates_of(catalog),
        notes=(*start.notes, note),
    )
    return change, scenario


def _ended(contract: Contract, key: str, number: str, start: Start) -> Iterator[tuple[str, Product]]:
    for region, catalog in contract.regions.items():
        product = catalog.products.get(key)
        version = product.versions.get(number) if product else None
        if product is None or version is None:
            continue
        if start.day < version.released:
            raise ContentError(
                f"invalid value {start.day}. {number} is released on {version.released}: name a day after that.",
                code="end-before-release",
                place="--on",
            )
        earlier = version.retires_on and min(version.retires_on, start.day)
        ended = version.model_copy(update={"retires_on": earlier or start.day})
        yield region, product.model_copy(update={"versions": {**product.versions, number: ended}})


def _not_there(contracts: Mapping[str, Contract], key: str, number: str) -> ContentError:
    products = {
        name: product
        for contract in contracts.values()
        for region in contract.regions.values()
        for name, product in region.products.items()
    }
    if key not in products:
        return ContentError(
            f"invalid value {key!r}, which no hub offers.{meant(key, products)} They offer: "
            f"{', '.join(sorted(products)) or 'nothing'}.",
            code="product-unknown",
            place="PRODUCT",
        )
    return ContentError(
        f"invalid value {number!r}. The versions of {key} that are offered are: "
        f"{', '.join(products[key].versions) or 'none'}.",
        code="version-unknown",
        place="VERSION",
    )
