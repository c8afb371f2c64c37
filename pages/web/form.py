"""What a page needs to know to take a launch's parameters: the same that the checks of a spoke know."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from pages.index.model import IndexedProduct
from pages.index.version import IndexedParameter, IndexedRule, IndexedVersion
from pages.web.browser_patterns import browser_pattern
from pages.web.proposing import Repository
from spoke.config import Launch


def form_data(product: IndexedProduct, version: IndexedVersion, *, repository: Repository) -> Mapping[str, Any]:
    """Give parameters, rules and prices of a version as the page's script takes them.

    Rules of the template hold everywhere, those of the product in the portfolio that a launch goes through.
    """
    first = [each for each in version.rules if each.of == "product"]
    return {
        "product": version.product,
        "version": version.version,
        "proposal": repository.proposal,
        "name_pattern": _name_pattern(),
        "parameters": [
            {
                **each.model_dump(include=set(_CHECKED)),
                "browser_pattern": browser_pattern(each.allowed_pattern) if each.allowed_pattern else None,
            }
            for each in version.parameters
        ],
        "rules": [_rule(each) for each in version.rules if each.of == "template"],
        "portfolios": {
            product.portfolio: [_rule(each) for each in first],
            **{key: [_rule(each) for each in offer.rules] for key, offer in product.portfolios.items()},
        },
        "brought": {each.name: brought(version, each) for each in version.parameters if each.brought},
        "cost": version.cost.model_dump(mode="json", exclude={"with_defaults"}) if version.cost else None,
    }


_CHECKED = (
    "name",
    "type",
    "default",
    "allowed_values",
    "allowed_pattern",
    "min_length",
    "max_length",
    "min_value",
    "max_value",
    "hidden",
    "brought",
    "required",
)


def _rule(rule: IndexedRule) -> Mapping[str, Any]:
    return {
        "name": rule.name,
        "condition": rule.condition,
        "assertions": [assertion.model_dump() for assertion in rule.assertions],
        "parameters": rule.parameters,
    }


def brought(version: IndexedVersion, parameter: IndexedParameter) -> Mapping[str, str]:
    """Give what the version brings for a parameter, by region; that under the empty key is for every other."""
    match parameter.brought:
        case "image":
            return {each.region: each.uri for each in version.model.images}
        case "package":
            return {"": version.model.package}
        case "code":
            return {"": version.model.code or ""}
        case _:
            return {"": version.model.archive}


@cache
def _name_pattern() -> str:
    """Give the pattern of a launch's name, as its settings have it."""
    pattern = Launch.model_json_schema()["properties"]["name"]["pattern"]
    return str(pattern).removeprefix("^").removesuffix("$")
