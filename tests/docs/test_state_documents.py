"""What docs/iam says of states: who reads and who writes which."""

import json
from typing import Any

import pytest

from sandbox.aws.iam.evaluation import decide
from tests.support.paths import ROOT

IAM = ROOT / "docs" / "iam"


def listed(value: str | list[str]) -> list[str]:
    """Give what may stand alone as a list."""
    return [value] if isinstance(value, str) else value


def test_a_spoke_reads_the_hubs_state_and_writes_only_its_own() -> None:
    statements: list[dict[str, Any]] = json.loads((IAM / "state-spoke.json").read_text())["Statement"]
    written = [statement for statement in statements if "s3:PutObject" in statement["Action"]]
    own = ("/model-catalog-spoke/${Stack}", "/.fleet/records/${Stack}.json", "/.fleet/history/${Stack}/*")

    assert all(
        any(each in resource for each in own) for statement in written for resource in listed(statement["Resource"])
    )


def test_a_fleet_writes_what_is_of_spokes_and_its_own_records() -> None:
    statements: list[dict[str, Any]] = json.loads((IAM / "state-fleet.json").read_text())["Statement"]
    written = [statement["Resource"] for statement in statements if "s3:PutObject" in statement["Action"]]

    assert all("/model-catalog-spoke/*" in each or "/.fleet/" in each for found in written for each in listed(found))


@pytest.mark.parametrize("name", ["state-organization", "state-spoke", "state-hub", "state-fleet"])
def test_the_history_can_be_appended_to_and_not_rewritten(name: str) -> None:
    statements: list[dict[str, Any]] = json.loads((IAM / f"{name}.json").read_text())["Statement"]
    about = [each for each in statements if any("/.fleet/history/" in path for path in listed(each["Resource"]))]
    own = {"StringEquals": {"aws:ResourceAccount": "${StateAccountId}"}}

    assert [("s3:GetObject", own), ("s3:PutObject", {**own, "Null": {"s3:if-none-match": "false"}})] == [
        (each["Action"], each.get("Condition")) for each in about
    ]
    assert not any(
        path.endswith(("/.fleet/*", "${StateBucket}/*")) for each in statements for path in listed(each["Resource"])
    )


def test_the_organizations_deployer_appends_to_its_own_history_alone() -> None:
    """As the evaluator of the sandbox says; whether a write is conditional S3 tells by s3:if-none-match."""
    text = (IAM / "state-organization.json").read_text()
    for key, value in {
        "Partition": "aws",
        "StateBucket": "state",
        "StateAccountId": "1" * 12,
        "Stack": "organization",
    }.items():
        text = text.replace(f"${{{key}}}", value)
    own, others = ".fleet/history/organization/00000001.json", ".fleet/history/hub/00000001.json"

    def may(action: str, path: str, **more: str) -> bool:
        context = {"aws:ResourceAccount": ["1" * 12], **{f"s3:{key}": [value] for key, value in more.items()}}
        return bool(decide([text], action, f"arn:aws:s3:::state/{path}".removesuffix("/"), context))

    once = {"if-none-match": "*"}
    assert may("s3:PutObject", own, **once)
    assert may("s3:GetObject", own)
    assert may("s3:ListBucket", "", prefix=".fleet/history/organization/")
    assert may("s3:PutObject", ".fleet/records/organization.json")
    assert not may("s3:PutObject", own), "what is there is not written over"
    assert not may("s3:DeleteObject", own)
    assert not may("s3:PutObject", others, **once)
    assert not may("s3:GetObject", others)
    assert not may("s3:PutObject", ".fleet/records/spoke-research.json")


@pytest.mark.parametrize("kind", ["spoke", "hub"])
@pytest.mark.parametrize("action", ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"])
def test_a_deployer_reaches_no_stack_whose_name_begins_like_its_own(kind: str, action: str) -> None:
    """`${Stack}.*` was that of a stack called `spoke-research.x` too."""
    stack = f"{kind}-research"
    text = (IAM / f"state-{kind}.json").read_text()
    filled = {"Partition": "aws", "StateBucket": "states", "StateAccountId": "111122223333", "Stack": stack}
    for name, value in filled.items():
        text = text.replace(f"${{{name}}}", value)

    def may(path: str) -> bool:
        context = {"aws:ResourceAccount": ["111122223333"]}
        return decide([text], action, f"arn:aws:s3:::states/.pulumi/{path}", context) is True

    project = f"model-catalog-{kind}"
    endings = [f"{ending}{more}" for ending in (".json", ".json.gz", ".json.zst") for more in ("", ".bak")]
    own = [f"stacks/{project}/{stack}{ending}" for ending in (*endings, ".pulumi-tags")]
    folders = [f"{folder}/{project}/{stack}/x.json" for folder in ("history", "backups", "locks/organization")]
    others = [
        path.replace(stack, f"{stack}{more}")
        for path in (*own, *folders)
        for more in (".x", ".json", ".json.x", "-x", "x")
    ]

    assert all(may(path) for path in (*own, *folders))
    assert [] == [path for path in others if may(path)]
