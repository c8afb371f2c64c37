"""Portfolio shares: to an account, which accepts, or to a node of the organization, which imports itself."""

from dataclasses import dataclass

from sandbox.organization import SERVICE_CATALOG
from sandbox.servicecatalog import quotas
from sandbox.servicecatalog.call import Call, World, operation, page
from sandbox.servicecatalog.errors import (
    InvalidParametersException,
    InvalidStateException,
    OperationNotSupportedException,
    ResourceNotFoundException,
    not_found,
)
from sandbox.servicecatalog.model import Json, Portfolio, Share, ShareAction
from sandbox.servicecatalog.organizations_access import shares_in_organization
from sandbox.servicecatalog.share_actions import refuse_parallel, start_action
from sandbox.servicecatalog.visibility import import_of, own_portfolio

_NODE_TYPES = {
    "ORGANIZATION": "ORGANIZATION",
    "ORGANIZATIONAL_UNIT": "ORGANIZATIONAL_UNIT",
    "ACCOUNT": "ORGANIZATION_MEMBER_ACCOUNT",
}


@dataclass(frozen=True)
class _Target:
    type: str
    principal: str


def _target(call: Call, request: Json) -> _Target:
    """With whom a request shares, checked against the organization."""
    account, node = request.get("AccountId"), request.get("OrganizationNode")
    if (account is None) == (node is None):
        raise InvalidParametersException("Exactly one of AccountId and OrganizationNode is required")
    organization = call.world.organization
    if account is not None:
        if account == call.account or not organization.exists(account):
            raise InvalidParametersException(f"AccountId {account} is not an account to share with")
        return _Target("ACCOUNT", account)
    if not shares_in_organization(call.world, call.account):
        raise OperationNotSupportedException(
            "Only the management account or a delegated administrator of Service Catalog may share to an "
            "organization node"
        )
    if not organization.trusts(SERVICE_CATALOG):
        raise InvalidStateException("AWS Organizations access is not enabled for Service Catalog")
    kind = _NODE_TYPES.get(node.get("Type", ""), "")
    value = str(node.get("Value", "")).rpartition("/")[2]
    exists = {
        "ORGANIZATION": value == organization.id,
        "ORGANIZATIONAL_UNIT": organization.has_unit(value),
        "ORGANIZATION_MEMBER_ACCOUNT": value in organization.members(),
    }
    if not exists.get(kind):
        raise InvalidParametersException(f"Organization node {node} is not in this organization")
    return _Target(kind, value)


def _find(portfolio: Portfolio, target: _Target) -> Share | None:
    return next((s for s in portfolio.shares if (s.type, s.principal) == (target.type, target.principal)), None)


@operation
def create_portfolio_share(call: Call, request: Json) -> Json:
    """An existing share is left as it is, flags too (API:CreatePortfolioShare)."""
    portfolio = _own_sharable(call, request["PortfolioId"])
    target = _target(call, request)
    principals, options = request.get("SharePrincipals", False), request.get("ShareTagOptions", False)
    if principals and target.type not in ("ORGANIZATION", "ORGANIZATIONAL_UNIT"):
        raise InvalidParametersException("SharePrincipals is supported for ORGANIZATION and ORGANIZATIONAL_UNIT only")
    refuse_parallel(call)
    share = _find(portfolio, target)
    if share is None:
        quotas.room_for("shares per portfolio", len(portfolio.shares), quotas.SHARED_ACCOUNTS)
        share = Share(target.type, target.principal, target.type != "ACCOUNT", principals, options)
        portfolio.shares.append(share)
    if share.type == "ACCOUNT":
        return {}
    return {"PortfolioShareToken": start_action(call, portfolio, share).token}


def _own_sharable(call: Call, portfolio_id: str) -> Portfolio:
    """API:CreatePortfolioShare: "You can't share a shared resource, including portfolios that contain a
    shared product."
    """  # noqa: D205 - a quotation
    imported = call.state.portfolios.get(portfolio_id)
    if imported and import_of(call, imported):
        raise OperationNotSupportedException(f"Portfolio {portfolio_id} is shared with you; it cannot be shared on")
    portfolio = own_portfolio(call, portfolio_id)
    if any(call.state.products[product].account != call.account for product in portfolio.products):
        raise OperationNotSupportedException(f"Portfolio {portfolio_id} contains a shared product")
    return portfolio


def _existing(call: Call, request: Json) -> tuple[Portfolio, Share]:
    portfolio = own_portfolio(call, request["PortfolioId"])
    share = _find(portfolio, _target(call, request))
    if share is None:
        raise ResourceNotFoundException(f"Portfolio {portfolio.id} is not shared with the specified principal")
    refuse_parallel(call)
    return portfolio, share


@operation
def update_portfolio_share(call: Call, request: Json) -> Json:
    portfolio, share = _existing(call, request)
    if request.get("SharePrincipals") and share.type not in ("ORGANIZATION", "ORGANIZATIONAL_UNIT"):
        raise InvalidParametersException("SharePrincipals is supported for ORGANIZATION and ORGANIZATIONAL_UNIT only")
    share.principals = request.get("SharePrincipals", share.principals)
    share.tag_options = request.get("ShareTagOptions", share.tag_options)
    if share.type == "ACCOUNT":
        return {"Status": "COMPLETED"}
    action = start_action(call, portfolio, share)
    return {"PortfolioShareToken": action.token, "Status": action.status}


@operation
def delete_portfolio_share(call: Call, request: Json) -> Json:
    portfolio, share = _existing(call, request)
    if share.type == "ACCOUNT":
        portfolio.shares.remove(share)
        return {}
    share.complete = False
    return {"PortfolioShareToken": start_action(call, portfolio, share, remove=True).token}


@operation
def describe_portfolio_share_status(call: Call, request: Json) -> Json:
    action = call.state.share_actions.get(request["PortfolioShareToken"])
    if action is None or action.account != call.account:
        raise not_found("PortfolioShareToken", request["PortfolioShareToken"])
    return {
        "PortfolioShareToken": action.token,
        "PortfolioId": action.portfolio,
        "OrganizationNodeValue": action.node,
        "Status": action.status,
        "ShareDetails": {"SuccessfulShares": action.successful, "ShareErrors": _errors(action)},
    }


def _errors(action: ShareAction) -> list[Json]:
    if not action.failed:
        return []
    return [{"Accounts": action.failed, "Message": "The account is suspended", "Error": "ACCOUNT_SUSPENDED"}]


@operation
def describe_portfolio_shares(call: Call, request: Json) -> Json:
    portfolio = own_portfolio(call, request["PortfolioId"])
    found = [share for share in portfolio.shares if share.type == request["Type"]]

    def show(share: Share) -> Json:
        return {
            "PrincipalId": share.principal,
            "Type": share.type,
            "Accepted": share.accepted,
            "ShareTagOptions": share.tag_options,
            "SharePrincipals": share.principals,
        }

    return page(request, "PortfolioShareDetails", found, show)


@operation
def accept_portfolio_share(call: Call, request: Json) -> Json:
    kind = request.get("PortfolioShareType", "IMPORTED")
    if kind == "AWS_SERVICECATALOG":
        raise InvalidParametersException("PortfolioShareType AWS_SERVICECATALOG is not supported")
    if kind == "AWS_ORGANIZATIONS":
        portfolio = call.state.portfolios.get(request["PortfolioId"])
        if portfolio is None or import_of(call, portfolio) is None:
            raise not_found("Portfolio", request["PortfolioId"])
        return {}
    accept(call.world, call.account, call.region, request["PortfolioId"], accepted=True)
    return {}


@operation
def reject_portfolio_share(call: Call, request: Json) -> Json:
    if request.get("PortfolioShareType", "IMPORTED") != "IMPORTED":
        raise not_found("Portfolio", request["PortfolioId"])
    accept(call.world, call.account, call.region, request["PortfolioId"], accepted=False)
    return {}


def accept(world: World, account: str, region: str, portfolio_id: str, *, accepted: bool) -> None:
    """Accept or reject an ACCOUNT share; others cannot be (aws-service-catalog-puppet issue 346)."""
    portfolio = world.regions[region].portfolios.get(portfolio_id)
    share = _find(portfolio, _Target("ACCOUNT", account)) if portfolio else None
    if share is None:
        raise not_found("Portfolio", portfolio_id)
    share.accepted = accepted


@operation
def list_portfolio_access(call: Call, request: Json) -> Json:
    """Accounts with access: by name, or, with OrganizationParentId, by lying under that node."""
    portfolio = own_portfolio(call, request["PortfolioId"])
    parent = request.get("OrganizationParentId")
    named = [s.principal for s in portfolio.shares if "ACCOUNT" in s.type] if parent is None else []
    organization = call.world.organization
    under = [
        account
        for account in organization.members()
        if parent and organization.covers(parent, account) and account != call.account
        for share in portfolio.shares
        if share.principal == parent
    ]
    return page(request, "AccountIds", sorted({*named, *under}), str)


@operation
def list_organization_portfolio_access(call: Call, request: Json) -> Json:
    portfolio = own_portfolio(call, request["PortfolioId"])
    if not shares_in_organization(call.world, call.account):
        raise OperationNotSupportedException("Only the management account or a delegated administrator may call this")
    kind = request["OrganizationNodeType"]
    found = [share for share in portfolio.shares if share.type == _NODE_TYPES[kind]]
    return page(request, "OrganizationNodes", found, lambda share: {"Type": kind, "Value": share.principal})
