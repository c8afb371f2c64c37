"""In China and GovCloud all that a spoke makes is of that partition: roles, trust, policies, principals, topics."""

import json
import re
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from shared.catalog import contract
from shared.errors import ConfigError
from spoke.program import run
from tests.support.offers import ACCOUNT, HUB_ACCOUNT, HUB_STACK
from tests.support.recorder import Mocks
from tests.support.refused import refused
from tests.support.spoke_stack import LAUNCH, SETTINGS, as_settings

PARTITIONS = [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")]


def moved(offer: dict[str, Any], region: str, partition: str) -> dict[str, Any]:
    """Let the hub publish in a region of another partition alone."""
    text = json.dumps({region: offer["eu-central-1"]}).replace("arn:aws:", f"arn:{partition}:")
    return json.loads(text.replace("eu-central-1", region))


def caller(mocks: Mocks, partition: str) -> None:
    """Let the mocks' caller be of the partition."""
    answers = mocks.answers
    identity, context = answers["getCallerIdentity"]({}), answers["getSessionContext"]({})
    arn, issuer = (each.replace("arn:aws:", f"arn:{partition}:") for each in (identity["arn"], context["issuerArn"]))
    answers["getCallerIdentity"] = lambda _: {**identity, "arn": arn}
    answers["getSessionContext"] = lambda _: {**context, "issuerArn": issuer}


@pytest.mark.parametrize(("region", "partition"), PARTITIONS)
def test_all_that_a_spoke_makes_is_of_its_partition(
    mocks: Mocks, offer: dict[str, Any], region: str, partition: str
) -> None:
    of = f"arn:{partition}"
    launch = {**LAUNCH, "notifications": [f"{of}:sns:{region}:{ACCOUNT}:models"]}
    settings = {
        **SETTINGS,
        "aws:region": region,
        "launches": [launch],
        "assumeRole": f"{of}:iam::{ACCOUNT}:role/Deployer",
        "permissionsBoundary": f"{of}:iam::{ACCOUNT}:policy/Boundary",
        "principals": [{"portfolio": "online", "arn": f"{of}:iam::{ACCOUNT}:role/DataScientist"}],
    }
    pulumi.runtime.set_all_config(as_settings(settings))
    caller(mocks, partition)
    mocks.stacks[HUB_STACK] = {"catalog": contract.publish(HUB_ACCOUNT, moved(offer, region, partition))}

    mocks.deploy(run)

    made = json.dumps([each.inputs for each in mocks.resources], default=str)
    found = set(re.findall(r"arn:[^:\[\"]+:[^\"\\]*", made))
    assert {partition} == {arn.split(":")[1] for arn in found}
    assert {region} == {each.inputs["region"] for each in mocks.resources if each.inputs.get("region")}
    assert {f"{of}:iam::{ACCOUNT}:policy/Boundary"} == {
        each.inputs["permissionsBoundary"] for each in mocks.all(aws.iam.Role)
    }
    principals = {each.inputs["principalArn"] for each in mocks.all(aws.servicecatalog.PrincipalPortfolioAssociation)}
    assert {f"{of}:iam::{ACCOUNT}:role/teams/Deployer", f"{of}:iam::{ACCOUNT}:role/DataScientist"} == principals


@pytest.mark.parametrize(("region", "partition"), PARTITIONS)
def test_what_is_of_another_partition_is_refused_where_it_stands(mocks: Mocks, region: str, partition: str) -> None:
    settings = {
        **SETTINGS,
        "aws:region": region,
        "assumeRole": f"arn:aws:iam::{ACCOUNT}:role/Deployer",
        "permissionsBoundary": f"arn:{partition}:iam::{ACCOUNT}:policy/Boundary",
    }
    pulumi.runtime.set_all_config(as_settings(settings))

    with refused(ConfigError, "arn-of-another-partition", "assumeRole"):
        mocks.deploy(run)
