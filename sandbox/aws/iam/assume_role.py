"""sts:AssumeRole, with the trust policy really read."""

from sandbox.aws.errors import ApiError
from sandbox.aws.iam.callers import Caller, Callers
from sandbox.aws.iam.principals import find_role, is_known, trusts_principal
from sandbox.aws.iam.session_length import refuse_long_session
from sandbox.aws.wire import Request
from sandbox.clock import Clock


def authorize(request: Request, caller: Caller, callers: Callers, clock: Clock) -> None:
    """Refuse to assume a role that does not exist or whose trust policy does not let the caller.

    STS gives one and the same answer in both cases, so that nobody can find out which roles exist.
    """
    if request.operation != "AssumeRole":
        return
    arn = request.form.get("RoleArn", "")
    account = arn.split(":")[4] if arn.count(":") == 5 else ""  # noqa: PLR2004 - an ARN has six parts
    if account.isdigit() and callers.knows(account):
        callers.prepare(account)
        role = find_role(account, arn.rpartition("/")[2])
        conditions = {"sts:RoleSessionName": request.form.get("RoleSessionName", "")}
        if (organization := callers.organization_of(account)) is not None:
            conditions["aws:ResourceOrgID"] = organization
        conditions["aws:ResourceAccount"] = account
        if external_id := request.form.get("ExternalId"):
            conditions["sts:ExternalId"] = external_id
        context = caller.context(**conditions)
        if role and role.arn == arn and trusts_principal(role, caller.principal, context) and is_known(role, clock):
            refuse_long_session(request, role, is_chained=":assumed-role/" in caller.arn)
            return
    raise ApiError(
        "AccessDenied", f"User: {caller.arn} is not authorized to perform: sts:AssumeRole on resource: {arn}"
    )
