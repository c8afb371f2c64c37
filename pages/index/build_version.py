"""Builds a version of the index."""

from collections.abc import Mapping
from typing import Any, Final, Literal, cast

from hub.definitions.artifacts import artifact_statements, image_parts, is_by_digest
from hub.definitions.constraints import Constraint, rules_of
from hub.definitions.cost import cost_of
from hub.definitions.model import Catalog, CatalogProduct, CatalogVersion
from hub.definitions.templates import Template
from pages.index import version as shapes
from pages.index.differences import difference
from pages.index.facts import brought, known_defaults, limits
from pages.index.life import life_of
from pages.index.metrics import metrics
from pages.index.resources import calls, outputs, resources
from pages.index.rights import rights
from shared.catalog.cost import estimate
from shared.catalog.rules import ONLY_AWS, Rule

_COMPARED: Final = 10
"""Earlier versions with which one is compared; a page that shows more is read by nobody."""


def version_of(product: CatalogProduct, index: int, catalog: Catalog, *, is_newest: bool) -> shapes.IndexedVersion:
    """Give a version by its place in its product."""
    version, key = product.versions[index], product.file.key
    entry, template = version.entry, version.template
    earlier = product.versions[max(0, index - _COMPARED) : index]
    address = f"models/{key}/{entry.version}"
    return shapes.IndexedVersion(
        product=key,
        version=entry.version,
        address=f"{address}.json",
        sbom=f"{address}.cdx.json",
        description=entry.description,
        is_newest=is_newest,
        life=life_of(version.entry.released, version.entry.lifecycle, catalog.day),
        card=version.card,
        metrics=metrics(version, earlier[-1] if earlier else None),
        parameters=_parameters(product, version),
        rules=[
            *rules_in(product.file.constraints),
            *(_rule(name, rule, "template") for name, rule in template.rules.items()),
        ],
        cost=_cost(product, version, catalog),
        model=_model(version),
        approval=entry.approval,
        template_sha256=template.sha256,
        resources=resources(template),
        outputs=outputs(template),
        pulls=rights(artifact_statements([entry.artifacts])),
        calls=list(calls(template)),
        differences={each.entry.version: difference(catalog, product, each, version) for each in earlier},
    )


def rules_in(constraints: list[Constraint]) -> list[shapes.IndexedRule]:
    """Give the rules that a product's constraints make in a portfolio."""
    return [_rule(name, rule, "product") for name, rule in rules_of(constraints).items()]


def _parameters(product: CatalogProduct, version: CatalogVersion) -> list[shapes.IndexedParameter]:
    groups, taken = _groups(version.template), brought(product, version)
    found: list[shapes.IndexedParameter] = []
    for name, parameter in version.template.parameters.items():
        told = parameter.published()
        found.append(
            shapes.IndexedParameter(
                name=name,
                **told.model_dump(exclude={"no_echo"}),
                hidden=told.no_echo is not None,
                group=groups.get(name, ""),
                brought=cast("shapes.Brought | None", taken.get(name)),
                required=told.default is None and name not in taken,
                limits=limits(parameter),
            )
        )
    return found


def _groups(template: Template) -> Mapping[str, str]:
    """Say under which heading each parameter stands, in the template's own words."""
    try:
        groups: Any = template.body["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
        return {name: str(group["Label"]["default"]) for group in groups for name in group["Parameters"]}
    except (KeyError, TypeError):
        return {}


def _rule(name: str, rule: Rule, of: Literal["product", "template"]) -> shapes.IndexedRule:
    return shapes.IndexedRule(
        name=name,
        of=of,
        condition=rule.condition,
        assertions=[shapes.IndexedAssertion(**each.model_dump()) for each in rule.assertions],
        parameters=sorted(rule.parameters()),
        only_aws=any(function in str(rule.document()) for function in ONLY_AWS),
    )


def _cost(product: CatalogProduct, version: CatalogVersion, catalog: Catalog) -> shapes.IndexedCost | None:
    rule, parameters = product.cost_of(version), version.template.parameters
    if rule is None:
        return None
    defaults = known_defaults(parameters)
    found = {region: cost_of(rule, parameters, catalog.prices, region) for region in catalog.prices.instance_hour}
    any_of = next(iter(found.values()), None)
    if any_of is None:
        return None
    return shapes.IndexedCost(
        **any_of.model_dump(exclude={"prices"}, by_alias=False),
        prices={region: each.prices for region, each in found.items()},
        with_defaults={region: estimate(each, defaults) for region, each in found.items()},
    )


def _model(version: CatalogVersion) -> shapes.IndexedModel:
    artifacts = version.entry.artifacts
    return shapes.IndexedModel(
        package=version.entry.model_package,
        archive=artifacts.model_data,
        **artifacts.model_dump(include={"version_id", "etag", "sha256", "code", "kms_key"}),
        images=[
            shapes.IndexedImage(
                region=image_parts(image)["region"], uri=image, pinned="digest" if is_by_digest(image) else "tag"
            )
            for image in artifacts.images
        ],
    )
