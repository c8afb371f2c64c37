"""What there is to say of a version: its card, its parameters and their limits, its metrics, its cost."""

from collections.abc import Iterator, Mapping
from typing import Any

from hub.definitions.artifacts import Artifacts, image_parts, is_by_digest
from hub.definitions.cost import cost_of
from hub.definitions.model import Catalog, CatalogProduct, CatalogVersion
from shared.catalog.cost import Estimate, estimate
from shared.catalog.parameters import Parameter


def costs(catalog: Catalog, product: CatalogProduct, version: CatalogVersion) -> dict[str, Estimate]:
    """Estimate a month with the template's defaults, by region of the price table; nothing where no cost is given."""
    parameters, rule = version.template.parameters, product.cost_of(version)
    if rule is None:
        return {}
    defaults = known_defaults(parameters)
    return {
        region: estimate(cost_of(rule, parameters, catalog.prices, region), defaults)
        for region in catalog.prices.instance_hour
    }


def known_defaults(parameters: Mapping[str, Parameter]) -> dict[str, str]:
    """Give the defaults of parameters; not those that the template hides."""
    return {
        name: item.default for name, item in parameters.items() if item.default is not None and item.no_echo is None
    }


def limits(parameter: Parameter) -> str:
    """Say in words which values a parameter takes."""
    return "; ".join(_limits(parameter))


def _limits(parameter: Parameter) -> Iterator[str]:
    if parameter.allowed_values is not None:
        yield f"one of {', '.join(value or '(empty)' for value in parameter.allowed_values)}"
    for low, high, what in (
        (parameter.min_value, parameter.max_value, ""),
        (parameter.min_length, parameter.max_length, " characters"),
    ):
        if low is not None and high is not None:
            yield f"{low} to {high}{what}"
        elif low is not None or high is not None:
            yield f"at least {low}{what}" if high is None else f"at most {high}{what}"
    if parameter.allowed_pattern is not None:
        yield parameter.constraint_description or parameter.allowed_pattern


def brought(product: CatalogProduct, version: CatalogVersion) -> Mapping[str, str]:
    """Name the parameters that a launch gets from the version, with what each of them takes."""
    return {name: what for what, name in product.parameters_of(version).model_dump().items() if name}


def model_in_words(artifacts: Artifacts) -> Iterator[tuple[str, str]]:
    """Say what a version runs, and by what it is known again."""
    yield "archive", artifacts.model_data
    for name in ("version_id", "etag", "sha256", "code"):
        if value := getattr(artifacts, name):
            yield name.replace("_", " "), value
    for image in artifacts.images:
        yield f"image in {image_parts(image)['region']}", image if is_by_digest(image) else f"{image} (by tag)"


def facts(catalog: Catalog, product: CatalogProduct, version: CatalogVersion) -> dict[str, Any]:
    """Give all of it as plain data."""
    entry = version.entry
    return {
        "product": product.file.key,
        "name": product.file.name,
        "portfolio": product.file.portfolio,
        "portfolios": list(product.file.places),
        "version": entry.version,
        "state": version.state,
        "released": entry.released,
        "description": entry.description,
        "model_package": entry.model_package,
        "artifacts": entry.artifacts.model_dump(mode="json", exclude_none=True),
        "card": version.card.model_dump(mode="json", exclude_none=True),
        "parameters": {
            name: {
                **parameter.published().model_dump(mode="json", exclude_none=True),
                "limits": limits(parameter),
                "brought_by_the_version": name in brought(product, version),
            }
            for name, parameter in version.template.parameters.items()
        },
        "cost": {
            region: found.model_dump(mode="json", exclude_none=True)
            for region, found in costs(catalog, product, version).items()
        },
        "actions": [action.model_dump(mode="json") for action in product.file.actions],
    }
