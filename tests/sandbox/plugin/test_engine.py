"""The plug-in under the real Pulumi CLI."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.sandbox.plugin_project import Project

STORE = """
    import os

    provider = aws.Provider(
        "hub",
        region="eu-central-1",
        allowed_account_ids=["222233334444"],
        default_tags=aws.ProviderDefaultTagsArgs(tags={"team": "platform"}),
    )
    mine = pulumi.ResourceOptions(provider=provider)
    bucket = aws.s3.Bucket("store", force_destroy=True, opts=mine)
    aws.s3.BucketVersioning(
        "versioning", bucket=bucket.bucket, versioning_configuration={"status": "Enabled"}, opts=mine
    )
    aws.s3.BucketObjectv2("note.txt", bucket=bucket.bucket, source=pulumi.FileAsset("note.txt"), opts=mine)
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "sagemaker.amazonaws.com"}}
        ],
    }
    role = aws.iam.Role(
        "role",
        name=os.environ.get("ROLE", "reader"),
        assume_role_policy=trust,
        description=os.environ.get("DESCRIPTION"),
        opts=mine,
    )
    aws.iam.RolePolicy(
        "reading",
        role=role.name,
        policy=bucket.arn.apply(
            lambda arn: pulumi.Output.json_dumps(
                {
                    "Version": "2012-10-17",
                    "Statement": [{"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": [arn + "/*"]}],
                }
            )
        ),
        opts=mine,
    )
    pulumi.export("bucket", bucket.id)
    pulumi.export("account", aws.get_caller_identity_output(opts=pulumi.InvokeOptions(provider=provider)).account_id)
    pulumi.export("tags", role.tags_all)
"""


@pytest.fixture
def store(project: Project) -> Project:
    """A project with a bucket, an object and a role; not deployed."""
    (project.folder / "note.txt").write_text("first")
    project.write(STORE)
    return project


def test_a_preview_shows_what_is_not_known_and_makes_nothing(store: Project, client: Callable[[str], Any]) -> None:
    before = len(client("s3").list_buckets()["Buckets"])
    shown = store.succeed("preview", "--diff")
    assert "7 to create" in shown
    assert "bucket : [unknown]" in shown
    assert 'account: "222233334444"' in shown
    assert 'team: "platform"' in shown
    assert len(client("s3").list_buckets()["Buckets"]) == before


def test_a_stack_lives_from_its_first_deployment_to_its_end(store: Project, client: Callable[[str], Any]) -> None:
    assert "7 created" in store.up()
    assert "7 unchanged" in store.up()
    bucket = store.resources()["store"]["id"]

    (store.folder / "note.txt").write_text("second")
    store.environment["DESCRIPTION"] = "reads the store"
    assert store.steps() == {"note.txt": "update", "role": "update"}
    assert "2 updated" in store.up()
    assert client("s3").get_object(Bucket=bucket, Key="note.txt")["Body"].read() == b"second"

    store.environment["ROLE"] = "renamed"
    assert store.steps() == {"role": "replace", "reading": "replace"}
    shown = store.up()
    # The program named the role, so the old one goes first, and what hangs on it before.
    moments = ["RolePolicy reading deleted original", "Role role deleted original", "Role role created replacement"]
    assert moments == sorted(moments, key=shown.index)
    names = [role["RoleName"] for role in client("iam").list_roles()["Roles"]]
    assert "renamed" in names
    assert "reader" not in names

    store.succeed("destroy", "--yes", "--skip-preview")
    assert store.resources() == {}
    assert bucket not in [one["Name"] for one in client("s3").list_buckets()["Buckets"]]


def test_a_refresh_finds_what_was_changed_behind_pulumi_s_back(store: Project, client: Callable[[str], Any]) -> None:
    store.environment["ROLE"] = "drifting"
    store.up()
    bucket = store.resources()["store"]["id"]
    assert "7 unchanged" in store.succeed("refresh", "--yes", "--skip-preview")

    client("iam").update_role(RoleName="drifting", Description="by hand")
    client("iam").tag_role(RoleName="drifting", Tags=[{"Key": "by", "Value": "hand"}])
    client("s3").put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})
    client("s3").delete_object(Bucket=bucket, Key="note.txt")
    shown = store.succeed("refresh", "--yes", "--skip-preview")
    assert "2 updated" in shown
    assert "1 deleted" in shown
    assert store.resources()["role"]["outputs"]["tags"] == {"by": "hand"}

    assert store.steps() == {"role": "update", "versioning": "update", "note.txt": "create"}
    store.up()
    role = client("iam").get_role(RoleName="drifting")["Role"]
    assert role["Tags"] == [{"Key": "team", "Value": "platform"}]
    assert not role.get("Description")


def test_an_import_fills_in_the_inputs(project: Project, client: Callable[[str], Any]) -> None:
    trust = json.dumps({"Version": "2012-10-17", "Statement": []})
    client("iam").create_role(RoleName="found", Path="/ours/", AssumeRolePolicyDocument=trust)
    project.write("")
    project.succeed(
        "import", "aws:iam/role:Role", "found", "found", "--yes", "--skip-preview", "--generate-code=false",
        "--protect=false",
    )  # fmt: skip
    inputs = project.resources()["found"]["inputs"]
    assert inputs["path"] == "/ours/"
    assert inputs["maxSessionDuration"] == 3600
    assert json.loads(inputs["assumeRolePolicy"]) == json.loads(trust)

    project.write(f'aws.iam.Role("found", name="found", path="/ours/", assume_role_policy={trust!r})')
    assert project.steps() == {}


def test_importing_what_is_not_there_says_so(project: Project) -> None:
    project.write("")
    refusal = project.refuse("import", "aws:iam/role:Role", "gone", "gone", "--yes", "--generate-code=false")
    assert "'gone' does not exist" in refusal


def test_the_wrong_account_is_refused_before_anything_is_touched(
    project: Project, client: Callable[[str], Any]
) -> None:
    project.write(
        """
        provider = aws.Provider("other", region="eu-central-1", allowed_account_ids=["333344445555"])
        aws.s3.Bucket("store", bucket="never-made", opts=pulumi.ResourceOptions(provider=provider))
        """
    )
    assert "AWS account ID not allowed: 222233334444" in project.refuse("up", "--yes", "--skip-preview")
    assert "never-made" not in [one["Name"] for one in client("s3").list_buckets()["Buckets"]]


@pytest.mark.stand_in_only("the official plug-in knows every property")
def test_a_property_that_is_not_emulated_is_refused_by_name(project: Project) -> None:
    project.write('aws.s3.Bucket("store", acl="private")')
    assert "Invalid or unknown key. Examine values at 'store.acl'." in project.refuse("preview")


def test_a_create_that_fails_late_leaves_a_resource_that_the_next_run_repairs(project: Project) -> None:
    # One account of the organization is suspended, so a share with all of it completes with errors.
    project.environment |= {"AWS_ACCESS_KEY_ID": "111122223333"}
    project.write(
        """
        access = aws.servicecatalog.OrganizationsAccess("access", enabled=True)
        portfolio = aws.servicecatalog.Portfolio("portfolio", provider_name="us")
        share = aws.servicecatalog.PortfolioShare(
            "share",
            portfolio_id=portfolio.id,
            type="ORGANIZATION",
            principal_id=aws.organizations.get_organization_output().arn,
            wait_for_acceptance=True,
            opts=pulumi.ResourceOptions(depends_on=[access]),
        )
        """
    )
    refusal = project.refuse("up", "--yes", "--skip-preview")
    share = project.resources()["share"]
    assert "to be ready: unexpected state 'COMPLETED_WITH_ERRORS', wanted target 'COMPLETED'" in refusal
    assert share["id"].startswith("port-")
    assert "COMPLETED_WITH_ERRORS" in share["initErrors"][0]

    assert project.steps() == {"share": "update"}
    assert "1 updated" in project.up()
    assert "initErrors" not in project.resources()["share"]
    project.succeed("destroy", "--yes", "--skip-preview")
