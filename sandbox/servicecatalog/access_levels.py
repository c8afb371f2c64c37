"""Access levels: whether a view shows what the account, the role or the user made."""

from sandbox.servicecatalog.call import Call
from sandbox.servicecatalog.errors import InvalidParametersException
from sandbox.servicecatalog.model import Json, ProvisionedProduct, Record


def in_access_level(call: Call, request: Json, thing: ProvisionedProduct | Record) -> bool:
    """Whether the request's AccessLevelFilter shows a thing; without one, what the user made.

    API:ScanProvisionedProducts: "The access level to use to obtain results. The default is User."
    """
    wanted = request.get("AccessLevelFilter") or {"Key": "User", "Value": "self"}
    if wanted.get("Value", "self") != "self":
        raise InvalidParametersException("The only supported Value of AccessLevelFilter is self")
    if thing.account != call.account:
        return False
    match wanted.get("Key"):
        case "Account":
            return True
        case "Role":
            return thing.principal == call.caller.principal
        case _:
            return thing.session == call.caller.arn
