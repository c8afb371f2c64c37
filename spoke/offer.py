"""Matches what an account wants with what the hub offers, before AWS is asked for anything."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

from shared.contract import Contract, Parameter, Portfolio, Product, RegionCatalog
from shared.errors import LaunchError
from spoke.choosing import Choice, choose
from spoke.config import Launch, SpokeSettings

T = TypeVar("T")

_LISTS: Final = ("CommaDelimitedList", "List<")
_NUMBER: Final = r"[-+]?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A launch with the product and version that fulfil it.

    Attributes:
        where: The settings file and the launch in it, for messages.
    """

    where: str
    launch: Launch
    region: str
    product: Product
    choice: Choice
    portfolio: Portfolio


def match(settings: SpokeSettings, contract: Contract, day: dt.date, *, where: str) -> list[Order]:
    """Find what each launch asks for.

    Args:
        settings: What the account wants.
        contract: What the hub offers.
        day: The day whose states of versions count.
        where: The stack's settings file, for messages.

    Raises:
        LaunchError: a region, product, version, parameter or value is not offered.
    """
    return [
        _order(launch, settings.region_of(launch), contract, day, f"{where}: launches[{index}] ({launch.name})")
        for index, launch in enumerate(settings.launches)
    ]


def region_catalog(contract: Contract, region: str, *, where: str) -> RegionCatalog:
    """Give what is offered in a region.

    Raises:
        LaunchError: the hub publishes nothing there.
    """
    return _offered(contract.regions, region, where=f"{where}: region", what="region")


def _order(launch: Launch, region: str, contract: Contract, day: dt.date, where: str) -> Order:
    catalog = region_catalog(contract, region, where=where)
    product = _offered(catalog.products, launch.product, where=f"{where}: product", what="product")
    choice = choose(product, launch.version, day, where=where)
    _check_parameters(launch.parameters, choice.version.parameters, where)
    _check_tags(launch.tags, product.tags, where)
    return Order(
        where=where,
        launch=launch,
        region=region,
        product=product,
        choice=choice,
        portfolio=catalog.portfolios[product.portfolio],
    )


def _offered(offers: Mapping[str, T], wanted: str, *, where: str, what: str) -> T:
    if wanted in offers:
        return offers[wanted]
    raise LaunchError(
        f"{where}: found {wanted!r}, which the hub does not offer. It offers as {what}: {_listed(sorted(offers))}."
    )


def _check_parameters(values: Mapping[str, str], parameters: Mapping[str, Parameter], where: str) -> None:
    for name, value in values.items():
        parameter = _offered(parameters, name, where=f"{where}: parameters", what="parameter")
        problem = _problem(parameter, value)
        if problem:
            hint = f" {parameter.constraint_description}" if parameter.constraint_description else ""
            shown = "(hidden)" if parameter.no_echo else repr(value)
            raise LaunchError(f"{where}: parameters.{name}: found {shown}. {problem}{hint}")
    for name, parameter in parameters.items():
        if parameter.default is None and name not in values:
            missing = f"{where}: parameters.{name} is missing, and the template has no default."
            raise LaunchError(f"{missing} {parameter.description}".rstrip())


def _check_tags(tags: Mapping[str, str], given: Mapping[str, str], where: str) -> None:
    for key in sorted(tags.keys() & given.keys()):
        if tags[key] != given[key]:
            raise LaunchError(
                f"{where}: tags.{key}: found {tags[key]!r}, but the catalog sets it to {given[key]!r} on all that is "
                f"launched from this product. Use another key."
            )


def _problem(parameter: Parameter, value: str) -> str | None:
    """Say what CloudFormation would refuse about a value.

    For a list the allowed values and the pattern count for each item (source: CloudFormation User Guide,
    "Parameters", AllowedPattern and AllowedValues).
    """
    items = [part.strip() for part in value.split(",")] if parameter.type.startswith(_LISTS) else [value]
    allowed, pattern = parameter.allowed_values, parameter.allowed_pattern
    if allowed is not None and not all(item in allowed for item in items):
        return f"The allowed values are: {_listed(allowed)}."
    if pattern is not None and not all(re.fullmatch(pattern, item) for item in items):
        return f"It must match {pattern}."
    if parameter.type == "Number":
        return _number_problem(parameter, value)
    shortest, longest = int(parameter.min_length or 0), int(parameter.max_length or 4096)
    if not shortest <= len(value) <= longest:
        return f"It must have {shortest} to {longest} characters."
    return None


def _number_problem(parameter: Parameter, value: str) -> str | None:
    if not re.fullmatch(_NUMBER, value):
        return "It must be a number."
    number = float(value)
    if parameter.min_value is not None and number < float(parameter.min_value):
        return f"It must be at least {parameter.min_value}."
    if parameter.max_value is not None and number > float(parameter.max_value):
        return f"It must be at most {parameter.max_value}."
    return None


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"
