"""Template parameters: what a launch may and must give."""

import re

from sandbox.aws.cloudformation.templates import parameters_of
from sandbox.aws.documents import Json, Value
from sandbox.aws.servicecatalog.errors import InvalidParametersException

_CONSTRAINTS = ("AllowedPattern", "ConstraintDescription", "MaxLength", "MinLength", "MaxValue", "MinValue")


def show_parameters(template: Json) -> list[Json]:
    return [_show(name, declared) for name, declared in parameters_of(template).items()]


def _show(name: str, declared: Json) -> Json:
    constraints: Json = {key: str(declared[key]) for key in _CONSTRAINTS if key in declared}
    constraints["AllowedValues"] = [text_of(value) for value in declared.get("AllowedValues", [])]
    return {
        "ParameterKey": name,
        "DefaultValue": text_of(declared["Default"]) if "Default" in declared else None,
        "ParameterType": declared["Type"],
        "IsNoEcho": text_of(declared.get("NoEcho", False)) == "true",
        "Description": declared.get("Description"),
        "ParameterConstraints": constraints,
    }


def text_of(value: Value) -> str:
    """A YAML value as CloudFormation reads it: text."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def resolve_parameters(template: Json, given: dict[str, str]) -> dict[str, str]:
    """The values of all parameters, defaults filled in.

    Raises:
        InvalidParametersException: one is missing or unknown, or breaks a rule of its declaration.
    """
    declared = parameters_of(template)
    if unknown := [name for name in given if name not in declared]:
        raise InvalidParametersException(f"Parameters: [{', '.join(unknown)}] do not exist in the template")
    values = {
        name: given[name] if name in given else text_of(rules["Default"])
        for name, rules in declared.items()
        if name in given or "Default" in rules
    }
    if missing := [name for name in declared if name not in values]:
        raise InvalidParametersException(f"Parameters: [{', '.join(missing)}] must have values")
    for name, value in values.items():
        if fault := _fault(declared[name], value):
            why = declared[name].get("ConstraintDescription") or fault
            raise InvalidParametersException(
                f"Parameter '{name}' {why}" if why == fault else f"Parameter {name} failed to satisfy constraint: {why}"
            )
    return values


def _fault(rules: Json, value: str) -> str | None:
    is_list = rules["Type"] == "CommaDelimitedList" or rules["Type"].startswith("List<")
    items = [item.strip() for item in value.split(",")] if is_list else [value]
    if "AllowedValues" in rules:
        allowed = [text_of(item) for item in rules["AllowedValues"]]
        if any(item not in allowed for item in items):
            return f"must be one of AllowedValues [{', '.join(allowed)}]"
    if "Number" in rules["Type"]:
        return next(filter(None, (_number_fault(rules, item) for item in items)), None)
    if "AllowedPattern" in rules and not all(re.fullmatch(rules["AllowedPattern"], item) for item in items):
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
