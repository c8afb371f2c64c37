"""The document in accounts of a sandbox, as CloudFormation builds it there, and who may then work as the deployers."""

import json
import time
from typing import Any, Final

import pytest
from botocore.exceptions import ClientError

from organization.deployer_template import deployer_template
from organization.settings import OrganizationSettings
from tests.support.sandbox.accounts import HUB, MANAGEMENT, PRODUCTION, RESEARCH
from tests.support.sandbox.process import Client, Sandbox

NAME: Final = "model-catalog-deployer"
DEPLOYER: Final = "ModelCatalogDeployer"
DEPLOYERS: Final[dict[str, Any]] = {
    "units": ["Workloads"],
    "trust": {
        "roles": [f"arn:aws:iam::{MANAGEMENT}:role/Engineer"],
        "github": {"repository": "acme/models", "environment": "up", "makeProvider": True, "providerThere": [HUB]},
    },
    "fleet": {
        "trust": {"roles": [f"arn:aws:iam::{MANAGEMENT}:role/Engineer"]},
        "stateBucket": "acme-state",
        "stateAccountId": HUB,
        "stateKey": "1234abcd-12ab-34cd-56ef-1234567890ab",
    },
    "leaveOut": [PRODUCTION],
}


@pytest.fixture
def document(started: Sandbox) -> str:
    """Write the document, and let there be two roles that people have."""
    for name in ("Engineer", "Stranger"):
        iam = started.client("iam", MANAGEMENT)
        own = {"Principal": {"AWS": f"arn:aws:iam::{MANAGEMENT}:root"}}
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=assuming(own))
        iam.put_role_policy(RoleName=name, PolicyName="assume", PolicyDocument=assuming({"Resource": "*"}))
    given = {"accountId": MANAGEMENT, "hubAccountId": HUB, "aws:region": "eu-central-1", "deployers": DEPLOYERS}
    settings = OrganizationSettings.model_validate(given, by_alias=True)
    assert settings.deployers
    return deployer_template(settings, settings.deployers, where="Pulumi.organization.yaml")


def test_each_account_gets_the_deployer_of_its_kind_and_lets_in_who_is_named(started: Sandbox, document: str) -> None:
    for account in (MANAGEMENT, HUB, RESEARCH, PRODUCTION):
        let_the_old_one_go(started, account)
        assert "CREATE_COMPLETE" == built(started.client("cloudformation", account), document)

    assert {"hub-deployer", "recovery"} == policies(started, HUB)
    assert {"spoke-deployer", "recovery"} == policies(started, RESEARCH)
    assert {"organization-deployer", "organization-deployers", "recovery"} == policies(started, MANAGEMENT)
    with pytest.raises(ClientError, match="NoSuchEntity"):
        policies(started, PRODUCTION)
    boundary = f"arn:aws:iam::{RESEARCH}:policy/ModelCatalogBoundary"
    assert boundary == started.client("iam", RESEARCH).get_policy(PolicyArn=boundary)["Policy"]["Arn"]
    assert 1 == providers(started, RESEARCH)
    assert 0 == providers(started, HUB), "there is one already, the settings say"
    engineer, stranger = (
        started.assume(f"arn:aws:iam::{MANAGEMENT}:role/{name}", MANAGEMENT) for name in ("Engineer", "Stranger")
    )
    fleet = assumed(started, engineer, f"arn:aws:iam::{HUB}:role/ModelCatalogFleet")
    for caller in (engineer, fleet):
        assert assumed(started, caller, f"arn:aws:iam::{RESEARCH}:role/{DEPLOYER}")
    for caller in (stranger, {"AccessKeyId": HUB, "SecretAccessKey": "x"}):
        with pytest.raises(ClientError, match="AccessDenied"):
            assumed(started, caller, f"arn:aws:iam::{RESEARCH}:role/{DEPLOYER}")


def assuming(more: dict[str, Any]) -> str:
    """Write a policy of a role, or its trust."""
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def let_the_old_one_go(sandbox: Sandbox, account: str) -> None:
    """Delete the deployer that an account of the sandbox has from the beginning."""
    iam = sandbox.client("iam", account)
    if account != MANAGEMENT:
        iam.delete_role_policy(RoleName=DEPLOYER, PolicyName="deployer")
        iam.delete_role(RoleName=DEPLOYER)


def built(cloudformation: Client, document: str) -> str:
    """Make the stack, and say how it ended."""
    cloudformation.create_stack(StackName=NAME, TemplateBody=document, Capabilities=["CAPABILITY_NAMED_IAM"])
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        [stack] = cloudformation.describe_stacks(StackName=NAME)["Stacks"]
        if not stack["StackStatus"].endswith("IN_PROGRESS"):
            return str(stack["StackStatus"])
        time.sleep(0.05)
    return "still in progress"


def policies(sandbox: Sandbox, account: str) -> set[str]:
    """Name the policies of an account's deployer."""
    return set(sandbox.client("iam", account).list_role_policies(RoleName=DEPLOYER)["PolicyNames"])


def providers(sandbox: Sandbox, account: str) -> int:
    """Count the OpenID Connect providers of an account."""
    return len(sandbox.client("iam", account).list_open_id_connect_providers()["OpenIDConnectProviderList"])


def assumed(sandbox: Sandbox, credentials: dict[str, str], arn: str) -> dict[str, str]:
    """Work as a role with the credentials of another."""
    sts = sandbox.client_with("sts", credentials)
    return sts.assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
