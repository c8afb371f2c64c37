"""Principals: who may launch from a portfolio. And launch roles: by whose permissions a product is built, and where."""

import re
from dataclasses import replace

from moto.iam.models import Group, Role, User

from sandbox.aws.documents import Json
from sandbox.aws.iam.callers import Caller
from sandbox.aws.iam.principals import find_principal, find_role, iam_of, is_known, trusts_service
from sandbox.aws.servicecatalog import quotas
from sandbox.aws.servicecatalog.call import Call, operation, page
from sandbox.aws.servicecatalog.errors import ResourceNotFoundException, invalid
from sandbox.aws.servicecatalog.model import Portfolio, Principal
from sandbox.aws.servicecatalog.portfolios import CONSISTENCY_SECONDS
from sandbox.aws.servicecatalog.visibility import imports_of, visible_portfolio

_PATTERN = re.compile(r"arn:[^:]+:iam:::(role|user|group)/[^:]+")


@operation
def associate_principal_with_portfolio(call: Call, request: Json) -> None:
    portfolio = visible_portfolio(call, request["PortfolioId"])
    arn, kind = request["PrincipalARN"], request["PrincipalType"]
    granted = portfolio.principals.setdefault(call.account, [])
    unique_id = _pattern_id(arn, granted) if kind == "IAM_PATTERN" else _unique_id(call, arn)
    if any((p.principal_arn, p.principal_type, p.unique_id) == (arn, kind, unique_id) for p in granted):
        return
    quotas.room_for("principals per portfolio", len(granted), quotas.PRINCIPALS_PER_PORTFOLIO)
    granted.append(Principal(arn, kind, unique_id, call.backend.clock.later(CONSISTENCY_SECONDS)))


def _unique_id(call: Call, arn: str) -> str:
    """IAM's id of an existing principal of the caller's account."""
    principal = find_principal(arn)
    if principal is None or f":{call.account}:" not in arn:
        raise invalid(
            f"Principal {arn} is not valid: it must be an existing user, group or role of account {call.account}"
        )
    if isinstance(principal, Role) and not is_known(principal, call.backend.clock):
        raise invalid(f"Principal {arn} is not valid: profile does not exist")
    return principal.id


def _pattern_id(arn: str, granted: list[Principal]) -> str:
    """Patterns name no account, and wildcards come after the kind only (API:AssociatePrincipalWithPortfolio)."""
    if not _PATTERN.fullmatch(arn):
        raise invalid(
            f"Principal {arn} is not valid: an IAM_PATTERN is like arn:aws:iam:::role/Name*, without an account"
        )
    patterns = [principal.principal_arn for principal in granted if principal.principal_type == "IAM_PATTERN"]
    if arn not in patterns:
        quotas.room_for("IAM_PATTERN principals per portfolio", len(patterns), quotas.PATTERNS_PER_PORTFOLIO)
    return arn


@operation
def disassociate_principal_from_portfolio(call: Call, request: Json) -> None:
    portfolio = visible_portfolio(call, request["PortfolioId"])
    kind = request.get("PrincipalType", "IAM")
    granted = portfolio.principals.get(call.account, [])
    gone = [
        p for p in granted if p.principal_type == kind and request["PrincipalARN"] in (p.principal_arn, p.unique_id)
    ]
    if not gone:
        raise ResourceNotFoundException(
            f"Principal {request['PrincipalARN']} is not associated with portfolio {portfolio.id}"
        )
    granted[:] = [principal for principal in granted if principal not in gone]


@operation
def list_principals_for_portfolio(call: Call, request: Json) -> Json:
    """The account's own grants, and the names that the portfolio's owner shares."""
    portfolio = visible_portfolio(call, request["PortfolioId"])
    found = [*portfolio.principals.get(call.account, []), *_shared_names(call, portfolio)]

    # One whose role is gone shows the id that IAM leaves behind, as in any policy.
    shown = [p if _still_there(p) else replace(p, principal_arn=p.unique_id) for p in found]
    return page(request, "Principals", shown)


def _still_there(principal: Principal) -> bool:
    if principal.principal_type == "IAM_PATTERN":
        return True
    found = find_principal(principal.principal_arn)
    return found is not None and found.id == principal.unique_id


def _shared_names(call: Call, portfolio: Portfolio) -> list[Principal]:
    if not any(share.share_principals for share in imports_of(call, portfolio)):
        return []
    return [p for p in portfolio.principals.get(portfolio.account, []) if p.principal_type == "IAM_PATTERN"]


def may_launch(call: Call, portfolio: Portfolio) -> bool:
    """Whether the caller is a principal of the portfolio; being an administrator does not count."""
    now = call.backend.clock.timestamp()
    granted = [*portfolio.principals.get(call.account, []), *_shared_names(call, portfolio)]
    return any(p.effective <= now and _is(p, call.caller) for p in granted)


def _is(principal: Principal, caller: Caller) -> bool:
    names = {caller.principal, *_groups(caller)}
    if principal.principal_type == "IAM_PATTERN":
        bare = (name.replace(f":{caller.account}:", "::", 1) for name in names)
        return any(_fits(principal.principal_arn, name) for name in bare)
    return principal.principal_arn in names and _still_there(principal)


def _groups(caller: Caller) -> set[str]:
    user = find_principal(caller.principal)
    if not isinstance(user, User):
        return set()
    groups: list[Group] = iam_of(caller.account).get_groups_for_user(user.name)
    return {group.arn for group in groups}


def _fits(pattern: str, name: str) -> bool:
    """`*` matches anything, `/` too; `?` matches one character or none."""
    reached = {0}
    for letter in pattern:
        if letter == "*" and reached:
            reached = set(range(min(reached), len(name) + 1))
        elif letter == "?":
            reached |= {place + 1 for place in reached if place < len(name)}
        else:
            reached = {place + 1 for place in reached if name[place : place + 1] == letter}
    return len(name) in reached


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
