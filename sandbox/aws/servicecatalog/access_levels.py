"""Whose launches a caller sees and touches: the account's, the role's, or the user's own."""

from sandbox.aws.authorization import require
from sandbox.aws.cloudformation.schemas import resources_of
from sandbox.aws.documents import Json, part
from sandbox.aws.servicecatalog.call import Call
from sandbox.aws.servicecatalog.errors import invalid
from sandbox.aws.servicecatalog.model import ProvisionedProduct, ProvisionedProductPlan, Record


def _levels(call: Call, thing: ProvisionedProduct | Record | ProvisionedProductPlan) -> list[str]:
    levels = {
        "Account": thing.account == call.account,
        "Role": thing.user_arn == call.caller.principal,
        "User": thing.user_arn_session == call.caller.arn,
    }
    return [level for level, holds in levels.items() if holds]


def in_access_level(
    call: Call, request: Json, thing: ProvisionedProduct | Record | ProvisionedProductPlan, default: str = "User"
) -> bool:
    """Whether the request's AccessLevelFilter shows a thing; without one, what the user made.

    API:ScanProvisionedProducts: "The access level to use to obtain results. The default is User."
    API:SearchProvisionedProducts alone: "The default is Account."
    """
    wanted = part(request, "AccessLevelFilter")
    if wanted.get("Value", "self") != "self":
        raise invalid("The only supported Value of AccessLevelFilter is self")
    return thing.account == call.account and wanted.get("Key", default) in _levels(call, thing)


def authorize_operation(call: Call, name: str, request: Json) -> None:
    """Ask IAM, with the condition keys servicecatalog:accountLevel, roleLevel and userLevel.

    They are `self` as far as the provisioned product or record is the account's, the role's or the user's;
    of a listing, when it asks for that level (Administrator Guide, "Example access policies for provisioned
    product management").
    """
    if call.caller.is_administrator:
        return
    wanted = request.get("ProvisionedProductId") or request.get("PlanId") or request.get("Id")
    named = request.get("ProvisionedProductName") or request.get("Name")
    things = [
        *(pp for pp in call.state.provisioned.values() if pp.id == wanted or (pp.name == named and not wanted)),
        *(record for record in call.state.records.values() if record.record_id == wanted),
        *(plan for plan in call.state.plans.values() if plan.plan_id == wanted),
    ]
    listed = "Account" if name == "SearchProvisionedProducts" else "User"
    levels = _levels(call, things[0]) if things else [part(request, "AccessLevelFilter").get("Key", listed)]
    if not things and (wanted or named or name == "ProvisionProduct"):
        levels = ["Account", "Role", "User"]  # whoever asks for what is not there learns just that
    context = {f"servicecatalog:{level.lower()}Level": "self" for level in levels}
    require(call.caller, f"servicecatalog:{name}", _resource(call, name, request), **context)


def _resource(call: Call, name: str, request: Json) -> str:
    """The portfolio or product that an operation is about, or `*` where IAM knows no resource of it."""
    kinds = resources_of(f"servicecatalog:{name}")
    if not kinds:
        return "*"
    keys = ("ResourceId", *(f"{kind}Id" for kind in kinds), "Id")
    wanted = next((request[key] for key in keys if request.get(key)), "*")
    portfolio, products = call.state.portfolios.get(wanted), call.state.products
    if portfolio or kinds == ["Portfolio"] or wanted.startswith("port-"):
        return portfolio.arn if portfolio else f"arn:aws:catalog:{call.region}:{call.account}:portfolio/{wanted}"
    named = request.get("ProductName") or request.get("Name")
    product = products.get(wanted) or next((p for p in products.values() if p.name == named), None)
    return product.product_arn if product else f"arn:aws:catalog:{call.region}:{call.account}:product/{wanted}"
