"""Whether whoever works in an account may do what a policy says, as IAM simulates it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from shared.aws.preflight import CheckResult
from shared.aws.session import AccountSession
from shared.aws.simulation import principal_of, simulated
from shared.stack.settings import AccountSettings
from tests.support.fake_account import FakeAccount
from tests.support.sandbox.accounts import RESEARCH
from tests.support.sandbox.process import Sandbox

ROLE = f"arn:aws:iam::{RESEARCH}:role/teams/Simulated"
POLICY: dict[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [
        {"Sid": "Look", "Effect": "Allow", "Action": ["s3:ListBucket", "s3:GetObject"], "Resource": "arn:aws:s3:::b*"},
        {
            "Sid": "Pass",
            "Effect": "Allow",
            "Action": "iam:PassRole",
            "Resource": f"arn:aws:iam::{RESEARCH}:role/ModelCatalogLaunch-*",
            "Condition": {"StringEquals": {"iam:PassedToService": "servicecatalog.amazonaws.com"}},
        },
        {
            "Sid": "Make",
            "Effect": "Allow",
            "Action": "iam:CreateRole",
            "Resource": f"arn:aws:iam::{RESEARCH}:role/*",
            "Condition": {"StringEquals": {"iam:PermissionsBoundary": "arn:aws:iam::1:policy/Limit"}},
        },
        {"Sid": "Never", "Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*"},
        {
            "Sid": "Ask",
            "Effect": "Allow",
            "Action": ["iam:SimulatePrincipalPolicy", "iam:GetRole"],
            "Resource": ROLE,
        },
    ],
}


@pytest.fixture
def iam(sandbox: Sandbox) -> Iterator[Any]:
    """Make the role, without a policy yet."""
    iam = sandbox.client("iam", RESEARCH)
    trust = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    iam.create_role(RoleName="Simulated", Path="/teams/", AssumeRolePolicyDocument=document)
    yield iam
    iam.delete_role_policy(RoleName="Simulated", PolicyName="p")
    iam.delete_role(RoleName="Simulated")


def session() -> AccountSession:
    """Work as the role."""
    settings = AccountSettings(account_id=RESEARCH, region="eu-central-1", assume_role=ROLE)
    return AccountSession(settings, where="Pulumi.spoke-research.yaml")


def test_a_role_that_has_the_policy_may_do_what_it_says(iam: Any) -> None:  # noqa: ANN401 - a boto3 client
    iam.put_role_policy(RoleName="Simulated", PolicyName="p", PolicyDocument=json.dumps(POLICY))

    [line] = simulated(session(), POLICY, name="docs/iam/it.json", source=ROLE)

    assert CheckResult.PASSED is line.verdict
    assert ("permissions of Simulated", "may do the 6 things of docs/iam/it.json, as IAM simulates it") == (
        line.subject,
        line.text,
    )


def test_what_it_may_not_is_named_with_the_statement_that_lets_it(iam: Any) -> None:  # noqa: ANN401 - a boto3 client
    without = [each for each in POLICY["Statement"] if each["Sid"] not in ("Look", "Make")]
    less = json.dumps({**POLICY, "Statement": without})
    iam.put_role_policy(RoleName="Simulated", PolicyName="p", PolicyDocument=less)

    [line] = simulated(session(), POLICY, name="docs/iam/it.json", source=ROLE)

    assert CheckResult.FAILED is line.verdict
    assert (
        "may not s3:GetObject (Look), s3:ListBucket (Look), iam:CreateRole (Make). Attach docs/iam/it.json" in line.text
    )


def test_a_boundary_that_the_settings_name_is_asked_with(iam: Any) -> None:  # noqa: ANN401 - a boto3 client
    """A deployer that makes roles within a boundary alone may not make them without."""
    iam.put_role_policy(RoleName="Simulated", PolicyName="p", PolicyDocument=json.dumps(POLICY))
    wide = {
        **POLICY,
        "Statement": [{k: v for k, v in each.items() if k != "Condition"} for each in POLICY["Statement"]],
    }

    [without] = simulated(session(), wide, name="x", source=ROLE)
    context = {
        "iam:PermissionsBoundary": "arn:aws:iam::1:policy/Limit",
        "iam:PassedToService": "servicecatalog.amazonaws.com",
    }
    [within] = simulated(session(), wide, name="x", source=ROLE, context=context)

    assert "iam:CreateRole (Make)" in without.text
    assert CheckResult.PASSED is within.verdict


def test_a_user_is_asked_about_by_its_own_arn() -> None:
    account: Any = FakeAccount(RESEARCH, {}, {})
    account.caller = f"arn:aws:iam::{RESEARCH}:user/ada"

    assert f"arn:aws:iam::{RESEARCH}:user/ada" == principal_of(account)
