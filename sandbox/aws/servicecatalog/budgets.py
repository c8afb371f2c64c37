"""Budgets on portfolios and products."""

from moto.budgets.models import budgets_backends

from sandbox.aws.documents import Json
from sandbox.aws.servicecatalog.call import Call, operation, page
from sandbox.aws.servicecatalog.errors import DuplicateResourceException, not_found
from sandbox.aws.servicecatalog.tag_options import resource


@operation
def associate_budget_with_resource(call: Call, request: Json) -> None:
    bearer, name = resource(call, request["ResourceId"]), request["BudgetName"]
    if name in bearer.budgets:
        raise DuplicateResourceException(f"Budget {name} is already associated with {request['ResourceId']}")
    if name not in budgets_backends[call.account]["aws"].budgets[call.account]:
        raise not_found("Budget", name)
    bearer.budgets.append(name)


@operation
def disassociate_budget_from_resource(call: Call, request: Json) -> None:
    bearer, name = resource(call, request["ResourceId"]), request["BudgetName"]
    if name not in bearer.budgets:
        raise not_found("Association of budget", name)
    bearer.budgets.remove(name)


@operation
def list_budgets_for_resource(call: Call, request: Json) -> Json:
    budgets = resource(call, request["ResourceId"]).budgets
    return page(request, "Budgets", [{"BudgetName": name} for name in budgets])
