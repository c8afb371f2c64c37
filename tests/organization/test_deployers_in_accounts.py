"""The document in accounts of a sandbox, as CloudFormation builds it there, and who may then work as the deployers."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from botocore.exceptions import ClientError

from organization.deployer_template import deployer_template
from organization.settings import OrganizationSettings
from tests.support.sandbox.accounts import HUB, MANAGEMENT, PRODUCTION, RESEARCH
from tests.support.sandbox.process import Client, Sandbox, running

NAME: Final = "model-catalog-deployer"
DEPLOYER: Final = "ModelCatalogDeployer"
DEPLOYERS: Final[dict[str, Any]] = {
    "units": ["Workloads"],
    "trust": {
        "roles": [f"arn:aws:iam::{MANAGEMENT}:role/Engineer"],
        "github": {"repository": "acme/models", "environments": ["up"], "makeProvider": True, "providerThere": [HUB]},
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
def own_sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    """Give a sandbox whose deployers may go."""
    with running(tmp_path) as sandbox:
        yield sandbox


@pytest.fixture
def document(own_sandbox: Sandbox) -> str:
    """Write the document, and let there be two roles that people have."""
    for name in ("Engineer", "Stranger"):
        iam = own_sandbox.client("iam", MANAGEMENT)
        own = {"Principal": {"AWS": f"arn:aws:iam::{MANAGEMENT}:root"}}
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=assuming(own))
        iam.put_role_policy(RoleName=name, PolicyName="assume", PolicyDocument=assuming({"Resource": "*"}))
    given = {"accountId": MANAGEMENT, "hubAccountId": HUB, "aws:region": "eu-central-1", "deployers": DEPLOYERS}
    settings = OrganizationSettings.model_validate(given, by_alias=True)
    assert settings.deployers
    return deployer_template(settings, settings.deployers, where="Pulumi.organization.yaml")


def test_each_account_gets_the_deployer_of_its_kind_and_lets_in_who_is_named(
    own_sandbox: Sandbox, document: str
) -> None:
    for account in (MANAGEMENT, HUB, RESEARCH, PRODUCTION):
        let_the_old_one_go(own_sandbox, account)
        assert "CREATE_COMPLETE" == built(own_sandbox.client("cloudformation", account), document)

    assert {"hub-deployer", "recovery"} == policies(own_sandbox, HUB)
    assert {"spoke-deployer", "recovery"} == policies(own_sandbox, RESEARCH)
    assert {"organization-deployer", "organization-deployers", "recovery"} == policies(own_sandbox, MANAGEMENT)
    with pytest.raises(ClientError, match="NoSuchEntity"):
        policies(own_sandbox, PRODUCTION)
    boundary = f"arn:aws:iam::{RESEARCH}:policy/ModelCatalogBoundary"
    assert boundary == own_sandbox.client("iam", RESEARCH).get_policy(PolicyArn=boundary)["Policy"]["Arn"]
    assert 1 == providers(own_sandbox, RESEARCH)
    assert 0 == providers(own_sandbox, HUB), "there is one already, the settings say"
    engineer, stranger = (
        own_sandbox.assume(f"arn:aws:iam::{MANAGEMENT}:role/{name}", MANAGEMENT) for name in ("Engineer", "Stranger")
    )
    fleet = assumed(own_sandbox, engineer, f"arn:aws:iam::{HUB}:role/ModelCatalogFleet")
    for caller in (engineer, fleet):
        assert assumed(own_sandbox, caller, f"arn:aws:iam::{RESEARCH}:role/{DEPLOYER}")
    for caller in (stranger, {"AccessKeyId": HUB, "SecretAccessKey": "x"}):
        with pytest.raises(ClientError, match="AccessDenied"):
            assumed(own_sandbox, caller, f"arn:aws:iam::{RESEARCH}:role/{DEPLOYER}")


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
