"""What the hub publishes of the catalog: its part of the contract for a region."""

from collections.abc import Mapping, Sequence
from typing import TypedDict

from hub.config import ShareSetting
from hub.definitions.artifacts import image_parts, is_by_digest
from hub.definitions.constraints import Constraint, is_stack_set, rules_of, tag_updates
from hub.definitions.cost import cost_of
from hub.definitions.model import Catalog, CatalogProduct, CatalogVersion
from hub.definitions.permissions import execution_permissions, launch_permissions
from hub.definitions.schema import ModelParameters, PortfolioFile, VersionEntry
from hub.definitions.tag_options import together
from shared.catalog import contract, model
from shared.stack.names import execution_role_name, launch_role_name

Targets = Sequence[tuple[ShareSetting, str]]
"""Each share with the id that it is made with."""


class Ids(TypedDict):
    """The ids that AWS gave to what was made in a region, by key; those of versions by product and number."""

    portfolios: Mapping[str, str]
    products: Mapping[str, str]
    versions: Mapping[str, Mapping[str, str]]


def region_catalog(
    catalog: Catalog, targets: Targets, ids: Ids, *, region: str, tags: Mapping[str, str]
) -> contract.RegionCatalog:
    """Say what a region offers.

    Args:
        catalog: What the stack publishes.
        targets: Its shares.
        ids: Of what was made in the region.
        region: The region, which prices go by.
        tags: Those that the stack puts on all that it makes.
    """
    portfolios = {file.key: file for file in catalog.portfolios}
    return contract.RegionCatalog(
        portfolios={key: _portfolio(file, targets, ids["portfolios"][key]) for key, file in portfolios.items()},
        products={
            product.file.key: _product(product, portfolios, catalog, targets, ids, region, tags)
            for product in catalog.products
        },
    )


def _portfolio(file: PortfolioFile, targets: Targets, identity: str) -> contract.Portfolio:
    return contract.Portfolio(
        id=identity,
        original_key=file.original_key,
        name=file.name,
        shares=[
            contract.Share(type=share.type, target=target)
            for share, target in targets
            if share.portfolio == file.key and not share.revoking
        ],
    )


def _product(
    product: CatalogProduct,
    portfolios: Mapping[str, PortfolioFile],
    catalog: Catalog,
    targets: Targets,
    ids: Ids,
    region: str,
    tags: Mapping[str, str],
) -> contract.Product:
    file = product.file
    first, *others = (
        _offer(product, portfolios[key], constraints, targets, tags) for key, constraints in file.places.items()
    )
    return contract.Product(
        id=ids["products"][file.key],
        original_key=file.original_key,
        name=file.name,
        portfolio=file.portfolio,
        owner=file.owner,
        description=file.description,
        tags=first.tags,
        rules=first.rules,
        tag_options=first.tag_options,
        tag_updates=first.tag_updates,
        stack_set=first.stack_set,
        portfolios=dict(zip(file.portfolios, others, strict=True)) or None,
        exceptions=dict(product.exceptions) or None,
        actions={action.key: action.description for action in file.actions} or None,
        launch_role=contract.Role(
            name=launch_role_name(file.original_key),
            services=["servicecatalog.amazonaws.com"],
            policy=launch_permissions(product),
        ),
        execution_role=contract.Role(
            name=execution_role_name(file.original_key),
            services=file.execution_role.services,
            policy=execution_permissions(product),
        ),
        versions={
            version.entry.version: _version(
                product, version, catalog, ids["versions"][file.key][version.entry.version], region
            )
            for version in product.versions
        },
    )


def _offer(
    product: CatalogProduct,
    portfolio: PortfolioFile,
    constraints: list[Constraint],
    targets: Targets,
    tags: Mapping[str, str],
) -> contract.Offer:
    """Say what holds for the product in a portfolio."""
    file = product.file
    # A recipient's launches have to have the tags of tag options only where these go along with the share.
    along = any(share.tag_options for share, _ in targets if share.portfolio == portfolio.key)
    return contract.Offer(
        tags={**portfolio.tags, **file.tags, **tags},
        rules=rules_of(constraints),
        tag_options=together(portfolio.tag_options, file.tag_options) if along else {},
        tag_updates=tag_updates(constraints),
        stack_set="true" if is_stack_set(constraints) else None,
    )


def _version(
    product: CatalogProduct, version: CatalogVersion, catalog: Catalog, identity: str, region: str
) -> contract.Version:
    entry, end, rule = version.entry, version.entry.lifecycle, product.cost_of(version)
    return contract.Version(
        id=identity,
        state=version.state,
        deprecated_on=end.deprecated_on if end else None,
        retires_on=end.retires_on if end else None,
        replacement=end.replacement if end else None,
        reason=end.reason if end else None,
        model_package=entry.model_package,
        model=_model(product.parameters_of(version), entry, region),
        card=version.card.digest,
        cost=rule and cost_of(rule, version.template.parameters, catalog.prices, region),
        released=entry.released,
        description=entry.description,
        template_sha256=version.template.sha256,
        parameters={name: each.published() for name, each in version.template.parameters.items()},
        rules=version.template.rules,
    )


def _model(parameters: ModelParameters, entry: VersionEntry, region: str) -> model.Model:
    artifacts = entry.artifacts
    return model.Model(
        package=entry.model_package,
        archive=model.Archive(
            uri=artifacts.model_data, version_id=artifacts.version_id, etag=artifacts.etag, sha256=artifacts.sha256
        ),
        images={region: _image(image) for image in artifacts.images if image_parts(image)["region"] == region},  # noqa: B035 - one of a region
        code=artifacts.code,
        parameters=model.ModelParameters(**parameters.model_dump()),
    )


def _image(uri: str) -> model.Image:
    return model.Image(uri=uri, pinned="digest" if is_by_digest(uri) else "tag")
