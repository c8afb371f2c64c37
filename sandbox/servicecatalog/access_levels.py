"""Whose launches a caller sees and touches: the account's, the role's, or the user's own."""

from sandbox.authorization import require
from sandbox.servicecatalog.call import Call
from sandbox.servicecatalog.errors import InvalidParametersException
from sandbox.servicecatalog.model import Json, ProvisionedProduct, Record, part


def _levels(call: Call, thing: ProvisionedProduct | Record) -> list[str]:
    levels = {
        "Account": thing.account == call.account,
        "Role": thing.user_arn == call.caller.principal,
        "User": thing.user_arn_session == call.caller.arn,
    }
    return [level for level, holds in levels.items() if holds]


def in_access_level(call: Call, request: Json, thing: ProvisionedProduct | Record) -> bool:
    """Whether the request's AccessLevelFilter shows a thing; without one, what the user made.

    API:ScanProvisionedProducts: "The access level to use to obtain results. The default is User."
    """
    wanted = part(request, "AccessLevelFilter")
    if wanted.get("Value", "self") != "self":
        raise InvalidParametersException("The only supported Value of AccessLevelFilter is self")
    return thing.account == call.account and wanted.get("Key", "User") in _levels(call, thing)


def authorize_operation(call: Call, name: str, request: Json) -> None:
    """Ask IAM, with the condition keys servicecatalog:accountLevel, roleLevel and userLevel.

    They are `self` as far as the provisioned product or record is the account's, the role's or the user's;
    of a listing, when it asks for that level (Administrator Guide, "Example access policies for provisioned
    product management").
    """
    if call.caller.is_administrator:
        return
    wanted = request.get("ProvisionedProductId") or request.get("Id")
    named = request.get("ProvisionedProductName") or request.get("Name")
    things = [
        *(pp for pp in call.state.provisioned.values() if pp.id == wanted or (pp.name == named and not wanted)),
        *(record for record in call.state.records.values() if record.record_id == wanted),
    ]
    levels = _levels(call, things[0]) if things else [part(request, "AccessLevelFilter").get("Key", "User")]
    if not things and name == "ProvisionProduct":
        levels = ["Account", "Role", "User"]
    context = {f"servicecatalog:{level.lower()}Level": "self" for level in levels}
    require(call.caller, f"servicecatalog:{name}", _resource(call, request), **context)


def _resource(call: Call, request: Json) -> str | None:
    """The portfolio or product that the request names, as far as IAM knows it by ARN."""
    portfolio_id, product_id = request.get("PortfolioId"), request.get("ProductId")
    identifier = portfolio_id or product_id or request.get("Id", "")
    if portfolio := call.state.portfolios.get(identifier):
        return portfolio.arn
    product = call.state.products.get(identifier)
    return product.product_arn if product else None
