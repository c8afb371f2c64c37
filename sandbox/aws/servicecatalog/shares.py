"""Portfolio shares: to an account, which accepts, or to a node of the organization, which imports itself.

The latter take trusted access to the organization.
"""

from collections.abc import Iterator

from sandbox.aws.documents import Json
from sandbox.aws.organization import SERVICE_CATALOG
from sandbox.aws.servicecatalog import quotas
from sandbox.aws.servicecatalog.call import Call, CatalogBackend, amend, operation, page
from sandbox.aws.servicecatalog.errors import InvalidStateException, OperationNotSupportedException, invalid, not_found
from sandbox.aws.servicecatalog.model import Portfolio, Share, ShareAction
from sandbox.aws.servicecatalog.visibility import imports_of, own_portfolio, reaches


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


START_SECONDS = 1.0
SECONDS = 6.0
"""Virtual time that an action on an organization share takes."""

_NODE_TYPES = {
    "ORGANIZATION": "ORGANIZATION",
    "ORGANIZATIONAL_UNIT": "ORGANIZATIONAL_UNIT",
    "ACCOUNT": "ORGANIZATION_MEMBER_ACCOUNT",
}


def _target(call: Call, request: Json) -> tuple[str, str]:
    """With whom a request shares, as type and id, checked against the organization."""
    organization = call.backend.organization
    account, node = request.get("AccountId"), request.get("OrganizationNode")
    if account and not node:
        if account == call.account or not organization.exists(account):
            raise invalid(f"AccountId {account} is not an account to share with")
        return "ACCOUNT", account
    if not node or account:
        raise invalid("Exactly one of AccountId and OrganizationNode is required")
    require_sharing_account(call)
    if not organization.trusts(SERVICE_CATALOG):
        raise InvalidStateException("AWS Organizations access is not enabled for Service Catalog")
    kind, value = node.get("Type"), node.get("Value", "").rpartition("/")[2]
    exists = {
        "ORGANIZATION": value == organization.id,
        "ORGANIZATIONAL_UNIT": organization.has_unit(value),
        "ACCOUNT": organization.has(value),
    }
    if not exists.get(kind):
        raise invalid(f"{kind} {node.get('Value')} is not in this organization")
    return _NODE_TYPES[kind], value


def _find(portfolio: Portfolio | None, target: tuple[str, str]) -> Share | None:
    shares = portfolio.shares if portfolio else []
    return next((share for share in shares if (share.type, share.principal_id) == target), None)


def _existing(call: Call, request: Json) -> tuple[Portfolio, Share]:
    portfolio = own_portfolio(call, request["PortfolioId"])
    share = _find(portfolio, _target(call, request))
    if share is None:
        raise not_found("Share of portfolio", portfolio.id)
    return portfolio, share


def _refuse_principals(request: Json, kind: str) -> None:
    if request.get("SharePrincipals") and kind not in ("ORGANIZATION", "ORGANIZATIONAL_UNIT"):
        raise invalid("SharePrincipals is supported for ORGANIZATION and ORGANIZATIONAL_UNIT only")


@operation
def create_portfolio_share(call: Call, request: Json) -> Json:
    """An existing share is left as it is, flags too (API:CreatePortfolioShare)."""
    _refuse_sharing_on(call, request["PortfolioId"])
    portfolio = own_portfolio(call, request["PortfolioId"])
    kind, principal = _target(call, request)
    _refuse_principals(request, kind)
    _refuse_parallel(call)
    share = _find(portfolio, (kind, principal))
    if share is None:
        quotas.room_for("shares per portfolio", len(portfolio.shares), quotas.SHARED_ACCOUNTS)
        share = Share(kind, principal, accepted=kind != "ACCOUNT")
        amend(share, request, "SharePrincipals", "ShareTagOptions")
        portfolio.shares.append(share)
    return {} if kind == "ACCOUNT" else {"PortfolioShareToken": _start(call, portfolio, share).portfolio_share_token}


def _refuse_sharing_on(call: Call, portfolio_id: str) -> None:
    """API:CreatePortfolioShare: no shared resource can be shared, nor a portfolio that contains one."""
    portfolio = call.state.portfolios.get(portfolio_id)
    if portfolio and imports_of(call, portfolio):
        raise OperationNotSupportedException(f"Portfolio {portfolio_id} is shared with you; it cannot be shared on")
    if portfolio and any(call.state.products[product].account != portfolio.account for product in portfolio.products):
        raise OperationNotSupportedException(f"Portfolio {portfolio_id} contains a shared product")


@operation
def update_portfolio_share(call: Call, request: Json) -> Json | ShareAction:
    portfolio, share = _existing(call, request)
    _refuse_principals(request, share.type)
    _refuse_parallel(call)
    amend(share, request, "SharePrincipals", "ShareTagOptions")
    return {"Status": "COMPLETED"} if share.type == "ACCOUNT" else _start(call, portfolio, share)


@operation
def delete_portfolio_share(call: Call, request: Json) -> Json | ShareAction:
    portfolio, share = _existing(call, request)
    _refuse_parallel(call)
    if share.type == "ACCOUNT":
        portfolio.shares.remove(share)
        return {}
    return _start(call, portfolio, share, remove=True)


def _refuse_parallel(call: Call) -> None:
    """One action at a time in an account and region (message from terraform-provider-aws issue 24729)."""
    actions = call.state.share_actions.values()
    if any(action.account == call.account and not action.status.startswith("COMPLETED") for action in actions):
        raise InvalidStateException("Cannot process more than one portfolio share action at the same time")


def _start(call: Call, portfolio: Portfolio, share: Share, *, remove: bool = False) -> ShareAction:
    """Begin to create, update or remove a share to a node of the organization."""
    action = ShareAction(call.new_id("share-"), portfolio.id, call.account, share.principal_id)
    call.state.share_actions[action.portfolio_share_token] = action
    organization = call.backend.organization
    share.complete = share.complete and not remove

    def finish() -> None:
        covered = [account for account in organization.members() if organization.covers(share.principal_id, account)]
        covered = [account for account in covered if account != portfolio.account]
        failed = [account for account in covered if organization.status(account) == "SUSPENDED" and not remove]
        error = {"Accounts": failed, "Message": "The account is suspended", "Error": "ACCOUNT_SUSPENDED"}
        action.share_details = {
            "SuccessfulShares": [account for account in covered if account not in failed],
            "ShareErrors": [error] if failed else [],
        }
        action.status = "COMPLETED_WITH_ERRORS" if failed else "COMPLETED"
        share.failed, share.complete = set(failed), not remove
        if remove:
            portfolio.shares = [other for other in portfolio.shares if other is not share]

    call.backend.clock.after(START_SECONDS, lambda: setattr(action, "status", "IN_PROGRESS"), held=False)
    call.backend.clock.after(SECONDS, finish)
    return action


@operation
def describe_portfolio_share_status(call: Call, request: Json) -> ShareAction:
    return call.own(call.state.share_actions, "PortfolioShareToken", request["PortfolioShareToken"])


@operation
def describe_portfolio_shares(call: Call, request: Json) -> Json:
    shares = own_portfolio(call, request["PortfolioId"]).shares
    return page(request, "PortfolioShareDetails", [share for share in shares if share.type == request["Type"]])


@operation
def accept_portfolio_share(call: Call, request: Json) -> None:
    _answer(call, request, accepted=True)


@operation
def reject_portfolio_share(call: Call, request: Json) -> None:
    _answer(call, request, accepted=False)


def _answer(call: Call, request: Json, *, accepted: bool) -> None:
    kind = request.get("PortfolioShareType", "IMPORTED")
    if kind != "IMPORTED":
        raise invalid(f"The sandbox emulates no answer to shares of type {kind}")
    accept(call.backend, call.account, call.region, request["PortfolioId"], accepted=accepted)


def accept(backend: CatalogBackend, account: str, region: str, portfolio_id: str, *, accepted: bool) -> None:
    """Accept or reject an ACCOUNT share; no other can be (aws-service-catalog-puppet issue 346)."""
    share = _find(backend.regions[region].portfolios.get(portfolio_id), ("ACCOUNT", account))
    if share is None:
        raise not_found("Portfolio", portfolio_id)
    share.accepted = accepted


@operation
def list_portfolio_access(call: Call, request: Json) -> Json:
    """Accounts with access: those named, or with OrganizationParentId those under that node."""
    shares, parent = own_portfolio(call, request["PortfolioId"]).shares, request.get("OrganizationParentId")
    organization = call.backend.organization
    if parent is None:
        arrived = (s for s in shares if s.type == "ACCOUNT" or (s.complete and not s.failed))
        found = {share.principal_id for share in arrived if "ACCOUNT" in share.type}
    else:
        arrived = [share for share in shares if share.principal_id == parent and share.complete]
        missed = {account for share in arrived for account in share.failed}
        found = {account for account in organization.members() if arrived and organization.covers(parent, account)}
        found -= missed
    return page(request, "AccountIds", sorted(found - {call.account}))


@operation
def list_organization_portfolio_access(call: Call, request: Json) -> Json:
    require_sharing_account(call)
    kind = request["OrganizationNodeType"]
    shares = own_portfolio(call, request["PortfolioId"]).shares
    found = [{"Type": kind, "Value": share.principal_id} for share in shares if share.type == _NODE_TYPES[kind]]
    return page(request, "OrganizationNodes", found)
