"""When a share is accepted, and who may launch from it."""

from collections.abc import Callable
from typing import Any

import pulumi_aws as aws
import pytest

from tests.support.fake_account import heard
from tests.support.recorder import Mocks

FORECAST = {"name": "forecast", "product": "forecaster", "version": "1.0.0"}
SCIENTIST = "arn:aws:iam::333344445555:role/teams/DataScientist"


@pytest.mark.parametrize(
    ("shares", "accepted"),
    [
        ([("ACCOUNT", "333344445555")], 1),
        ([("ACCOUNT", "444455556666"), ("ACCOUNT", "333344445555")], 1),
        ([("ACCOUNT", "444455556666")], 0),
        ([("ORGANIZATION", "o-a1b2c3d4e5")], 0),
        ([("ORGANIZATIONAL_UNIT", "ou-research")], 0),
        ([("ORGANIZATION_MEMBER_ACCOUNT", "333344445555")], 0),
        ([], 0),
    ],
)
def test_only_a_share_with_this_very_account_is_accepted(
    deploy: Callable[..., Mocks], offer: dict[str, Any], shares: list[tuple[str, str]], accepted: int
) -> None:
    """A share within the organization is there by itself, and accepting one fails."""
    portfolio = offer["eu-central-1"]["portfolios"]["batch"]
    portfolio["shares"] = [{"type": kind, "target": target} for kind, target in shares]

    mocks = deploy(launches=[FORECAST])

    assert accepted == len(mocks.all(aws.cloudformation.Stack))


def test_a_portfolio_that_somebody_may_launch_from_is_accepted_and_has_its_roles(deploy: Callable[..., Mocks]) -> None:
    """Even where the stack itself launches nothing from it."""
    mocks = deploy(launches=[], principals=[{"portfolio": "batch", "arn": SCIENTIST}])

    assert "port-batch" == mocks.one(aws.cloudformation.Stack).inputs["parameters"]["PortfolioId"]
    assert ["forecaster"] == [resource.name for resource in mocks.all("modelcatalog:spoke:ProductRoles")]


def test_two_portfolios_that_swapped_their_keys_are_told_apart(
    deploy: Callable[..., Mocks], offer: dict[str, Any]
) -> None:
    """A key means the portfolio that has it now, and what is made for one bears the key that it had at first."""
    portfolios = offer["eu-central-1"]["portfolios"]
    online, batch = portfolios["online"], portfolios["batch"]
    offer["eu-central-1"]["portfolios"] = {
        "online": {**batch, "first_key": "batch"},
        "batch": {**online, "first_key": "online"},
    }

    grants = {"batch": SCIENTIST, "online": SCIENTIST.replace("Scientist", "Analyst")}
    mocks = deploy(launches=[], principals=[{"portfolio": key, "arn": arn} for key, arn in grants.items()])

    assert {"online-eu-central-1": "port-online", "batch-eu-central-1": "port-batch"} == {
        access.name.removesuffix("-deployer"): access.inputs["portfolioId"]
        for access in mocks.all(aws.servicecatalog.PrincipalPortfolioAssociation)
        if access.name.endswith("-deployer")
    }
    assert {("port-online", "DataScientist"), ("port-batch", "DataAnalyst")} == {
        (access.inputs["portfolioId"], access.inputs["principalArn"].rpartition("/")[2])
        for access in mocks.all(aws.servicecatalog.PrincipalPortfolioAssociation)
        if not access.name.endswith("-deployer")
    }


@pytest.mark.parametrize(("named", "told"), [("online", 0), ("live", 1)])
def test_a_former_key_of_a_portfolio_is_understood_and_told_once(
    deploy: Callable[..., Mocks], offer: dict[str, Any], monkeypatch: pytest.MonkeyPatch, named: str, told: int
) -> None:
    lines = heard(monkeypatch)
    offer["eu-central-1"]["portfolios"]["online"]["first_key"] = "live"
    launches = [{"name": "west", "product": "embedder", "version": "1.0.0", "region": "eu-west-1"}]

    _ = deploy(launches=launches, principals=[{"portfolio": named, "arn": SCIENTIST}])

    note = "Pulumi.spoke-research.yaml: principals[0].portfolio: 'live' is now called 'online'."
    assert told == lines.count(note)


def test_a_principal_has_access_in_every_region_in_which_the_portfolio_is_used(deploy: Callable[..., Mocks]) -> None:
    launches = [
        {"name": "embeddings", "product": "embedder", "version": "1.0.0"},
        {"name": "embeddings-west", "product": "embedder", "version": "1.0.0", "region": "eu-west-1"},
    ]
    mocks = deploy(launches=launches, principals=[{"portfolio": "online", "arn": SCIENTIST}])

    assert {"port-online", "port-west"} == {
        resource.inputs["portfolioId"]
        for resource in mocks.all(aws.servicecatalog.PrincipalPortfolioAssociation)
        if resource.inputs["principalArn"] == SCIENTIST
    }
