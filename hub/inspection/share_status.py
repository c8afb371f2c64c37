"""Where shares have arrived: AWS's own lists, held against whom the shares are meant for."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from shared.aws.organization import Organization
from shared.aws.session import AccountSession


class ShareState(StrEnum):
    """What became of a share in one account."""

    ARRIVED = "arrived"
    UNSHARED = "no such share"
    UNACCEPTED = "waits for acceptance"
    SUSPENDED = "not arrived: the account is suspended"
    MISSING = "not arrived"


class Shares:
    """The shares of one portfolio, as AWS has them."""

    def __init__(self, account: AccountSession, organization: Organization, *, region: str, portfolio: str) -> None:
        self._account = account
        self._organization = organization
        self._region = region
        self._portfolio = portfolio

    def made(self, kind: str) -> Mapping[str, dict[str, Any]]:
        """List the shares of a type that are there, by what they were made with."""
        details = self._list("describe_portfolio_shares", "PortfolioShareDetails", Type=kind)
        return {str(each["PrincipalId"]): each for each in details}

    def arrivals(self, kind: str, target: str) -> Mapping[str, ShareState]:
        """Tell for each account that a share is meant for what became of it.

        AWS keeps the outcome of a share only for whoever made it, by a token. Afterwards there are two lists: the
        accounts with access, and for single accounts whether they accepted (source: Service Catalog API reference,
        ListPortfolioAccess, DescribePortfolioShares).
        """
        made = self.made(kind).get(target)
        if kind == "ACCOUNT":
            state = ShareState.ARRIVED if made and made["Accepted"] else ShareState.UNACCEPTED
            return {target: state if made else ShareState.UNSHARED}
        if kind == "ORGANIZATION_MEMBER_ACCOUNT":
            meant: Mapping[str, str] = {target: self._organization.statuses.get(target) or "unknown"}
            with_access = self._list("list_portfolio_access", "AccountIds")
        else:
            meant = self._organization.statuses_below(target)
            with_access = self._list("list_portfolio_access", "AccountIds", OrganizationParentId=target) if made else []
        return {
            account: _state(account in with_access, made=made is not None, status=status)
            for account, status in meant.items()
            if account != self._account.id  # its own portfolios need no share
        }

    def _list(self, operation: str, result: str, **arguments: str) -> list[Any]:
        return self._account.pages(
            "servicecatalog", operation, result, self._region, PortfolioId=self._portfolio, **arguments
        )


def _state(has_access: bool, *, made: bool, status: str) -> ShareState:  # noqa: FBT001 - what it is about
    if not made:
        return ShareState.UNSHARED
    if has_access:
        return ShareState.ARRIVED
    return ShareState.MISSING if status == "ACTIVE" else ShareState.SUSPENDED
