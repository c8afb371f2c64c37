"""Template constraints: rules on the values of parameters, evaluated.

The functions are those of the Administrator Guide, "Template constraint rules": Fn::And, Fn::Contains,
Fn::EachMemberEquals, Fn::EachMemberIn, Fn::Equals, Fn::Not, Fn::Or and Ref.
"""

from collections.abc import Callable
from typing import Any, cast

from sandbox.aws.cloudformation.parameters import text_of
from sandbox.aws.documents import Json, Value
from sandbox.aws.servicecatalog.errors import InvalidParametersException


def check_rules(document: Json) -> None:
    """Refuse rules that could never be evaluated."""
    rules = document.get("Rules")
    if set(document) != {"Rules"} or not isinstance(rules, dict) or not rules:
        raise InvalidParametersException('Invalid parameters of a TEMPLATE constraint: expected {"Rules": {...}}')
    for name, rule in cast("Json", rules).items():
        assertions = cast("Json", rule).get("Assertions") if isinstance(rule, dict) else None
        if not isinstance(assertions, list) or not assertions:
            raise InvalidParametersException(f"Rule {name} has no Assertions")
        for assertion in cast("list[Any]", assertions):
            if not isinstance(assertion, dict) or "Assert" not in assertion:
                raise InvalidParametersException(f"Rule {name} has an assertion without Assert")
        _check_functions(name, rule)


def _check_functions(rule: str, node: Value) -> None:
    if isinstance(node, list):
        for item in cast("list[Any]", node):
            _check_functions(rule, item)
    elif isinstance(node, dict):
        for key, value in cast("Json", node).items():
            if key.startswith("Fn::") and key not in _OPERATIONS:
                raise InvalidParametersException(f"Rule {rule} uses {key}, which rules do not have")
            _check_functions(rule, value)


def apply_rules(rules: Json, values: dict[str, str]) -> None:
    """Refuse parameter values that break an assertion.

    Raises:
        InvalidParametersException: with the assertion's own description.
    """
    for name, rule in rules.items():
        if "RuleCondition" in rule and not _value(rule["RuleCondition"], values):
            continue
        for assertion in rule["Assertions"]:
            if not _value(assertion["Assert"], values):
                why = assertion.get("AssertDescription", "assertion failed")
                raise InvalidParametersException(f"Parameter validation failed for rule {name}: {why}")


def _value(node: Value, values: dict[str, str]) -> Value:
    if isinstance(node, list):
        return [_value(item, values) for item in cast("list[Any]", node)]
    if not isinstance(node, dict):
        return text_of(node)
    function, argument = next(iter(cast("Json", node).items()))
    if function == "Ref":
        if argument not in values:
            raise InvalidParametersException(f"A template constraint refers to the unknown parameter {argument}")
        return values[argument]
    if function not in _OPERATIONS:
        raise InvalidParametersException(f"Rules do not have {function}")
    return _OPERATIONS[function](_value(argument, values))


_OPERATIONS: dict[str, Callable[[list[Value]], bool]] = {
    "Fn::And": all,
    "Fn::Or": any,
    "Fn::Not": lambda operands: not operands[0],
    "Fn::Equals": lambda operands: operands[0] == operands[1],
    "Fn::Contains": lambda operands: operands[1] in operands[0],
    "Fn::EachMemberEquals": lambda operands: all(item == operands[1] for item in _members(operands[0])),
    "Fn::EachMemberIn": lambda operands: all(item in _members(operands[1]) for item in _members(operands[0])),
}


def _members(value: Value) -> list[str]:
    """A list parameter's value arrives as one text with commas."""
    return [item.strip() for item in value.split(",")] if isinstance(value, str) else value
