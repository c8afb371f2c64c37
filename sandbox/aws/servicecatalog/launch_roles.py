"""Launch roles: by whose permissions a product is built, and in which account."""

from moto.iam.models import Role

from sandbox.aws.documents import Json
from sandbox.aws.iam.callers import Caller
from sandbox.aws.iam.principals import find_principal, find_role, is_known, trusts_service
from sandbox.aws.servicecatalog.call import Call
from sandbox.aws.servicecatalog.errors import invalid

SERVICE = "servicecatalog.amazonaws.com"


def require_launch_role(call: Call, parameters: Json) -> Caller:
    """The role of a LAUNCH constraint's parameters, as it stands in the caller's account.

    A LocalRoleName is looked up in the caller's account, at creation of the constraint as well as at each
    launch; a RoleArn means that one role, and builds in its account (API:CreateConstraint;
    Administrator Guide, "Launch constraints").

    Raises:
        InvalidParametersException: not exactly one of the two is given, there is no such role, or its
            trust policy does not let Service Catalog assume it on behalf of this account.
    """
    if set(parameters) not in ({"LocalRoleName"}, {"RoleArn"}):
        raise invalid("A LAUNCH constraint takes exactly one of LocalRoleName and RoleArn")
    return assume_launch_role(call, role_arn(call, parameters))


def role_arn(call: Call, parameters: Json) -> str:
    """The role of a LAUNCH constraint's parameters, whether it is there or not."""
    return str(parameters.get("RoleArn") or f"arn:aws:iam::{call.account}:role/{parameters['LocalRoleName']}")


def unknown_yet(call: Call, builder: Caller) -> str | None:
    """Why a role that was made just now cannot be assumed, in the words that the Terraform provider looks for."""
    role = find_principal(builder.principal)
    if isinstance(role, Role) and not is_known(role, call.backend.clock):
        return f"Access denied while assuming the role {role.arn}: profile does not exist"
    return None


def assume_launch_role(call: Call, arn: str) -> Caller:
    """Assume a role as Service Catalog does, on behalf of the launching account."""
    region, launcher, organization = call.region, call.account, call.backend.organization
    account, name = (*arn.split(":"), "", "", "", "", "")[4], arn.rpartition("/")[2]
    role = find_role(account, name) if account.isdigit() else None
    if role is None or not (role.arn == arn or role.path != "/"):
        raise invalid(f"Access denied while assuming the role {arn}: the role does not exist")
    # Administrator Guide, "Launch constraints": aws:SourceArn is a templated ARN, never a specific resource.
    source = f"arn:aws:servicecatalog:{region}:{launcher}:*"
    context = {"aws:SourceAccount": [launcher], "aws:SourceArn": [source]}
    if not trusts_service(role, SERVICE, context):
        raise invalid(
            f"Access denied while assuming the role {role.arn}: "
            f"its trust policy does not allow {SERVICE} on behalf of account {launcher}"
        )
    session = f"arn:aws:sts::{account}:assumed-role/{name}/servicecatalog"
    member = organization.has(account)
    within = (organization.id, organization.management) if member else ("", "")
    return Caller(account, session, role.arn, "", region, *within)
