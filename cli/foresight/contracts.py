"""The contract that a hub's stack would publish: the catalog's files, with the ids that AWS has given already."""

from collections.abc import Mapping
from typing import Final, TypeVar

from hub.config import HubSettings
from hub.definitions.lifecycle import WITHDRAWN
from hub.definitions.model import Catalog
from hub.definitions.permissions import read_with
from hub.definitions.portfolio_selection import part_of
from hub.definitions.publication import Ids, region_catalog
from shared.catalog import contract
from shared.catalog.contract import Contract, Portfolio, Product, RegionCatalog, Version
from shared.stack.names import origin_tags
from shared.stack.stack_file import StackFile

T = TypeVar("T", Product, Portfolio)
_NEW: Final = "new:"
"""How the ids begin that AWS has not given yet."""
_NOTHING: Final = RegionCatalog(portfolios={}, products={})


def contract_of(catalog: Catalog, file: StackFile, known: Contract | None) -> Contract:
    """Give what a hub's stack would publish.

    Args:
        catalog: As it is on its day.
        file: The stack's settings.
        known: What it has published; None where it was never deployed.

    Raises:
        CatalogError: the settings are wrong, or do not fit the catalog.
    """
    settings = file.settings(HubSettings)
    part = read_with(settings.template_keys, part_of(settings, catalog, where=file.path.name))
    targets = [(share, share.target or "the organization") for share in settings.shares]
    regions: dict[str, RegionCatalog] = {}
    for region in settings.all_regions:
        before = known.regions.get(region, _NOTHING) if known else _NOTHING
        tags = {**settings.tags, **origin_tags(file.path.name)}
        found = region_catalog(part, targets, _ids(part, before), region=region, tags=tags)
        regions[region] = _with_withdrawn(found, before)
    return Contract.model_validate(contract.publish(settings.account_id, regions))


def with_product(known: Contract, key: str, products: Mapping[str, Product], whole: Contract) -> Contract:
    """Give a contract in which one product is another, in every region that offers it.

    Args:
        known: The contract.
        key: The product's.
        products: It, by region.
        whole: Whose portfolios it stands in, where the contract does not have them yet.
    """
    regions = dict(known.regions)
    for region, product in products.items():
        there = regions.get(region, _NOTHING)
        missing = {
            name: portfolio
            for name, portfolio in whole.regions[region].portfolios.items()
            if name in product.within and name not in there.portfolios
        }
        others = {name: each for name, each in there.products.items() if each.original_key != product.original_key}
        regions[region] = RegionCatalog(portfolios={**there.portfolios, **missing}, products={**others, key: product})
    return Contract.model_validate(contract.publish(known.hub_account, regions))


def _ids(catalog: Catalog, before: RegionCatalog) -> Ids:
    """Give the ids that AWS gave, and others where it has given none."""
    products = {each.file.key: by_original_key(before.products, each.file.original_key) for each in catalog.products}
    portfolios = {each.key: by_original_key(before.portfolios, each.original_key) for each in catalog.portfolios}
    return Ids(
        portfolios={key: found.id if found else f"{_NEW}{key}" for key, found in portfolios.items()},
        products={key: found.id if found else f"{_NEW}{key}" for key, found in products.items()},
        versions={
            each.file.key: {
                version.entry.version: _version_id(products[each.file.key], each.file.key, version.entry.version)
                for version in each.versions
            }
            for each in catalog.products
        },
    )


def by_original_key(offers: Mapping[str, T], original_key: str) -> T | None:
    """Find a portfolio or product by the key that it had at first; None where there is none."""
    return next((each for each in offers.values() if each.original_key == original_key), None)


def _version_id(product: Product | None, key: str, number: str) -> str:
    known = product.versions.get(number) if product else None
    return known.id if known else f"{_NEW}{key}:{number}"


def _with_withdrawn(found: RegionCatalog, before: RegionCatalog) -> RegionCatalog:
    """Keep deprecated what the hub has deprecated by itself: nobody asks the registry here whether it has changed."""
    products = dict(found.products)
    for key, product in found.products.items():
        earlier = by_original_key(before.products, product.original_key)
        versions = {
            number: _withdrawn(version, earlier.versions.get(number)) if earlier else version
            for number, version in product.versions.items()
        }
        products[key] = product.model_copy(update={"versions": versions})
    return found.model_copy(update={"products": products})


def _withdrawn(version: Version, before: Version | None) -> Version:
    if version.state != "active" or not before or not (before.reason or "").startswith(WITHDRAWN):
        return version
    kept = ("state", "deprecated_on", "reason", "replacement")
    return version.model_copy(update={name: getattr(before, name) for name in kept})
