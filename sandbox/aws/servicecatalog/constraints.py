"""Constraints: rules for a product in a portfolio."""

import json
import re
from typing import Any, cast

from sandbox.aws.cloudformation.account_values import AccountValues
from sandbox.aws.cloudformation.intrinsics import RULES, Scope
from sandbox.aws.cloudformation.request import StackError
from sandbox.aws.documents import Json, Value, is_list, is_object, part
from sandbox.aws.servicecatalog import quotas
from sandbox.aws.servicecatalog.artifacts import CREATION_SECONDS
from sandbox.aws.servicecatalog.call import Call, amend, operation, page
from sandbox.aws.servicecatalog.errors import DuplicateResourceException, ResourceNotFoundException, invalid, not_found
from sandbox.aws.servicecatalog.model import Constraint
from sandbox.aws.servicecatalog.principals import require_launch_role, unknown_yet
from sandbox.aws.servicecatalog.visibility import contains, own_portfolio, visible_portfolio, visible_portfolios


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


def apply_rules(call: Call, rules: Json, template: Json, values: dict[str, str]) -> None:
    """Refuse parameter values that break an assertion, in the account of whoever launches.

    Raises:
        InvalidParametersException: with the assertion's own description.
    """
    try:
        scope = Scope(template, call.account, call.region, stack_name="", parameters=values)
        for broken in scope.broken_rules(rules, AccountValues(call.account, call.region)):
            raise invalid(f"Parameter validation failed for {broken}")
    except StackError as error:
        raise invalid(f"A rule cannot be evaluated: {error}") from error


TYPES = ("LAUNCH", "NOTIFICATION", "RESOURCE_UPDATE", "STACKSET", "TEMPLATE")
_SINGLE = ("LAUNCH", "RESOURCE_UPDATE", "STACKSET")
_STACKSET_KEYS = {"AccountList", "RegionList", "AdminRole", "ExecutionRole"}
_TOPIC = re.compile(r"arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:\S+")


def parameters_of(constraint: Constraint) -> Json:
    return cast("Json", json.loads(constraint.constraint_parameters))


@operation
def create_constraint(call: Call, request: Json) -> Constraint:
    portfolio = own_portfolio(call, request["PortfolioId"])
    product_id, kind = request["ProductId"], request["Type"]
    if not contains(call, portfolio, product_id):
        raise ResourceNotFoundException(f"Product {product_id} is not associated with portfolio {portfolio.id}")
    present = [
        c for c in call.state.constraints.values() if (c.portfolio_id, c.product_id) == (portfolio.id, product_id)
    ]
    _refuse_conflict(kind, {constraint.type for constraint in present})
    quotas.room_for("constraints per product and portfolio", len(present), quotas.CONSTRAINTS_PER_PRODUCT)
    _check_parameters(call, kind, request["Parameters"])
    named = {"constraint_id": call.new_id("cons-"), "constraint_parameters": request["Parameters"]}
    constraint = call.made(Constraint, request, owner=call.account, **named)
    call.state.constraints[constraint.constraint_id] = constraint
    return _settling(call, constraint)


def _settling(call: Call, constraint: Constraint) -> Constraint:
    """CREATING for a moment, after a change too (AWS CLI's examples of create-constraint and update-constraint)."""
    constraint.status = "CREATING"
    call.backend.clock.after(CREATION_SECONDS, lambda: setattr(constraint, "status", "AVAILABLE"))
    return constraint


def _refuse_conflict(kind: str, present: set[str]) -> None:
    """At most one LAUNCH or STACKSET, and never both (API:CreateConstraint)."""
    if kind not in TYPES:
        raise invalid(f"Invalid constraint type {kind}; it is one of {', '.join(TYPES)}")
    if kind in _SINGLE and kind in present:
        raise DuplicateResourceException(f"A {kind} constraint already exists for this product and portfolio")
    if {kind, *present} >= {"LAUNCH", "STACKSET"}:
        raise invalid("A LAUNCH and a STACKSET constraint exclude each other")


def _check_parameters(call: Call, kind: str, text: str) -> None:
    """The exact JSON of each type, as API:CreateConstraint documents it."""
    try:
        parsed = cast("object", json.loads(text))
    except ValueError as error:
        raise invalid(f"Constraint parameters are not JSON: {error}") from error
    if not isinstance(parsed, dict):
        raise invalid("Constraint parameters must be a JSON object")
    given = cast("Json", parsed)
    match kind:
        case "LAUNCH":
            if unknown := unknown_yet(call, require_launch_role(call, given)):
                raise invalid(unknown)
        case "NOTIFICATION":
            topics = cast("list[str]", given.get("NotificationArns") or [])
            _expect(bool(topics) and all(_TOPIC.fullmatch(topic) for topic in topics), kind, "NotificationArns")
        case "RESOURCE_UPDATE":
            switch = part(given, "Properties").get("TagUpdateOnProvisionedProduct")
            fits = given.get("Version") == "2.0" and switch in ("ALLOWED", "NOT_ALLOWED")
            _expect(fits, kind, 'Version "2.0" and Properties.TagUpdateOnProvisionedProduct')
        case "STACKSET":
            properties = part(given, "Properties")
            _expect("Version" in given and set(properties) == _STACKSET_KEYS, kind, ", ".join(_STACKSET_KEYS))
        case _:
            check_rules(given)


def _expect(fits: bool, kind: str, what: str) -> None:  # noqa: FBT001 - reads as a statement
    if not fits:
        raise invalid(f"Invalid parameters of a {kind} constraint: expected {what}")


@operation
def describe_constraint(call: Call, request: Json) -> Constraint:
    return _find(call, request["Id"])


def _find(call: Call, constraint_id: str, *, own: bool = False) -> Constraint:
    constraint = call.state.constraints.get(constraint_id)
    seen = {call.account} if own else {portfolio.account for portfolio in visible_portfolios(call)}
    portfolios = {portfolio.id for portfolio in visible_portfolios(call)}
    if constraint is None or constraint.owner not in seen or constraint.portfolio_id not in portfolios:
        raise not_found("Constraint", constraint_id)
    return constraint


@operation
def update_constraint(call: Call, request: Json) -> Constraint:
    constraint = _find(call, request["Id"], own=True)
    if "Parameters" in request:
        _check_parameters(call, constraint.type, request["Parameters"])
        constraint.constraint_parameters = request["Parameters"]
    amend(constraint, request, "Description")
    return _settling(call, constraint)


@operation
def delete_constraint(call: Call, request: Json) -> None:
    del call.state.constraints[_find(call, request["Id"], own=True).constraint_id]


@operation
def list_constraints_for_portfolio(call: Call, request: Json) -> Json:
    portfolio = visible_portfolio(call, request["PortfolioId"])
    wanted = request.get("ProductId")
    found = [
        c for c in call.state.constraints.values() if c.portfolio_id == portfolio.id and wanted in (None, c.product_id)
    ]
    return page(request, "ConstraintDetails", found)
