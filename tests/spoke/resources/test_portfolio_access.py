"""When a share is accepted, and who may launch from it."""

import json
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


def test_a_share_is_accepted_by_a_stack_of_cloudformation(deploy: Callable[..., Mocks]) -> None:
    """Neither Pulumi nor Terraform has a resource for it."""
    stack = deploy(launches=[FORECAST]).one(aws.cloudformation.Stack)
    template = json.loads(stack.inputs["templateBody"])

    assert ["AWS::ServiceCatalog::AcceptedPortfolioShare"] == [
        resource["Type"] for resource in template["Resources"].values()
    ]
    assert {"PortfolioId": "port-batch"} == stack.inputs["parameters"]
    assert {"Ref": "PortfolioId"} == template["Resources"]["Accepted"]["Properties"]["PortfolioId"]
    assert "eu-central-1" == stack.inputs["region"]


def test_access_is_given_when_the_share_is_accepted(deploy: Callable[..., Mocks]) -> None:
    mocks = deploy(launches=[FORECAST])
    access = mocks.one(aws.servicecatalog.PrincipalPortfolioAssociation)

    assert mocks.one(aws.cloudformation.Stack).urn in access.dependencies
    assert "port-batch" == access.inputs["portfolioId"]
    assert "eu-central-1" == access.inputs["region"]


def test_the_deploying_role_may_launch(deployed: Mocks) -> None:
    """Its ARN is looked up, because that of a session leaves out the role's path."""
    access = deployed.one(aws.servicecatalog.PrincipalPortfolioAssociation)

    assert [{"arn": "arn:aws:sts::333344445555:assumed-role/Deployer/session"}] == deployed.called("getSessionContext")
    assert "arn:aws:iam::333344445555:role/teams/Deployer" == access.inputs["principalArn"]
    assert "port-online" == access.inputs["portfolioId"]


def test_others_may_launch_from_the_portfolio_that_they_are_named_for(deploy: Callable[..., Mocks]) -> None:
    mocks = deploy(principals=[{"portfolio": "batch", "arn": SCIENTIST}])
    access = {
        (resource.inputs["portfolioId"], resource.inputs["principalArn"].rpartition("/")[2])
        for resource in mocks.all(aws.servicecatalog.PrincipalPortfolioAssociation)
    }

    assert {("port-online", "Deployer"), ("port-batch", "Deployer"), ("port-batch", "DataScientist")} == access


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

    note = "Pulumi.spoke-research.yaml: principals[0].portfolio: found 'live', which is called 'online' by now."
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
