"""Who may launch from a portfolio, as an account sees it, and who of them is gone."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from shared.aws.session import AccountSession
from shared.catalog.contract import Contract

_IDENTITY: Final = re.compile(r"^A[A-Z0-9]{15,127}$")
"""What AWS shows in the place of the ARN (source: IAM User Guide, "Unique identifiers"; puppet issue 535)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadPrincipal:
    """A principal that was deleted after it got access. It counts on, and keeps the portfolio from being deleted."""

    region: str
    key: str
    portfolio: str
    identity: str


def imported_portfolios(account: AccountSession, region: str) -> Mapping[str, set[str]]:
    """List the portfolios that others share with an account: within the organization, or accepted by itself."""
    return {
        kind: {
            str(item["Id"])
            for item in account.pages(
                "servicecatalog",
                "list_accepted_portfolio_shares",
                "PortfolioDetails",
                region,
                PortfolioShareType=kind,
            )
        }
        for kind in ("AWS_ORGANIZATIONS", "IMPORTED")
    }


def portfolio_principals(account: AccountSession, portfolio: str, region: str) -> list[str]:
    """List those who have access to a portfolio by its id; nobody has while it is not shared with the account."""
    catalog = account.client("servicecatalog", region)
    try:
        there = account.pages(
            "servicecatalog", "list_principals_for_portfolio", "Principals", region, PortfolioId=portfolio
        )
    except catalog.exceptions.ResourceNotFoundException:
        return []
    return [str(item["PrincipalARN"]) for item in there]


def is_dead(principal: str) -> bool:
    """Say whether a principal that has access was deleted since."""
    return bool(_IDENTITY.match(principal))


def dead_principals(account: AccountSession, contract: Contract) -> Iterator[DeadPrincipal]:
    """Look through all portfolios of a hub for principals of an account that are gone."""
    for region, catalog in contract.regions.items():
        for key, portfolio in catalog.portfolios.items():
            for principal in portfolio_principals(account, portfolio.id, region):
                if is_dead(principal):
                    yield DeadPrincipal(region=region, key=key, portfolio=portfolio.id, identity=principal)


def remove_principal(account: AccountSession, dead: DeadPrincipal) -> None:
    """Take a principal's access away."""
    account.client("servicecatalog", dead.region).disassociate_principal_from_portfolio(
        PortfolioId=dead.portfolio, PrincipalARN=dead.identity
    )
