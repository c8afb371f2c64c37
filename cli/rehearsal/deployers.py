"""The deployers that docs/iam recommends, in the accounts of a rehearsal: exactly these policies, and no others."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from cli.rehearsal.deployment import Rehearsal
from cli.rehearsal.starting import ROOT
from shared.aws.iam import listed
from shared.aws.policies import render
from shared.files import write_file

MANAGEMENT: Final = "111122223333"
HUB: Final = "222233334444"
ACCOUNTS: Final[Mapping[str, str]] = {
    "organization": MANAGEMENT,
    "hub": HUB,
    "spoke-research": "333344445555",
    "spoke-production": "444455556666",
}
"""By stack, those of the organization that the sandbox has by default."""
DEPLOYER: Final = "ModelCatalogDeployer"
BOUNDARY: Final = "ModelCatalogBoundary"
POLICIES: Final = ROOT / "docs" / "iam"
_MAKES_ROLES: Final = "RightsOfLaunchAndExecutionRoles"


def make_deployers(rehearsal: Rehearsal) -> None:
    """Make a deployer in each account, and let each stack's settings name its own.

    A spoke's deployer makes roles within a boundary only, as docs/iam/README.md says.
    """
    for stack, account in ACCOUNTS.items():
        iam = rehearsal.client("iam", account)
        trusted = {"AWS": f"arn:aws:iam::{MANAGEMENT}:user/administrator"}
        trust = {"Effect": "Allow", "Principal": trusted, "Action": "sts:AssumeRole"}
        if account == MANAGEMENT:  # the sandbox's other accounts have theirs from the beginning
            iam.create_role(
                RoleName=DEPLOYER, AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]})
            )
        if stack.startswith("spoke-"):
            document = rendered(json.loads((POLICIES / "role-boundary.json").read_text()), account)
            iam.create_policy(PolicyName=BOUNDARY, PolicyDocument=document)
        permit(rehearsal, stack)
        _work_as_deployer(rehearsal.project / f"Pulumi.{stack}.yaml", stack)


def permit(rehearsal: Rehearsal, stack: str, *, leaving_out: str = "") -> None:
    """Give a stack's deployer the recommended policy, or that policy without one of its actions."""
    account, document = ACCOUNTS[stack], policy(stack.partition("-")[0])
    for statement in document["Statement"]:
        statement["Action"] = [action for action in listed(statement["Action"]) if action != leaving_out]
    limit_roles(document, boundary_of(account))
    rehearsal.client("iam", account).put_role_policy(
        RoleName=DEPLOYER, PolicyName="deployer", PolicyDocument=rendered(document, account)
    )


def limit_roles(document: dict[str, Any], boundary: str) -> None:
    """Let a deployer make roles within a boundary only, as docs/iam/README.md says."""
    for statement in document["Statement"]:
        if statement["Sid"] == _MAKES_ROLES:
            statement["Condition"] = {"StringEquals": {"iam:PermissionsBoundary": boundary}}


def policy(name: str) -> dict[str, Any]:
    """Read the recommended policy of organization, hub or spoke."""
    return policy_in(f"{name}-deployer")


def policy_in(name: str) -> dict[str, Any]:
    """Read a policy of docs/iam."""
    document: dict[str, Any] = json.loads((POLICIES / f"{name}.json").read_text())
    return document


def rendered(document: dict[str, Any], account: str) -> str:
    """Write a policy for an account."""
    return render(document, partition="aws", account=account).replace("${HubAccountId}", HUB)


def deployer_of(account: str) -> str:
    """Name an account's deployer."""
    return f"arn:aws:iam::{account}:role/{DEPLOYER}"


def boundary_of(account: str) -> str:
    """Name an account's boundary."""
    return f"arn:aws:iam::{account}:policy/{BOUNDARY}"


def _work_as_deployer(settings: Path, stack: str) -> None:
    account = ACCOUNTS[stack]
    text = settings.read_text().replace("role/OrganizationAccountAccessRole", f"role/{DEPLOYER}")
    identity = f'accountId: "{account}"\n'
    if "assumeRole" not in text:
        text = text.replace(identity, f"{identity}  model-catalog-{stack}:assumeRole: {deployer_of(account)}\n")
    if stack.startswith("spoke-"):
        limit = f"  model-catalog-spoke:permissionsBoundary: {boundary_of(account)}\n"
        text = text.replace(identity, f"{identity}{limit}")
    write_file(settings, text)
