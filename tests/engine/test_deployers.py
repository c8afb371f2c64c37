"""Accounts get ready by themselves: deployers by the organization's stack set, and settings from the organization."""

import json
from typing import Any

from botocore.exceptions import ClientError

from cli.rehearsal.deployers import BOUNDARY, DEPLOYER, make_deployers, policy_in, rendered
from tests.support.assuming import assumed
from tests.support.stage import HUB, PRODUCTION, RESEARCH, Stage

MANAGEMENT = "111122223333"
ENGINEER = f"arn:aws:iam::{MANAGEMENT}:role/Engineer"
FIRST = "model-catalog-organization:hubAccountId"


def test_an_account_is_made_ready_joins_launches_and_keeps_what_it_has(stage: Stage) -> None:
    """As docs/operations/deployers.md tells it; the organization's own deployer has the policies of docs/iam."""
    empty_accounts(stage)
    _ = stage.edit("Pulumi.organization.yaml", FIRST, f"{deployers()}\n  {FIRST}")
    refused = stage.refuse("preview-organization")
    stage.client("cloudformation", MANAGEMENT).activate_organizations_access()
    foreseen = stage.succeed("preview-organization")
    _ = stage.up("organization")
    unchanged = stage.up("organization", "--expect-no-changes")
    joined = join(stage)
    (stage.project / "Pulumi.spoke-research.yaml").unlink()
    written = stage.run("python", "-m", "cli", "spoke", "new", "--from-organization", "--unit", "Workloads")
    _ = stage.edit("Pulumi.spoke-research.yaml", "launches: []", f"launches: [{LAUNCH}]")
    _ = stage.up("hub")
    deployed = stage.run("make", "up-spoke-research", "FLAGS=--skip-preview", variables=engineer(stage))
    _ = stage.edit("Pulumi.organization.yaml", "keep: true", "keep: false")
    _ = stage.up("organization")
    _ = stage.edit("Pulumi.organization.yaml", f"{deployers().replace('keep: true', 'keep: false')}\n  ", "")
    _ = stage.up("organization")

    assert "Once: aws cloudformation activate-organizations-access" in refused
    assert "deployers of accounts: 2 accounts, and those that join later" in foreseen
    assert f"the hub {HUB} is in none of the units" in foreseen
    assert "unchanged" in unchanged
    assert joined, "an account that joined the unit has no deployer"
    assert 0 == written.returncode, written.stdout
    assert "wrote Pulumi.spoke-research.yaml: 333344445555, research" in written.stdout
    assert "has Pulumi.spoke-production.yaml" in written.stdout
    assert 0 == deployed.returncode, deployed.stdout
    assert not has_deployer(stage, RESEARCH)
    assert not has_deployer(stage, PRODUCTION)


LAUNCH = "{name: embeddings, product: text-embedder-serverless, version: 1.0.0}"


def deployers() -> str:
    """Write the setting."""
    return f"model-catalog-organization:deployers: {{units: [Workloads], trust: {{roles: ['{ENGINEER}']}}, keep: true}}"


def empty_accounts(stage: Stage) -> None:
    """Let the organization's stack work as its deployer, and let nobody have made one in the spokes' accounts."""
    make_deployers(stage)
    document = rendered(policy_in("organization-deployers"), MANAGEMENT)
    iam = stage.client("iam", MANAGEMENT)
    iam.put_role_policy(RoleName=DEPLOYER, PolicyName="organization-deployers", PolicyDocument=document)
    iam.create_role(RoleName="Engineer", AssumeRolePolicyDocument=assuming(Principal={"AWS": MANAGEMENT}))
    iam.put_role_policy(RoleName="Engineer", PolicyName="all", PolicyDocument=assuming(Resource="*"))
    for account in (RESEARCH, PRODUCTION):
        iam = stage.client("iam", account)
        iam.delete_role_policy(RoleName=DEPLOYER, PolicyName="deployer")
        iam.delete_role(RoleName=DEPLOYER)
        iam.delete_policy(PolicyArn=f"arn:aws:iam::{account}:policy/{BOUNDARY}")


def assuming(**more: object) -> str:
    """Write a policy of a role, or its trust."""
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def engineer(stage: Stage) -> dict[str, str]:
    """Give the environment of somebody who works as the role that deployers trust."""
    given = assumed(stage.client("sts", MANAGEMENT), ENGINEER)
    return {
        "AWS_ACCESS_KEY_ID": given["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": given["SecretAccessKey"],
        "AWS_SESSION_TOKEN": given["SessionToken"],
    }


def join(stage: Stage) -> bool:
    """Let an account join the unit, and say whether it gets a deployer."""
    organizations: Any = stage.client("organizations", MANAGEMENT)
    made = organizations.create_account(AccountName="new", Email="new@example.com")["CreateAccountStatus"]
    [root] = organizations.list_roots()["Roots"]
    units = organizations.list_organizational_units_for_parent(ParentId=root["Id"])["OrganizationalUnits"]
    [workloads] = [each["Id"] for each in units if each["Name"] == "Workloads"]
    organizations.move_account(AccountId=made["AccountId"], SourceParentId=root["Id"], DestinationParentId=workloads)
    stage.hurry(seconds=60)
    return has_deployer(stage, made["AccountId"], policy="spoke-deployer")


def has_deployer(stage: Stage, account: str, *, policy: str = "") -> bool:
    """Say whether an account has a deployer, with a policy of that name."""
    try:
        found = stage.client("iam", account).list_role_policies(RoleName=DEPLOYER)["PolicyNames"]
    except ClientError:
        return False
    return not policy or policy in found
