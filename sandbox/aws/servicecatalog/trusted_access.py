"""Service Catalog's trusted access to the organization."""

from collections.abc import Iterator

from sandbox.aws.documents import Json
from sandbox.aws.organization import SERVICE_CATALOG
from sandbox.aws.servicecatalog.call import Call, CatalogBackend, operation
from sandbox.aws.servicecatalog.errors import InvalidStateException, OperationNotSupportedException
from sandbox.aws.servicecatalog.model import Portfolio, Share
from sandbox.aws.servicecatalog.visibility import reaches


def _require_management(call: Call) -> None:
    """API:EnableAWSOrganizationsAccess: a delegated administrator is not authorized to invoke it."""
    if call.account != call.backend.organization.management:
        raise OperationNotSupportedException("Only the management account of the organization may call this")


def require_sharing_account(call: Call) -> None:
    """API:CreatePortfolioShare: nodes are for the management account and for delegated administrators."""
    if not _may_share(call.backend, call.account):
        raise OperationNotSupportedException(
            "Only the management account or a delegated administrator of Service Catalog may do this"
        )


def _may_share(backend: CatalogBackend, account: str) -> bool:
    organization = backend.organization
    return account == organization.management or organization.administers(account, SERVICE_CATALOG)


def _portfolios(backend: CatalogBackend) -> list[Portfolio]:
    return [portfolio for state in backend.regions.values() for portfolio in state.portfolios.values()]


def _node_shares(backend: CatalogBackend) -> Iterator[Share]:
    for portfolio in _portfolios(backend):
        yield from (share for share in portfolio.shares if share.type != "ACCOUNT")


@operation
def enable_aws_organizations_access(call: Call, _request: Json) -> None:
    _require_management(call)
    call.backend.organization.moto.enable_aws_service_access(ServicePrincipal=SERVICE_CATALOG)
    for share in _node_shares(call.backend):
        share.frozen = None


@operation
def disable_aws_organizations_access(call: Call, _request: Json) -> None:
    """Shares stay, but no longer follow the accounts (API:DisableAWSOrganizationsAccess)."""
    _require_management(call)
    organization = call.backend.organization
    if any(organization.administers(account, SERVICE_CATALOG) for account in organization.members()):
        raise InvalidStateException("Deregister the delegated administrators of Service Catalog first")
    for share in _node_shares(call.backend):
        share.frozen = {account for account in organization.members() if reaches(call.backend, share, account)}
    organization.moto.disable_aws_service_access(ServicePrincipal=SERVICE_CATALOG)


@operation
def get_aws_organizations_access_status(call: Call, _request: Json) -> Json:
    require_sharing_account(call)
    return {"AccessStatus": "ENABLED" if call.backend.organization.trusts(SERVICE_CATALOG) else "DISABLED"}


def remove_node_shares(backend: CatalogBackend, account: str) -> None:
    """Drop the organization shares of an account that is no longer a delegated administrator.

    API:DeletePortfolioShare: "if a delegated admin is de-registered, portfolio shares created from that
    account are removed".
    """
    for portfolio in _portfolios(backend):
        if portfolio.account == account and not _may_share(backend, account):
            portfolio.shares = [share for share in portfolio.shares if share.type == "ACCOUNT"]
