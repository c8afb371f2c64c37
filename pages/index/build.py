"""Builds the index from the catalog's files and the hub's settings."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from hub.config import HubSettings, ShareSetting
from hub.definitions.constraints import Constraint, is_stack_set, tag_updates
from hub.definitions.model import Catalog, CatalogProduct
from hub.definitions.permissions import execution_permissions, launch_permissions
from hub.definitions.schema import PortfolioFile
from hub.definitions.tag_options import together
from pages.index import model
from pages.index.build_version import rules_in, version_of
from pages.index.rights import rights
from pages.index.version import IndexedVersion
from shared.catalog.cost import Estimate
from shared.catalog.versions import newest_release
from shared.stack.names import execution_role_name, launch_role_name


class Known(Protocol):
    """Products of the index that somebody has built already."""

    def get(self, item: str, /) -> model.IndexedProduct | None:
        """Give one by its key, if it was built."""
        ...


Ahead = Callable[[Sequence[str], Callable[[str], model.IndexedProduct]], Known]
"""Builds products of the index ahead of who wants them, by their keys and what builds one."""


@dataclass(frozen=True, slots=True)
class Publisher:
    """A stack of the hub: the name of its settings file, and what it says."""

    file: str
    settings: HubSettings

    def publishes(self, portfolio: str) -> bool:
        """Whether it publishes a portfolio; without any named it publishes all."""
        return not self.settings.portfolios or portfolio in self.settings.portfolios


def index_of(
    catalog: Catalog,
    publishers: Sequence[Publisher],
    *,
    private: bool = False,
    repository: str = "",
    ahead: Ahead | None = None,
) -> model.Index:
    """Build the index.

    Args:
        catalog: As it is on its day.
        publishers: The hub's stacks.
        private: Whether it says who has what.
        repository: The address of the catalog's repository.
        ahead: Builds some products ahead; without it, each is built when it is its turn.
    """
    portfolios = {file.key: file for file in catalog.portfolios}
    products = {product.file.key: product for product in catalog.products}

    def built(key: str) -> model.IndexedProduct:
        return _product(products[key], portfolios, catalog, publishers)

    known = ahead(list(products), built) if ahead else dict[str, model.IndexedProduct]()
    return model.Index(
        day=catalog.day,
        private=private,
        repository=repository,
        prices=model.PriceTable(**catalog.prices.model_dump(include={"date", "source", "note", "currency"})),
        portfolios=[_portfolio(file, catalog, publishers, private=private) for file in catalog.portfolios],
        products=[known.get(key) or built(key) for key in products],
    )


def _regions(portfolio: str, publishers: Sequence[Publisher]) -> list[str]:
    found = [region for each in publishers if each.publishes(portfolio) for region in each.settings.all_regions]
    return list(dict.fromkeys(found))


def _shares(portfolio: str, publishers: Sequence[Publisher]) -> Iterator[ShareSetting]:
    for each in publishers:
        if each.publishes(portfolio):
            yield from (share for share in each.settings.shares if share.portfolio == portfolio)


def _portfolio(
    file: PortfolioFile, catalog: Catalog, publishers: Sequence[Publisher], *, private: bool
) -> model.IndexedPortfolio:
    of = [each for each in publishers if each.publishes(file.key)]
    shares = [
        model.IndexedShare(type=share.type, target=share.target or "", revoking=share.revoking)
        for share in _shares(file.key, publishers)
    ]
    return model.IndexedPortfolio(
        key=file.key,
        name=file.name,
        description=file.description,
        provider_name=file.provider_name,
        tags=file.tags,
        tag_options=file.tag_options,
        regions=_regions(file.key, publishers),
        products=[product.file.key for product in catalog.products if file.key in product.file.places],
        access=model.Access(
            decided_by=file.access.decided_by if file.access else file.provider_name,
            contact=(file.access and file.access.contact) or "",
            note=(file.access and file.access.note) or "",
            file=of[0].file if of else "",
            command=f"model-catalog spoke ask-access SPOKE {file.key}",
        ),
        shares=shares if private else None,
    )


def _product(
    product: CatalogProduct,
    portfolios: Mapping[str, PortfolioFile],
    catalog: Catalog,
    publishers: Sequence[Publisher],
) -> model.IndexedProduct:
    file = product.file
    offers = {key: _offer(product, portfolios[key], those, publishers) for key, those in file.places.items()}
    first = offers.pop(file.portfolio)
    regions = first.regions
    active = [each.entry.version for each in product.versions if each.state == "active"]
    newest = newest_release(active) or product.versions[-1].entry.version
    versions = [
        version_of(product, index, catalog, is_newest=bool(active) and each.entry.version == newest)
        for index, each in enumerate(product.versions)
    ]
    price, region = _least(versions, active, regions)
    return model.IndexedProduct(
        key=file.key,
        original_key=file.original_key,
        name=file.name,
        description=file.description,
        portfolio=file.portfolio,
        portfolios={
            key: model.OtherOffer(**dict(offer), rules=rules_in(file.portfolios[key].constraints))
            for key, offer in offers.items()
        },
        owner=file.owner,
        distributor=file.distributor,
        contact=file.support.email,
        support=file.support.description,
        support_url=file.support.url,
        **dict(first),
        state=next(each.life.state for each in versions if each.version == newest),
        newest=newest,
        price_from=price,
        price_region=region,
        exceptions=dict(product.exceptions),
        registry_group=file.registry.group,
        launch_role=model.IndexedRole(
            name=launch_role_name(file.original_key),
            services=["servicecatalog.amazonaws.com"],
            rights=rights(launch_permissions(product)["Statement"]),
        ),
        execution_role=model.IndexedRole(
            name=execution_role_name(file.original_key),
            services=file.execution_role.services,
            rights=rights(execution_permissions(product)["Statement"]),
        ),
        versions=versions,
    )


def _offer(
    product: CatalogProduct, portfolio: PortfolioFile, constraints: list[Constraint], publishers: Sequence[Publisher]
) -> model.IndexedOffer:
    file = product.file
    return model.IndexedOffer(
        regions=_regions(portfolio.key, publishers),
        tags={**portfolio.tags, **file.tags},
        tag_options=together(portfolio.tag_options, file.tag_options),
        tag_options_go_along=any(each.tag_options for each in _shares(portfolio.key, publishers)),
        tag_updates=tag_updates(constraints),
        stack_set=is_stack_set(constraints),
    )


def _least(
    versions: list[IndexedVersion], active: list[str], regions: list[str]
) -> tuple[Estimate, str] | tuple[None, None]:
    """Find the cheapest month of a version that may be launched, where the product is offered."""
    found = [
        (each.least, region, each)
        for version in versions
        if version.version in active and version.cost
        for region, each in version.cost.with_defaults.items()
        if each.least is not None and (not regions or region in regions)
    ]
    if not found:
        return None, None
    _, region, price = min(found, key=lambda each: (each[0], each[1]))
    return price, region
