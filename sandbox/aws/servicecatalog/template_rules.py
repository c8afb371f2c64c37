"""Template constraints, and the rules of templates: assertions on the values of parameters."""

from typing import Any, cast

from sandbox.aws.cloudformation.intrinsics import RULES, Scope
from sandbox.aws.cloudformation.request import StackError
from sandbox.aws.documents import Json, Value, is_list, is_object
from sandbox.aws.servicecatalog.errors import invalid


def check_rules(document: Json) -> None:
    """Refuse rules that could never be evaluated."""
    rules = document.get("Rules")
    if set(document) != {"Rules"} or not isinstance(rules, dict) or not rules:
        raise invalid('Invalid parameters of a TEMPLATE constraint: expected {"Rules": {...}}')
    for name, rule in cast("Json", rules).items():
        assertions = cast("Json", rule).get("Assertions") if isinstance(rule, dict) else None
        if not isinstance(assertions, list) or not assertions:
            raise invalid(f"Rule {name} has no Assertions")
        for assertion in cast("list[Any]", assertions):
            if not isinstance(assertion, dict) or "Assert" not in assertion:
                raise invalid(f"Rule {name} has an assertion without Assert")
        _check_functions(name, rule)


def _check_functions(rule: str, node: Value) -> None:
    for key, value in node.items() if is_object(node) else enumerate(node if is_list(node) else ()):
        if str(key).startswith("Fn::") and key not in RULES:
            raise invalid(f"Rule {rule} uses {key}, which rules do not have")
        _check_functions(rule, value)


def apply_rules(rules: Json, template: Json, values: dict[str, str]) -> None:
    """Refuse parameter values that break an assertion.

    Raises:
        InvalidParametersException: with the assertion's own description.
    """
    try:
        for broken in Scope(template, account="", region="", stack_name="", parameters=values).broken_rules(rules):
            raise invalid(f"Parameter validation failed for {broken}")
    except StackError as error:
        raise invalid(f"A rule cannot be evaluated: {error}") from error
