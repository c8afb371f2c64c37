"""The pipelines of the catalog's pages, run as those of test_pipelines: published, and what is asked for on them."""

import json
import posixpath
import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final

import pytest

from tests.support.paths import ROOT
from tests.support.pipelines import github, gitlab
from tests.support.pipelines.company import PAGES
from tests.support.pipelines.machine import Machine
from tests.support.sandbox.accounts import HUB, RESEARCH
from tests.support.sandbox.process import Sandbox, running

pytestmark = pytest.mark.stand_in_only("the caches of its jobs hold the stand-in")

ASKED: Final = "spoke: research\nlaunch: {name: fraud-extra, product: fraud-detector-realtime, version: 1.1.0}\n"
FOREVER: Final = "max-age=31536000, immutable"
KINDS: Final = {
    "index.html": "text/html",
    "index.json": "application/json",
    "llms.txt": "text/plain; charset=utf-8",
    "assets/style.css": "text/css",
    "assets/icon.svg": "image/svg+xml",
    "pagefind/pagefind.js": "text/javascript",
    "platform/index.html": "text/html",
}


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """An empty organization."""
    with running(tmp_path_factory.mktemp("sandbox")) as started:
        yield started


def test_the_pages_are_built_and_pushed(machine: Machine) -> None:
    github.run(machine, "pages-github.yml", "push")

    assert "index.html" in machine.changed("gh-pages")


@pytest.mark.parametrize(
    "run",
    [
        partial(github.run, example="requests-github.yml", event="pull_request"),
        partial(gitlab.run, example="requests-gitlab.yml", source="merge_request_event"),
    ],
    ids=["github", "gitlab"],
)
def test_what_was_asked_for_on_a_page_becomes_a_change_of_the_settings_on_its_own_branch(
    machine: Machine, run: Callable[[Machine], dict[str, str]]
) -> None:
    with machine.proposing({}):
        folder = machine.project / "change-requests"
        folder.mkdir()
        (folder / "launch-research-fraud-extra.yaml").write_text(ASKED)
        said = run(machine)

    [(_, printed)] = said.items()
    assert "wrote fraud-extra into Pulumi.spoke-research.yaml" in printed
    assert "Pulumi.spoke-research.yaml\n" == machine.changed("proposed").replace(".github/workflows/requests.yml\n", "")
    before = machine.git("show", "main:Pulumi.spoke-research.yaml")
    after = machine.git("show", "origin/proposed:Pulumi.spoke-research.yaml")
    lost = [line for line in before.splitlines() if line not in after.splitlines()]
    assert ([], True) == (lost, "    - name: fraud-extra\n" in after)


@pytest.fixture(scope="module")
def hub(machine: Machine) -> None:
    """The hub, as its workflow deploys it: of what no hub publishes nobody runs anything."""
    github.run(machine, "hub-github.yml", "schedule")


@pytest.mark.usefixtures("hub")
@pytest.mark.parametrize(
    "run",
    [
        partial(github.run, example="pages-bucket-github.yml", event="schedule"),
        partial(gitlab.run, example="pages-bucket-gitlab.yml", source="push"),
    ],
    ids=["github", "gitlab"],
)
def test_a_private_bucket_has_every_file_with_its_kind_and_how_long_it_may_be_kept_and_no_other(
    machine: Machine, sandbox: Sandbox, run: Callable[[Machine], dict[str, str]]
) -> None:
    bucket = sandbox.client("s3", HUB)
    bucket.put_object(Bucket=PAGES, Key="models/gone/index.html", Body=b"of a model that was removed")

    run(machine)

    found = {each["Key"]: bucket.head_object(Bucket=PAGES, Key=each["Key"]) for each in listed(bucket)}
    assert "models/gone/index.html" not in found
    assert KINDS == {name: found[name]["ContentType"] for name in KINDS}
    kept = {name: each["CacheControl"] for name, each in found.items()}
    hashed = {name for name in found if re.match(r"pagefind/(fragment|index)/", name)}
    assert hashed
    assert {FOREVER} == {kept[name] for name in hashed}
    assert {"no-cache"} == {kept[name] for name in kept.keys() - hashed}
    named = {name for key in found if key.endswith(".html") for name in loaded(bucket, key)}
    assert named <= found.keys()


def listed(bucket: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - a client
    """List what the bucket holds."""
    pages = bucket.get_paginator("list_objects_v2").paginate(Bucket=PAGES)
    return [each for page in pages for each in page["Contents"]]


def loaded(bucket: Any, key: str) -> set[str]:  # noqa: ANN401 - as above
    """Name what a page loads and leads to, by its place in the bucket."""
    text = bucket.get_object(Bucket=PAGES, Key=key)["Body"].read().decode()
    parts = re.findall(r"(?:src|href)=\"((?!https?:|mailto:|#)[^\"?#]+)", text)
    return {posixpath.normpath(posixpath.join(posixpath.dirname(key), each)) for each in parts}


def test_nobody_but_who_is_named_reaches_the_bucket(machine: Machine, sandbox: Sandbox) -> None:
    assert machine
    bucket = sandbox.client("s3", HUB)
    blocked = bucket.get_public_access_block(Bucket=PAGES)["PublicAccessBlockConfiguration"]
    [rule] = bucket.get_bucket_encryption(Bucket=PAGES)["ServerSideEncryptionConfiguration"]["Rules"]
    statements = json.loads(bucket.get_bucket_policy(Bucket=PAGES)["Policy"])["Statement"]

    assert (
        dict.fromkeys(("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"), True)
        == blocked
    )
    assert "aws:kms" == rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"]
    assert ["NobodyWithoutTls"] == [each["Sid"] for each in statements]


def test_with_readers_and_a_web_acl_those_readers_and_one_distribution_are_let_in(sandbox: Sandbox) -> None:
    stacks, reader = sandbox.client("cloudformation", HUB), f"arn:aws:iam::{RESEARCH}:role/data-science"
    acl = f"arn:aws:wafv2:us-east-1:{HUB}:global/webacl/company/a1"
    given = {"BucketName": "example-guarded-pages", "Readers": reader, "WebAcl": acl}
    parameters = [{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()]
    text = (ROOT / "docs" / "iam" / "pages-bucket.yaml").read_text()
    stacks.create_stack(StackName="guarded", TemplateBody=text, Parameters=parameters)
    stacks.get_waiter("stack_create_complete").wait(StackName="guarded", WaiterConfig={"Delay": 1})

    found = sandbox.client("s3", HUB).get_bucket_policy(Bucket="example-guarded-pages")["Policy"]
    allowed = {each["Sid"]: each for each in json.loads(found)["Statement"] if each["Effect"] == "Allow"}
    assert {"Readers", "CloudFront"} == allowed.keys()
    assert {"AWS": reader} == allowed["Readers"]["Principal"]
    assert "s3:GetObject" == allowed["CloudFront"]["Action"]
    assert (
        f"arn:aws:cloudfront::{HUB}:distribution/"
        in allowed["CloudFront"]["Condition"]["StringEquals"]["aws:SourceArn"]
    )
    [stack] = stacks.describe_stacks(StackName="guarded")["Stacks"]
    assert "Address" in {each["OutputKey"] for each in stack["Outputs"]}
