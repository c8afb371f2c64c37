"""What a month of a version costs at a size that somebody thinks of, before there is a launch."""

from collections.abc import Mapping
from dataclasses import dataclass

from hub.definitions.constraints import rules_of
from hub.definitions.cost import cost_of
from hub.definitions.model import Catalog, CatalogProduct, CatalogVersion
from pages.index.facts import brought, known_defaults
from shared.catalog.cost import Estimate, estimate
from shared.catalog.parameters import value_problem
from shared.catalog.rules import UndecidedError
from shared.collecting import Mistakes
from shared.errors import LaunchError


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """A size, priced.

    Attributes:
        costs: By region; empty where the catalog gives no cost.
        broken: What of the rules a launch of this size would break.
    """

    costs: Mapping[str, Estimate]
    broken: list[str]


def size(
    catalog: Catalog, product: CatalogProduct, version: CatalogVersion, given: Mapping[str, str], region: str = ""
) -> Size:
    """Price a size.

    Args:
        catalog: All of it, with its prices.
        product: The product.
        version: The version.
        given: Values of some parameters; all others have the template's defaults.
        region: The only one to price; all of the price table unless given.

    Raises:
        LaunchError: a value is not allowed, or there is no such parameter or region.
    """
    parameters, rule, mistakes = version.template.parameters, product.cost_of(version), Mistakes()
    settable = {name: item for name, item in parameters.items() if name not in brought(product, version)}
    for name, value in given.items():
        problem = (
            value_problem(settable[name], value)
            if name in settable
            else f"A launch sets these: {', '.join(sorted(settable))}."
        )
        if problem:
            shown = "****" if name in settable and settable[name].no_echo else repr(value)
            mistakes.add(
                LaunchError(f"invalid value {shown}. {problem}", code="parameter-invalid", place=f"--set {name}")
            )
    if region and region not in catalog.prices.instance_hour:
        mistakes.add(
            LaunchError(
                f"invalid value {region!r}. The regions of the price table are: "
                f"{', '.join(catalog.prices.instance_hour)}.",
                code="region-without-prices",
                place="--region",
            )
        )
    mistakes.refuse()
    values = {**known_defaults(parameters), **given}
    regions = [region] if region else list(catalog.prices.instance_hour)
    costs = (
        {each: estimate(cost_of(rule, parameters, catalog.prices, each), values) for each in regions} if rule else {}
    )
    return Size(costs=costs, broken=_broken(product, version, values))


def _broken(product: CatalogProduct, version: CatalogVersion, values: Mapping[str, str]) -> list[str]:
    found: list[str] = []
    for rule in (*rules_of(product.file.constraints).values(), *version.template.rules.values()):
        if rule.parameters() <= values.keys():
            try:
                found += rule.broken_by(values)
            except UndecidedError:
                continue  # only AWS can say
    return found
