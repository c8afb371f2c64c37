"""The index in the form in which spokes read what a hub offers, so that one code checks a launch wherever it is asked.

What AWS gave a hub is not in it: ids, shares and policies are empty. It is for checks, and nothing is deployed from it.
"""

from pages.index.model import Index, IndexedProduct
from pages.index.version import IndexedParameter, IndexedVersion
from shared.catalog import model
from shared.catalog.contract import Contract, Portfolio, Product, RegionCatalog, Role, Version
from shared.catalog.parameters import Parameter


def offer(index: Index) -> Contract:
    """Give what is offered, by region."""
    regions = dict.fromkeys(region for product in index.products for region in product.regions)
    return Contract.model_construct(
        schema_version="",
        content_hash="",
        signature=None,
        hub_account="",
        regions={region: _region(index, region) for region in regions},
    )


def _region(index: Index, region: str) -> RegionCatalog:
    return RegionCatalog.model_construct(
        portfolios={
            each.key: Portfolio(id="", original_key=each.key, name=each.name, shares=[])
            for each in index.portfolios
            if region in each.regions
        },
        products={each.key: _product(each, region) for each in index.products if region in each.regions},
    )


def _product(product: IndexedProduct, region: str) -> Product:
    first = product.versions[0] if product.versions else None
    return Product(
        id="",
        original_key=product.original_key,
        name=product.name,
        portfolio=product.portfolio,
        owner=product.owner,
        description=product.description,
        tags=product.tags,
        rules={each.name: each.rule() for each in (first.rules if first else []) if each.of == "product"},
        tag_options=product.tag_options if product.tag_options_go_along else {},
        tag_updates=product.tag_updates,
        stack_set="true" if product.stack_set else None,
        launch_role=Role(name=product.launch_role.name, services=product.launch_role.services, policy={}),
        execution_role=Role(name=product.execution_role.name, services=product.execution_role.services, policy={}),
        versions={each.version: _version(each, region) for each in product.versions},
    )


def _version(version: IndexedVersion, region: str) -> Version:
    life, found = version.life, version.model
    taken = {each.brought: each.name for each in version.parameters if each.brought}
    return Version(
        id="",
        state=life.state,
        deprecated_on=life.deprecated_on,
        retires_on=life.retires_on,
        replacement=life.replacement,
        reason=life.reason,
        model_package=found.package,
        model=model.Model(
            package=found.package,
            archive=model.Archive(uri=found.archive, version_id=found.version_id, etag=found.etag, sha256=found.sha256),
            images={
                each.region: model.Image(uri=each.uri, pinned=each.pinned)
                for each in found.images
                if each.region == region
            },
            code=found.code,
            parameters=model.ModelParameters(**taken),
        ),
        card=version.card.digest,
        cost=version.cost and version.cost.cost(region),
        released=life.released,
        description=version.description,
        template_sha256=version.template_sha256,
        parameters={each.name: _parameter(each) for each in version.parameters},
        rules={each.name: each.rule() for each in version.rules if each.of == "template"},
    )


def _parameter(parameter: IndexedParameter) -> Parameter:
    return Parameter(
        **parameter.model_dump(include=set(Parameter.model_fields)), no_echo="true" if parameter.hidden else None
    )
