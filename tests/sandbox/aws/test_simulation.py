"""What SimulatePrincipalPolicy says, and that it is what calls hear."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.sandbox.accounts import RESEARCH
from tests.support.sandbox.process import Client, Sandbox

pytestmark = pytest.mark.sandbox_only

ROLE = f"arn:aws:iam::{RESEARCH}:role/simulated"
BUCKET = "arn:aws:s3:::simulated"


def _policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


@pytest.fixture
def iam(started: Sandbox) -> Iterator[Client]:
    """Make a role that may a few things within a boundary."""
    iam = started.client("iam", RESEARCH)
    limit = {"Effect": "Allow", "NotAction": "s3:DeleteBucket", "Resource": "*"}
    boundary = iam.create_policy(PolicyName="limit", PolicyDocument=_policy(limit))["Policy"]["Arn"]
    trust = _policy({"Effect": "Allow", "Principal": {"AWS": RESEARCH}, "Action": "sts:AssumeRole"})
    iam.create_role(RoleName="simulated", AssumeRolePolicyDocument=trust, PermissionsBoundary=boundary)
    passing = {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}
    allowed: list[dict[str, Any]] = [
        {"Effect": "Allow", "Action": "s3:*", "Resource": [BUCKET, f"{BUCKET}/own/*"]},
        {"Effect": "Deny", "Action": "s3:PutBucketPolicy", "Resource": "*"},
        {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*", "Condition": passing},
    ]
    iam.put_role_policy(RoleName="simulated", PolicyName="p", PolicyDocument=_policy(*allowed))
    yield iam
    iam.delete_role_policy(RoleName="simulated", PolicyName="p")
    iam.delete_role(RoleName="simulated")
    iam.delete_policy(PolicyArn=boundary)


def test_each_action_is_judged_on_each_resource(iam: Client) -> None:
    found = iam.simulate_principal_policy(
        PolicySourceArn=ROLE,
        ActionNames=["s3:ListBucket", "s3:PutBucketPolicy", "s3:DeleteBucket", "ec2:RunInstances"],
        ResourceArns=[BUCKET, "arn:aws:s3:::another"],
    )["EvaluationResults"]

    said = {(each["EvalActionName"], each["EvalResourceName"]): each["EvalDecision"] for each in found}
    assert 8 == len(said)
    assert "allowed" == said["s3:ListBucket", BUCKET]
    assert "implicitDeny" == said["s3:ListBucket", "arn:aws:s3:::another"]
    assert "explicitDeny" == said["s3:PutBucketPolicy", BUCKET]
    assert "implicitDeny" == said["s3:DeleteBucket", BUCKET], "the boundary does not allow it"
    assert "implicitDeny" == said["ec2:RunInstances", BUCKET]


@pytest.mark.parametrize(
    ("service", "decision"), [("sagemaker.amazonaws.com", "allowed"), ("ec2.amazonaws.com", "implicitDeny")]
)
def test_conditions_are_judged_by_the_context_that_is_given(iam: Client, service: str, decision: str) -> None:
    entry = {"ContextKeyName": "iam:PassedToService", "ContextKeyValues": [service], "ContextKeyType": "string"}
    [found] = iam.simulate_principal_policy(
        PolicySourceArn=ROLE, ActionNames=["iam:PassRole"], ResourceArns=[ROLE], ContextEntries=[entry]
    )["EvaluationResults"]

    assert decision == found["EvalDecision"]


def test_nobody_is_not_simulated(started: Sandbox) -> None:
    iam = started.client("iam", RESEARCH)
    with pytest.raises(ClientError, match="NoSuchEntity"):
        iam.simulate_principal_policy(PolicySourceArn=ROLE.replace("simulated", "nobody"), ActionNames=["s3:Get*"])
