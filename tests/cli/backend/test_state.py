"""The command that makes a place for state, against a sandbox."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cli.exit_codes import ExitCode
from sandbox.aws.iam.evaluation import decide
from tests.support.command_line import Command
from tests.support.sandbox.accounts import HUB, RESEARCH
from tests.support.sandbox.process import Sandbox

Make = Callable[..., Any]
SETTINGS = f"config:\n  aws:region: eu-central-1\n  model-catalog-hub:accountId: '{HUB}'\n"


@pytest.fixture
def make(sandbox: Sandbox, command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    """Give the command, with the credentials of the hub's administrator unless told otherwise."""
    assert sandbox
    (tmp_path / "Pulumi.hub.yaml").write_text(SETTINGS)
    monkeypatch.chdir(tmp_path)

    def make(*words: str, account: str = HUB) -> Any:  # noqa: ANN401 - how it ended
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", account)
        return command("organization", "state", *words)

    return make


def name_of(test: pytest.FixtureRequest) -> str:
    """Name a bucket, or a key, after a test: the sandbox is shared."""
    return f"state-{abs(hash(test.node.name)) % 10**9}"


def test_all_of_it_is_made_once_and_found_the_second_time(
    make: Make, sandbox: Sandbox, request: pytest.FixtureRequest
) -> None:
    name = name_of(request)
    foreseen = make(name, "--alias", name, "--dry-run")
    untouched = [each["Name"] for each in sandbox.client("s3", HUB).list_buckets()["Buckets"]]
    made = make(name, "--alias", name)
    again = make(name, "--alias", name)

    assert [0, 0, 0] == [each.code for each in (foreseen, made, again)], (foreseen, made, again)
    assert name not in untouched
    assert 10 == foreseen.out.count(": would be done")
    assert 9 == made.out.count(": done"), made.out  # a key has its policy from the beginning
    assert 10 == again.out.count(": there"), again.out
    key = sandbox.client("kms", HUB).describe_key(KeyId=f"alias/{name}")["KeyMetadata"]
    assert f"  secretsprovider: awskms:///{key['Arn']}?region=eu-central-1\n" in made.out
    assert f"pulumi login 's3://{name}?region=eu-central-1'" in made.out
    assert sandbox.client("kms", HUB).get_key_rotation_status(KeyId=key["KeyId"])["KeyRotationEnabled"]


def test_what_is_made_is_versioned_encrypted_closed_and_let_in_to_deployers_alone(
    make: Make, sandbox: Sandbox, request: pytest.FixtureRequest
) -> None:
    name = name_of(request)
    _ = make(name, "--alias", name)
    s3, kms = sandbox.client("s3", HUB), sandbox.client("kms", HUB)
    organization = sandbox.client("organizations", HUB).describe_organization()["Organization"]["Id"]
    policy = s3.get_bucket_policy(Bucket=name)["Policy"]
    found = kms.describe_key(KeyId=f"alias/{name}")["KeyMetadata"]["KeyId"]
    key = json.loads(kms.get_key_policy(KeyId=found, PolicyName="default")["Policy"])
    [account] = [each for each in key["Statement"] if each["Sid"] == "TheAccountsOwnPolicies"]
    of_others = json.dumps({"Statement": [each for each in key["Statement"] if each != account]})
    deployer = {
        "aws:PrincipalOrgID": [organization],
        "aws:PrincipalArn": [f"arn:aws:iam::{RESEARCH}:role/ModelCatalogDeployer"],
        "aws:SecureTransport": ["true"],
    }
    state = f"arn:aws:s3:::{name}/.pulumi/stacks/model-catalog-spoke/spoke-research.json"

    def may(action: str, resource: str, **other: str) -> bool | None:
        context = {**deployer, **{f"aws:{key}": [value] for key, value in other.items()}}
        return decide([policy if action.startswith("s3:") else of_others], action, resource, context)

    assert "Enabled" == s3.get_bucket_versioning(Bucket=name)["Status"]
    assert all(s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"].values())
    assert b"version: 1\n" == s3.get_object(Bucket=name, Key=".pulumi/meta.yaml")["Body"].read()
    assert may("s3:PutObject", state)
    assert may("kms:Decrypt", "*")
    assert not may("s3:PutObject", state, PrincipalArn=f"arn:aws:iam::{RESEARCH}:role/Other")
    assert not may("s3:PutObject", state, PrincipalOrgID="o-another123")
    assert not may("kms:Decrypt", "*", PrincipalOrgID="o-another123")
    assert may("s3:GetObject", state, SecureTransport="false") is False
    assert may("s3:DeleteObject", f"arn:aws:s3:::{name}/.fleet/history/hub/1.json") is False
    assert {"AWS": f"arn:aws:iam::{HUB}:root"} == account["Principal"]
    assert "${" not in policy + of_others


def test_what_is_missing_is_completed_and_what_somebody_changed_is_not_written_over(
    make: Make, sandbox: Sandbox, request: pytest.FixtureRequest
) -> None:
    name, s3 = name_of(request), sandbox.client("s3", HUB)
    _ = make(name, "--alias", name)
    policy = json.loads(s3.get_bucket_policy(Bucket=name)["Policy"])
    own = {
        "Sid": "Own",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:PutObjectAcl",
        "Resource": f"arn:aws:s3:::{name}/*",
    }
    [narrowed] = [each for each in policy["Statement"] if each["Sid"] == "TheyFindStacks"]
    narrowed["Condition"]["ArnLike"]["aws:PrincipalArn"] = "arn:aws:iam::*:role/Mine"
    without = [each for each in policy["Statement"] if each["Sid"] != "NobodyWithoutTls"]
    s3.put_bucket_policy(Bucket=name, Policy=json.dumps({**policy, "Statement": [own, *without]}))
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Suspended"})

    left = make(name, "--alias", name)
    kept = s3.get_bucket_policy(Bucket=name)["Policy"]
    replaced = make(name, "--alias", name, "--replace")
    whole = json.loads(s3.get_bucket_policy(Bucket=name)["Policy"])["Statement"]

    assert ExitCode.NOT_REACHED == left.code
    assert "its versions: done" in left.out
    assert "its policy: differs, without NobodyWithoutTls; TheyFindStacks otherwise than in docs/iam" in left.out
    assert "role/Mine" in kept
    assert (0, True) == (replaced.code, f"its policy: done, {len(whole)} statements" in replaced.out)
    assert own in whole
    assert "role/Mine" not in json.dumps(whole)


def test_what_the_company_asks_for_is_on_bucket_and_key(
    make: Make, sandbox: Sandbox, request: pytest.FixtureRequest
) -> None:
    name, s3, kms = name_of(request), sandbox.client("s3", HUB), sandbox.client("kms", HUB)
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": [{"Key": "own", "Value": "kept"}]})
    with Path("Pulumi.hub.yaml").open("a") as settings:
        settings.write("  model-catalog-hub:tags: {cost-center: platform}\n")

    made, again = (make(name, "--alias", name) for _ in range(2))

    bucket = {each["Key"]: each["Value"] for each in s3.get_bucket_tagging(Bucket=name)["TagSet"]}
    key = kms.describe_key(KeyId=f"alias/{name}")["KeyMetadata"]["KeyId"]
    assert {"own": "kept", "cost-center": "platform"} == bucket
    assert [{"TagKey": "cost-center", "TagValue": "platform"}] == kms.list_resource_tags(KeyId=key)["Tags"]
    assert (0, 0) == (made.code, again.code)
    assert 2 == again.out.count("its tags: there")


def test_credentials_of_another_account_are_refused_before_anything_is_looked_at(
    make: Make, sandbox: Sandbox, request: pytest.FixtureRequest
) -> None:
    ended = make(name_of(request), account=RESEARCH)

    assert (ExitCode.MISTAKE, ("credentials-of-another-account", "organization state: accountId")) == (
        ended.code,
        ended.refusal,
    )
    assert name_of(request) not in {each["Name"] for each in sandbox.client("s3", RESEARCH).list_buckets()["Buckets"]}


def test_a_bucket_of_others_or_for_others_is_refused(
    make: Make, sandbox: Sandbox, request: pytest.FixtureRequest
) -> None:
    name, where = name_of(request), {"LocationConstraint": "eu-central-1"}
    for bucket, account in ((f"{name}-theirs", RESEARCH), (f"{name}-data", HUB)):
        sandbox.client("s3", account).create_bucket(Bucket=bucket, CreateBucketConfiguration=where)
    sandbox.client("s3", HUB).put_object(Bucket=f"{name}-data", Key="model.tar.gz", Body=b"")

    theirs = make(f"{name}-theirs", "--alias", name)
    data = make(f"{name}-data", "--alias", name)
    elsewhere = make(f"{name}-data", "--alias", name, "--region", "eu-west-1")

    assert ("bucket-of-others", f"{name}-theirs") == theirs.refusal
    assert ("bucket-in-other-use", f"{name}-data") == data.refusal
    assert ("bucket-elsewhere", f"{name}-data") == elsewhere.refusal
    assert {2} == {theirs.code, data.code, elsewhere.code}


def test_a_key_that_is_switched_off_is_refused(make: Make, sandbox: Sandbox, request: pytest.FixtureRequest) -> None:
    name, kms = name_of(request), sandbox.client("kms", HUB)
    key = kms.create_key(Description="off")["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName=f"alias/{name}", TargetKeyId=key)
    kms.disable_key(KeyId=key)

    assert ("key-not-usable", f"alias/{name}") == make(name, "--alias", name).refusal


@pytest.mark.parametrize(
    ("words", "key"),
    [
        (["Not_A_Bucket"], "bucket"),
        (["state-bucket", "--account", "12"], "account"),
        (["state-bucket", "--region", "here"], "region"),
        (["state-bucket", "--alias", "aws/s3"], "alias"),
    ],
)
def test_what_is_no_name_is_refused(make: Make, words: list[str], key: str) -> None:
    assert ("invalid-value", f"organization state: {key}") == make(*words).refusal


def test_a_backend_with_states_of_an_older_layout_is_left_as_it_is(
    make: Make, sandbox: Sandbox, request: pytest.FixtureRequest
) -> None:
    name, s3 = name_of(request), sandbox.client("s3", HUB)
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    s3.put_object(Bucket=name, Key=".pulumi/stacks/hub.json", Body=b"{}")

    ended = make(name, "--alias", name)

    assert (0, True) == (ended.code, "meta.yaml: there, an older layout" in ended.out)
    assert "meta.yaml" not in json.dumps([each["Key"] for each in s3.list_objects_v2(Bucket=name)["Contents"]])
