"""Checks the values of a launch's parameters against what the hub published of the template."""

from collections.abc import Mapping

from shared.catalog.contract import Product, Version
from shared.catalog.parameters import value_problem
from shared.catalog.rules import Rule, UndecidedError
from shared.collecting import Mistakes
from shared.errors import LaunchError
from shared.secret_value import HIDDEN, refers_to_secret
from shared.spelling import meant
from shared.stack.names import SPOKE_PROJECT, set_command
from spoke.launches.origin import Origin
from spoke.parameter_values import Given, told

Values = Mapping[str, Given]
"""Of parameters, by name."""


def defaults_of(version: Version) -> dict[str, str]:
    """Give the defaults of a version's parameters, as far as the hub tells them."""
    return {
        name: item.default
        for name, item in version.parameters.items()
        if item.default is not None and not item.is_masked
    }


def refuse_plain_secrets(given: Values, version: Version, origin: Origin) -> None:
    """Refuse a value in plain text of a parameter that the template hides.

    Args:
        given: What the files hold.
        version: Which parameters are hidden.
        origin: Where they hold it.

    Raises:
        LaunchError: names the parameter, and the command that sets its value as a secret.
    """
    mistakes = Mistakes()
    for name, value in given.items():
        parameter = version.parameters.get(name)
        if parameter and parameter.no_echo and isinstance(value, str) and value and not refers_to_secret(value):
            setting, place = origin.setting_of(f"parameters.{name}"), origin.place_of(f"parameters.{name}")
            command = set_command(place.partition(":")[0], f"{SPOKE_PROJECT}:{setting}", secret=True)
            stored = "'{{resolve:secretsmanager:NAME:SecretString:KEY}}'"
            mistakes.add(
                LaunchError(
                    f"is hidden by the template (NoEcho), and stands here in plain text. Run {command}, which asks for "
                    f"the value and encrypts it, or name a stored one: {stored}. If the file was shared, change the "
                    f"secret itself too."
                    if setting
                    else f"is hidden by the template (NoEcho), and stands here in plain text. Name a value that each "
                    f"account stores: {{ssm: /…}}, or {stored}. If the file was shared, change the secret itself too.",
                    code="parameter-in-plain-text",
                    place=f"{origin.place}: parameters.{name}",
                )
            )
    mistakes.refuse()


def check_parameters(values: Values, version: Version, where: str) -> None:
    """Refuse values that CloudFormation would refuse; one that is not known here is let through.

    Raises:
        LaunchError: names the parameter.
    """
    mistakes = Mistakes()
    for name, value in values.items():
        parameter = version.parameters.get(name)
        if parameter is None:
            mistakes.add(
                LaunchError(
                    f"invalid key {name!r}, which the hub does not offer.{meant(name, version.parameters)} It "
                    f"offers as parameter: "
                    f"{', '.join(sorted(version.parameters)) or 'none'}.",
                    code="parameter-not-offered",
                    place=f"{where}: parameters",
                )
            )
            continue
        plain = told(value)
        problem = None if plain is None else value_problem(parameter, plain)
        if problem:
            hint = f" {parameter.constraint_description}" if parameter.constraint_description else ""
            shown = HIDDEN if parameter.no_echo else repr(value)
            mistakes.add(
                LaunchError(
                    f"invalid value {shown}. {problem}{hint}",
                    code="parameter-invalid",
                    place=f"{where}: parameters.{name}",
                )
            )
    for name, parameter in version.parameters.items():
        if parameter.default is None and name not in values:
            mistakes.add(
                LaunchError(
                    f"is missing, and the template has no default: add it. {parameter.description}".rstrip(),
                    code="parameter-missing",
                    place=f"{where}: parameters.{name}",
                )
            )
    mistakes.refuse()


def check_rules(values: Values, product: Product, version: Version, where: str) -> list[str]:
    """Refuse values that break a rule of the template or of the product's template constraint.

    Returns:
        The rules that cannot be evaluated here, in words.

    Raises:
        LaunchError: gives the rule's own words.
    """
    plain = {name: told(value) for name, value in values.items()}
    known = {name: value for name, value in {**defaults_of(version), **plain}.items() if value is not None}
    undecided: list[str] = []
    mistakes = Mistakes()
    for name, rule in [*version.rules.items(), *product.rules.items()]:
        if untold := sorted(rule.parameters() & version.parameters.keys() - known.keys()):
            undecided.append(f"{where}: the rule {name} looks at {' and '.join(untold)}, whose value is not told here.")
            continue
        try:
            broken = rule.broken_by(known)
        except UndecidedError as function:
            undecided.append(f"{where}: the rule {name} asks for {function}, which only AWS can evaluate, at launch.")
            continue
        if broken:
            found = _found(rule, values, version)
            mistakes.add(
                LaunchError(
                    f"{found} break the rule {name}: {' '.join(broken)}",
                    code="rule-broken",
                    place=f"{where}: parameters",
                )
            )
    mistakes.refuse()
    return undecided


def _found(rule: Rule, values: Values, version: Version) -> str:
    shown: list[str] = []
    for name in sorted(rule.parameters()):
        parameter = version.parameters[name]
        value = HIDDEN if parameter.no_echo else repr(values.get(name, parameter.default))
        shown.append(f"{name} {value}" if name in values else f"{name} {value} (the default)")
    return " and ".join(shown)
