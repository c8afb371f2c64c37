"""Checks the values of a launch's parameters against what the hub published of the template."""

from collections.abc import Mapping

from shared.catalog.contract import Product, Version
from shared.catalog.parameters import value_problem
from shared.catalog.rules import Rule, UndecidedError
from shared.errors import LaunchError


def check_parameters(values: Mapping[str, str], version: Version, where: str) -> None:
    """Refuse values that CloudFormation would refuse.

    Raises:
        LaunchError: names the parameter.
    """
    for name, value in values.items():
        parameter = version.parameters.get(name)
        if parameter is None:
            raise LaunchError(
                f"invalid key {name!r}, which the hub does not offer. It offers as parameter: "
                f"{', '.join(sorted(version.parameters)) or 'none'}.",
                code="parameter-not-offered",
                place=f"{where}: parameters",
            )
        problem = value_problem(parameter, value)
        if problem:
            hint = f" {parameter.constraint_description}" if parameter.constraint_description else ""
            shown = "(hidden)" if parameter.no_echo else repr(value)
            raise LaunchError(
                f"invalid value {shown}. {problem}{hint}", code="parameter-invalid", place=f"{where}: parameters.{name}"
            )
    for name, parameter in version.parameters.items():
        if parameter.default is None and name not in values:
            raise LaunchError(
                f"is missing, and the template has no default. {parameter.description}".rstrip(),
                code="parameter-missing",
                place=f"{where}: parameters.{name}",
            )


def check_rules(values: Mapping[str, str], product: Product, version: Version, where: str) -> list[str]:
    """Refuse values that break a rule of the template or of the product's template constraint.

    Returns:
        The rules that only AWS can evaluate, in words.

    Raises:
        LaunchError: gives the rule's own words.
    """
    defaults = {name: item.default for name, item in version.parameters.items() if item.default is not None}
    undecided: list[str] = []
    for name, rule in [*version.rules.items(), *product.rules.items()]:
        try:
            broken = rule.broken_by({**defaults, **values})
        except UndecidedError as function:
            undecided.append(f"{where}: the rule {name} asks for {function}, which only AWS can evaluate, at launch.")
            continue
        if broken:
            found = _found(rule, values, version)
            raise LaunchError(
                f"{found} break the rule {name}: {broken[0]}", code="rule-broken", place=f"{where}: parameters"
            )
    return undecided


def _found(rule: Rule, values: Mapping[str, str], version: Version) -> str:
    shown: list[str] = []
    for name in sorted(rule.parameters()):
        parameter = version.parameters[name]
        value = "(hidden)" if parameter.no_echo else repr(values.get(name, parameter.default))
        shown.append(f"{name} {value}" if name in values else f"{name} {value} (the default)")
    return " and ".join(shown)
