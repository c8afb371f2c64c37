"""Template parameters: what a stack may and must give, and what the values stand for."""

from collections.abc import Mapping
from typing import Final

from sandbox.aws.cloudformation.patterns import fits
from sandbox.aws.documents import Json, Value, is_list, part

STORED: Final = "AWS::SSM::Parameter::Value<"
"""How the type of a parameter begins whose value is the name of one of Systems Manager's."""


class ParameterError(Exception):
    """The values do not fit the template; the message is CloudFormation's."""


class MissingError(ParameterError):
    """Some have no value and no default."""


def parameters_of(template: Json) -> dict[str, Json]:
    return part(template, "Parameters")


def text_of(value: Value) -> str:
    """A YAML value as CloudFormation reads it: text, lists with commas."""
    if is_list(value):
        return ",".join(map(text_of, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def is_list_type(kind: str) -> bool:
    return "CommaDelimitedList" in kind or "List<" in kind


def plain_type(kind: str) -> str:
    """The type of a parameter's single values: of what Systems Manager keeps, and of a list's members."""
    return kind.removeprefix(STORED).removeprefix("List<").rstrip(">")


def items_of(kind: str, value: str) -> list[str]:
    """The single values in a parameter's text."""
    return [item.strip() for item in value.split(",")] if is_list_type(kind) else [value]


def settled(template: Json, given: Mapping[str, str]) -> dict[str, str]:
    """The values of all parameters as text, defaults filled in.

    Raises:
        ParameterError: one is missing or unknown, or breaks a rule of its declaration.
    """
    declared = parameters_of(template)
    if unknown := [name for name in given if name not in declared]:
        raise ParameterError(f"Parameters: [{', '.join(unknown)}] do not exist in the template")
    values = {
        name: str(given[name]) if name in given else text_of(rules["Default"])
        for name, rules in declared.items()
        if name in given or "Default" in rules
    }
    if missing := [name for name in declared if name not in values]:
        raise MissingError(f"Parameters: [{', '.join(missing)}] must have values")
    for name, value in values.items():
        if fault := _fault(declared[name], value):
            why = declared[name].get("ConstraintDescription") or fault
            raise ParameterError(
                f"Parameter '{name}' {why}" if why == fault else f"Parameter {name} failed to satisfy constraint: {why}"
            )
    return values


def _fault(rules: Json, value: str) -> str | None:
    kind = str(rules["Type"])
    items = [value] if kind.startswith(STORED) else items_of(kind, value)
    if "AllowedValues" in rules:
        allowed = [text_of(item) for item in rules["AllowedValues"]]
        if any(item not in allowed for item in items):
            return f"must be one of AllowedValues [{', '.join(allowed)}]"
    if kind in ("Number", "List<Number>"):
        return next(filter(None, (_number_fault(rules, item) for item in items)), None)
    if "AllowedPattern" in rules and not all(fits(str(rules["AllowedPattern"]), item, whole=True) for item in items):
        return f"must match pattern {rules['AllowedPattern']}"
    if len(value) < int(rules.get("MinLength", 0)):
        return f"must contain at least {rules['MinLength']} characters"
    if "MaxLength" in rules and len(value) > int(rules["MaxLength"]):
        return f"must contain at most {rules['MaxLength']} characters"
    return None


def _number_fault(rules: Json, item: str) -> str | None:
    try:
        number = float(item)
    except ValueError:
        return "must be a number"
    if "MinValue" in rules and number < float(rules["MinValue"]):
        return f"must be a number not less than {rules['MinValue']}"
    if "MaxValue" in rules and number > float(rules["MaxValue"]):
        return f"must be a number not greater than {rules['MaxValue']}"
    return None
