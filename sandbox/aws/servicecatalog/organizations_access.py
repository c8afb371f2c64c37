"""Service Catalog's trusted access to the organization."""

from collections.abc import Iterator

from sandbox.aws.organization import SERVICE_CATALOG
from sandbox.aws.servicecatalog.call import Call, World, operation
from sandbox.aws.servicecatalog.errors import InvalidStateException, OperationNotSupportedException
from sandbox.aws.servicecatalog.model import Json, Portfolio, Share
from sandbox.aws.servicecatalog.visibility import reaches


def _require_management(call: Call) -> None:
    """API:EnableAWSOrganizationsAccess: a delegated administrator is not authorized to invoke it."""
    if call.account != call.world.organization.management:
        raise OperationNotSupportedException("Only the management account of the organization may call this")


def require_sharing_account(call: Call) -> None:
    """API:CreatePortfolioShare: nodes are for the management account and for delegated administrators."""
    if not _may_share(call.world, call.account):
        raise OperationNotSupportedException(
            "Only the management account or a delegated administrator of Service Catalog may do this"
        )


def _may_share(world: World, account: str) -> bool:
    organization = world.organization
    return account == organization.management or organization.administers(account, SERVICE_CATALOG)


def _portfolios(world: World) -> list[Portfolio]:
    return [portfolio for state in world.regions.values() for portfolio in state.portfolios.values()]


def _node_shares(world: World) -> Iterator[Share]:
    for portfolio in _portfolios(world):
        yield from (share for share in portfolio.shares if share.type != "ACCOUNT")


@operation
def enable_aws_organizations_access(call: Call, _request: Json) -> Json:
    _require_management(call)
    call.world.organization.backend.enable_aws_service_access(ServicePrincipal=SERVICE_CATALOG)
    for share in _node_shares(call.world):
        share.frozen = None
    return {}


@operation
def disable_aws_organizations_access(call: Call, _request: Json) -> Json:
    """Shares stay, but no longer follow the accounts (API:DisableAWSOrganizationsAccess)."""
    _require_management(call)
    organization = call.world.organization
    if any(organization.administers(account, SERVICE_CATALOG) for account in organization.members()):
        raise InvalidStateException("Deregister the delegated administrators of Service Catalog first")
    for share in _node_shares(call.world):
        share.frozen = {account for account in organization.members() if reaches(call.world, share, account)}
    organization.backend.disable_aws_service_access(ServicePrincipal=SERVICE_CATALOG)
    return {}


@operation
def get_aws_organizations_access_status(call: Call, _request: Json) -> Json:
    require_sharing_account(call)
    return {"AccessStatus": "ENABLED" if call.world.organization.trusts(SERVICE_CATALOG) else "DISABLED"}


def forget_delegate(world: World, account: str) -> None:
    """Drop the organization shares of an account that is no longer a delegated administrator.

    API:DeletePortfolioShare: "if a delegated admin is de-registered, portfolio shares created from that
    account are removed".
    """
    for portfolio in _portfolios(world):
        if portfolio.account == account and not _may_share(world, account):
            portfolio.shares = [share for share in portfolio.shares if share.type == "ACCOUNT"]
