"""Principals of portfolios that were deleted after they got access."""

from typing import Any, cast

from shared.aws.portfolio_principals import dead_principals, portfolio_principals
from shared.aws.session import AccountSession
from tests.support.fake_account import FakeAccount, MissingError
from tests.support.offers import ACCOUNT, OFFER, read

GONE = "AROAEXAMPLEEXAMPLE123"
HERE = f"arn:aws:iam::{ACCOUNT}:role/Deployer"


def test_a_principal_without_an_arn_is_gone() -> None:
    listed = {"port-online": [HERE, GONE], "port-batch": [HERE], "port-west": []}

    def principals(asked: dict[str, str]) -> list[dict[str, Any]]:
        return [{"PrincipalARN": each} for each in listed[asked["PortfolioId"]]]

    [dead] = dead_principals(account(list_principals_for_portfolio=principals), read(OFFER))

    assert ("eu-central-1", "online", "port-online", GONE) == (dead.region, dead.key, dead.portfolio, dead.identity)


def test_nobody_has_access_to_a_portfolio_that_is_not_shared() -> None:
    assert [] == portfolio_principals(account(list_principals_for_portfolio=MissingError()), "port-1", "eu-west-1")


def account(**listings: Any) -> AccountSession:  # noqa: ANN401 - whatever a listing answers
    """Give an account that answers so."""
    return cast("AccountSession", FakeAccount(ACCOUNT, listings, {}))
