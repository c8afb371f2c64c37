"""IAM before each call: whether the caller's own policies allow the call at all.

Resources are worked out for what the catalog's programs touch. For any other call the resource is unknown,
and a statement is taken to concern it, unless it is a Deny on particular resources.
"""

from typing import cast

from sandbox.aws import kms as keys
from sandbox.aws import s3 as buckets
from sandbox.aws.cloudformation.schemas import resources_of
from sandbox.aws.errors import ApiError
from sandbox.aws.iam.callers import Caller
from sandbox.aws.iam.principals import find_role, is_permitted
from sandbox.aws.model_registry import resource_of as package_of
from sandbox.aws.organization import Organization
from sandbox.aws.wire import Request

_SERVICE_NAMES = {"monitoring": "cloudwatch"}
"""IAM's prefix where it is not the name in the signature."""

_OTHER_NAMES = {"budgets:DescribeBudget": "budgets:ViewBudget", "budgets:CreateBudget": "budgets:ModifyBudget"}
"""Calls whose permission has another name (source: Service Authorization Reference, AWS Budget Service)."""

_ALWAYS = ("sts:GetCallerIdentity", "sts:AssumeRole", "sts:AssumeRoleWithWebIdentity")
"""The first needs no permission; trust policies decide the others."""

_IAM_RESOURCES = {"RoleName": "role", "UserName": "user", "GroupName": "group", "PolicyName": "policy"}


def action_of(request: Request) -> str:
    """The call as IAM writes it, such as `iam:CreateRole`."""
    if request.service == "s3":
        return buckets.action(request)
    action = f"{_SERVICE_NAMES.get(request.service, request.service)}:{request.operation}"
    return _OTHER_NAMES.get(action, action)


def authorize(request: Request, caller: Caller) -> None:
    """Refuse what no policy of the caller allows.

    Raises:
        ApiError: with the text that tells which action on which resource was missing.
    """
    action = action_of(request)
    if request.service == "s3":
        for wanted, bucket, key in buckets.wanted(request):
            if not buckets.may(caller, wanted, bucket, key, buckets.asked(request)):
                raise ApiError("AccessDenied", f"User: {caller.arn} is not authorized to perform: {wanted}")
    elif request.service == "kms" and keys.is_about_a_key(request):
        return  # its policy and the caller's decide together, where the call is led to the key's account
    elif not (caller.is_administrator or action in _ALWAYS or not request.operation):
        for resource in _parameters(request, caller) or [_resource(request, caller)]:
            require(caller, action, resource, **_context(request, caller))


def require(caller: Caller, action: str, resource: str | None, **context: str) -> None:
    """Refuse an action that the caller's policies do not allow."""
    if not is_permitted(caller.principal, action, resource, caller.context(**context)):
        raise ApiError(
            "AccessDenied" if action.startswith(("iam:", "sts:", "cloudformation:")) else "AccessDeniedException",
            caller.refusal(action, resource),
            400 if action.startswith(("servicecatalog:", "organizations:")) else 403,
        )


def _resource(request: Request, caller: Caller) -> str | None:
    account, region = caller.account, caller.region
    match request.service:
        case "iam":
            return _of_iam(request, account)
        case "cloudformation":
            stack = request.form.get("StackName")
            is_arn = bool(stack) and stack.startswith("arn:")
            return stack if is_arn or not stack else f"arn:aws:cloudformation:{region}:{account}:stack/{stack}/*"
        case "sns" | "states":
            return request.form.get("TopicArn") or _state_machine(request, f"{region}:{account}")
        case "organizations":
            return _node(request, caller)
        case _:
            return package_of(request)


def _of_iam(request: Request, account: str) -> str | None:
    """What a call to IAM is about."""
    named_by = ("PolicyArn", "PolicySourceArn") if "RoleName" not in request.form else ()
    if arn := next((request.form[key] for key in named_by if key in request.form), None):
        return arn
    named = ((kind, request.form.get(key)) for key, kind in _IAM_RESOURCES.items())
    kind, name = next(((kind, name) for kind, name in named if name), ("", ""))
    if kind == "role" and (role := find_role(account, name)):
        return role.arn  # with its path, which calls do not name
    path = request.form.get("Path", "/")
    return f"arn:aws:iam::{account}:{kind}{path}{name}" if name else None


def _state_machine(request: Request, place: str) -> str | None:
    """What a call to Step Functions is about (Service Authorization Reference, "AWS Step Functions")."""
    machine, name = request.json.get("stateMachineArn"), request.json.get("name")
    if isinstance(machine, str):
        return machine
    return f"arn:aws:states:{place}:stateMachine:{name}" if request.operation == "CreateStateMachine" else None


def _parameters(request: Request, caller: Caller) -> list[str]:
    """Which parameters of Systems Manager a call is about, all of which it has to be allowed for.

    A version or label after a colon is none of the ARN (Service Authorization Reference, "AWS Systems Manager").
    """
    if request.service != "ssm":
        return []
    named: object = request.json.get("Names") or [request.json.get("Name")]
    listed = cast("list[object]", named) if isinstance(named, list) else []
    names = [each for each in listed if isinstance(each, str)]
    place = f"arn:aws:ssm:{caller.region}:{caller.account}:parameter"
    return [each if each.startswith("arn:") else f"{place}/{each.partition(':')[0].lstrip('/')}" for each in names]


def _node(request: Request, caller: Caller) -> str | None:
    """What a call to AWS Organizations is about (Service Authorization Reference, "AWS Organizations")."""
    if not resources_of(f"organizations:{request.operation}"):
        return "*"  # a policy allows it on every resource or not at all
    account, parent = request.json.get("AccountId"), request.json.get("ParentId")
    if not (account or parent):
        return None
    kind = "account" if account else "root" if str(parent).startswith("r-") else "ou"
    return f"arn:aws:organizations::{caller.management}:{kind}/{caller.organization}/{account or parent}"


def _context(request: Request, caller: Caller) -> dict[str, str]:
    """The condition keys that a service adds."""
    match request.service:
        case "organizations" if principal := request.json.get("ServicePrincipal"):
            return {"organizations:ServicePrincipal": str(principal)}
        case "iam":
            role = find_role(caller.account, request.form.get("RoleName", ""))
            boundary = request.form.get("PermissionsBoundary") or (role and role.permissions_boundary_arn)
            return {"iam:PermissionsBoundary": boundary} if boundary else {}
        case "cloudformation" if role := request.form.get("RoleARN"):
            return {"cloudformation:RoleArn": role}
        case _:
            return {}


_READ = ("Describe", "List")


def authorize_organizations(request: Request, caller: Caller, organization: Organization) -> None:
    """Let the management account do all, delegated administrators read, and members describe it.

    Reads by a delegated administrator are answered from the management account's view
    (Organizations API Reference: "can be called only from the organization's management account or by a
    member account that is a delegated administrator").
    """
    if not organization.has(caller.account):
        if request.operation.startswith(_READ):
            raise ApiError("AWSOrganizationsNotInUseException", "Your account is not a member of an organization.", 400)
        return
    operation = request.operation
    if caller.account == organization.management:
        if operation == "RegisterDelegatedAdministrator":
            _require_trusted_access(request, organization)
        return
    reads = operation.startswith(_READ) and organization.administers(caller.account)
    if operation != "DescribeOrganization" and not reads:
        raise ApiError("AccessDeniedException", "You don't have permissions to access this resource.", 400)
    request.act_as(organization.management, caller.access_key)


def _require_trusted_access(request: Request, organization: Organization) -> None:
    service = request.json.get("ServicePrincipal")
    if isinstance(service, str) and not organization.trusts(service):
        raise ApiError(
            "ConstraintViolationException",
            f"You cannot register a delegated administrator for {service}: enable its trusted access first.",
            400,
        )
