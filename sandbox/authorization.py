"""IAM at the front door: whether the caller's own policies allow the call at all.

Resources are worked out for what the catalog's programs touch. For any other call the resource is unknown,
and a statement is taken to concern it, unless it is a Deny on particular resources.
"""

from sandbox import buckets
from sandbox.callers import Caller
from sandbox.principals import is_permitted
from sandbox.refusals import Refused
from sandbox.wire import Request

_SERVICE_NAMES = {"monitoring": "cloudwatch"}
"""IAM's prefix where it is not the name in the signature."""

_ALWAYS = ("sts:GetCallerIdentity", "sts:AssumeRole")
"""The first needs no permission; trust policies decide the second."""

_IAM_RESOURCES = {"RoleName": "role", "UserName": "user", "GroupName": "group", "PolicyName": "policy"}


def action_of(request: Request) -> str:
    """The call as IAM writes it, such as `iam:CreateRole`."""
    if request.service == "s3":
        return buckets.action(request)
    return f"{_SERVICE_NAMES.get(request.service, request.service)}:{request.operation}"


def authorize(request: Request, caller: Caller) -> None:
    """Refuse what no policy of the caller allows.

    Raises:
        Refused: with the text that tells which action on which resource was missing.
    """
    action = action_of(request)
    if request.service == "s3":
        if not buckets.may(caller, action, *buckets.bucket_and_key(request)):
            raise Refused("AccessDenied", f"User: {caller.arn} is not authorized to perform: {action}")
    elif not (caller.is_administrator or action in _ALWAYS or not request.operation):
        require(caller, action, _resource(request, caller))


def require(caller: Caller, action: str, resource: str | None, **context: str) -> None:
    """Refuse an action that the caller's policies do not allow."""
    if not is_permitted(caller.principal, action, resource, caller.context(**context)):
        raise Refused(
            "AccessDenied" if action.startswith(("iam:", "sts:", "cloudformation:")) else "AccessDeniedException",
            f"User: {caller.arn} is not authorized to perform: {action} on resource: {resource or '*'} "
            f"because no identity-based policy allows the {action} action",
            400 if action.startswith(("servicecatalog:", "organizations:")) else 403,
        )


def _resource(request: Request, caller: Caller) -> str | None:
    account, region = caller.account, caller.region
    match request.service:
        case "iam":
            if arn := request.form.get("PolicyArn") if "RoleName" not in request.form else None:
                return arn
            named = ((kind, request.form.get(key)) for key, kind in _IAM_RESOURCES.items())
            return next((f"arn:aws:iam::{account}:{kind}/{name}" for kind, name in named if name), None)
        case "cloudformation":
            stack = request.form.get("StackName")
            is_arn = bool(stack) and stack.startswith("arn:")
            return stack if is_arn or not stack else f"arn:aws:cloudformation:{region}:{account}:stack/{stack}/*"
        case "sns":
            return request.form.get("TopicArn")
        case _:
            return None
