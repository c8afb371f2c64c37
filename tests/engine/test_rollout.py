"""The hub rolls the products' roles out to the accounts of units, and spokes find them there."""

import json

from cli.rehearsal.deployers import DEPLOYER, make_deployers, policy_in, rendered
from tests.support.stage import HUB, PRODUCTION, RESEARCH, Stage

MANAGEMENT = "111122223333"


def test_the_hub_gives_every_account_of_a_unit_the_roles(stage: Stage) -> None:
    """As docs/operations/rolling-out-roles.md tells it, with the policies of docs/iam and no others."""
    work_as_deployers(stage)
    _ = stage.edit(
        "Pulumi.organization.yaml",
        f'hubAccountId: "{HUB}"',
        f'hubAccountId: "{HUB}"\n  model-catalog-organization:stackSets: true',
    )
    _ = stage.edit("Pulumi.hub.yaml", "model-catalog-hub:shares", f"{rollout('Workloads')}\n  model-catalog-hub:shares")
    first = "model-catalog-spoke:launches"
    _ = stage.edit("Pulumi.spoke-production.yaml", first, f"model-catalog-spoke:launchRoles: existing\n  {first}")
    refused = stage.refuse("preview-hub")
    stage.client("cloudformation", MANAGEMENT).activate_organizations_access()
    _ = stage.up("organization")
    back = stage.edit("Pulumi.hub.yaml", rollout("Workloads"), rollout("Infrastructure"))
    own = stage.refuse("preview-hub")
    back()
    foreseen = stage.succeed("preview-hub")
    _ = stage.up("hub")
    previewed = stage.succeed("preview-spoke-production")
    _ = stage.up("spoke-production")
    unchanged = stage.up("hub", "--expect-no-changes")
    lengthen_policies(stage)
    grown = stage.up("hub")
    settled = stage.up("hub", "--expect-no-changes")

    assert "Run model-catalog stack up organization first" in refused
    assert f"the hub {HUB} is in one of the units, and has roles of the same names already" in own
    assert "rollout of the roles: 2 accounts, and those that join later" in foreseen
    assert "role ModelCatalogLaunch-fraud-detector-realtime: there, and trusts Service Catalog" in previewed
    assert "unchanged" in unchanged
    assert "AVAILABLE" == stage.outputs("spoke-production")["launches"]["fraud-scoring"]["status"]
    assert roles(stage, RESEARCH) == roles(stage, PRODUCTION)
    products = list((stage.project / "hub" / "catalog" / "products").iterdir())
    assert 2 * len(products) == len(roles(stage, RESEARCH))
    policies = [
        stage.client("iam", account).get_role_policy(RoleName=ROLE, PolicyName="catalog") for account in (PRODUCTION,)
    ]
    assert f"arn:aws:iam::{PRODUCTION}:role/ModelCatalogExecution-fraud-detector-realtime" in str(policies)
    assert "roles-eu-central-1" in grown, "the template was not put into the bucket"
    assert "unchanged" in settled
    sets = stage.client("cloudformation", HUB)
    held = sets.describe_stack_set(StackSetName="model-catalog-roles", CallAs="DELEGATED_ADMIN")["StackSet"]
    assert f"{LAST:0>60}" in held.get("TemplateBody", "")


def work_as_deployers(stage: Stage) -> None:
    """Let each stack work as its deployer, and those of organization and hub operate stack sets too."""
    make_deployers(stage)
    for name, account in (("organization-stack-sets", MANAGEMENT), ("hub-stack-sets", HUB)):
        document = rendered(policy_in(name), account)
        stage.client("iam", account).put_role_policy(RoleName=DEPLOYER, PolicyName=name, PolicyDocument=document)


LAST = 59
ROLE = "ModelCatalogLaunch-fraud-detector-realtime"


def lengthen_policies(stage: Stage) -> None:
    """Make the template of the roles too long to be handed over as text."""
    resources = [f"arn:${{Partition}}:s3:::{each:0>60}/*" for each in range(LAST + 1)]
    for policy in (stage.project / "hub" / "catalog").glob("products/*/*-policy.json"):
        statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": resources}
        policy.write_text(json.dumps([*json.loads(policy.read_text()), statement]))


def rollout(unit: str) -> str:
    """Write the setting."""
    return f"model-catalog-hub:launchRoles: {{units: [{unit}]}}"


def roles(stage: Stage, account: str) -> set[str]:
    """List the catalog's roles in an account."""
    listed = stage.client("iam", account).list_roles()["Roles"]
    return {
        role["RoleName"]
        for role in listed
        if role["RoleName"].startswith(("ModelCatalogLaunch-", "ModelCatalogExecution-"))
    }
