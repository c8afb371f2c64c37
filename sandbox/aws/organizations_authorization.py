"""Who may ask AWS Organizations what."""

from sandbox.aws.errors import ApiError
from sandbox.aws.iam.callers import Caller
from sandbox.aws.organization import Organization
from sandbox.aws.wire import Request

_READ = ("Describe", "List")


def authorize(request: Request, caller: Caller, organization: Organization) -> None:
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
