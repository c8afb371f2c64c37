"""The rights that docs/iam recommends for the registry are enough, and no more."""

import contextlib
import json

import pytest

from hub.config import HubSettings
from hub.definitions.load import read_catalog
from hub.inspection.registry.gate import approved, ask_registry
from shared.aws.iam import listed
from tests.support.catalog_copy import DAY, CatalogCopy
from tests.support.command_line import Command
from tests.support.paths import ROOT
from tests.support.registry import BUCKET, PACKAGES
from tests.support.sandbox.accounts import HUB, MANAGEMENT
from tests.support.sandbox.process import Sandbox

FRAUD = "fraud-detector-realtime"
PENDING = f"{PACKAGES}/fraud-detector/3"


@pytest.mark.usefixtures("approval", "project")
def test_the_recommended_policy_is_enough_for_a_sync_and_allows_nothing_else(
    command: Command, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    role = sandbox_role(sandbox, "registry-sync")
    credentials = sandbox.assume(role, HUB)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", credentials["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", credentials["SecretAccessKey"])
    monkeypatch.setenv("AWS_SESSION_TOKEN", credentials["SessionToken"])

    ended = command("models", "sync")

    assert (0, "") == (ended.code, ended.err)
    assert f"{FRAUD} 1.2.0: {PENDING}" in ended.out
    assert policy_actions("registry-sync") == set(sandbox.ask("permissions")[role])


def test_the_recommended_policy_lets_the_hub_ask_and_nothing_else(sandbox: Sandbox, project: CatalogCopy) -> None:
    role = sandbox_role(sandbox, "registry-reader")
    settings = HubSettings.model_validate(
        {"accountId": HUB, "aws:region": "eu-central-1", "registry": {"assumeRole": role}}
    )

    catalog = read_catalog(project.folder, DAY)

    assert approved(settings, catalog, ask_registry(settings, catalog), where="Pulumi.hub.yaml")
    assert (
        {"sagemaker:DescribeModelPackage"} == set(sandbox.ask("permissions")[role]) == policy_actions("registry-reader")
    )


def policy_actions(name: str) -> set[str]:
    """List what a policy of docs/iam allows."""
    statements = json.loads((ROOT / "docs" / "iam" / f"{name}.json").read_text())["Statement"]
    return {action for statement in statements for action in listed(statement["Action"])}


def sandbox_role(sandbox: Sandbox, name: str) -> str:
    """Make a role of the hub's account that has a policy of docs/iam; gives its ARN."""
    policy = (ROOT / "docs" / "iam" / f"{name}.json").read_text()
    for placeholder, value in {"Partition": "aws", "AccountId": HUB, "ReportsBucket": BUCKET}.items():
        policy = policy.replace(f"${{{placeholder}}}", value)
    iam = sandbox.client("iam", HUB)
    principals = {"AWS": [f"arn:aws:iam::{account}:root" for account in (HUB, MANAGEMENT)]}
    trust = {"Effect": "Allow", "Principal": principals, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    with contextlib.suppress(iam.exceptions.EntityAlreadyExistsException):
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)
    iam.put_role_policy(RoleName=name, PolicyName="registry", PolicyDocument=policy)
    return f"arn:aws:iam::{HUB}:role/{name}"
