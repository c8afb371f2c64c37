"""The bucket is as safe as a bucket gets, and an object's name says what is in it."""

import hashlib
import json

import pulumi
import pulumi_aws as aws
import pytest

from tests.support.paths import ROOT
from tests.support.recorder import Mocks

HUB = ROOT / "hub"
NAME = "model-catalog-templates-eu-central-1-0a1b2c3"
GUARDS = (
    aws.s3.BucketPublicAccessBlock,
    aws.s3.BucketServerSideEncryptionConfiguration,
    aws.s3.BucketVersioning,
    aws.s3.BucketPolicy,
)
TEMPLATES = (
    ("demand-forecaster-batch", "1.0.0"),
    ("fraud-detector-realtime", "1.0.0"),
    ("fraud-detector-realtime", "1.1.0"),
    ("text-embedder-serverless", "1.0.0"),
)


@pytest.mark.parametrize(
    "setting", ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"]
)
def test_the_public_is_kept_out(published: Mocks, setting: str) -> None:
    assert published.one(aws.s3.BucketPublicAccessBlock).inputs[setting] is True


def test_objects_are_encrypted(published: Mocks) -> None:
    [rule] = published.one(aws.s3.BucketServerSideEncryptionConfiguration).inputs["rules"]

    assert {"sseAlgorithm": "AES256"} == rule["applyServerSideEncryptionByDefault"]


def test_objects_are_versioned(published: Mocks) -> None:
    assert {"status": "Enabled"} == published.one(aws.s3.BucketVersioning).inputs["versioningConfiguration"]


def test_requests_without_tls_are_denied(published: Mocks) -> None:
    [statement] = json.loads(published.one(aws.s3.BucketPolicy).inputs["policy"])["Statement"]

    assert "Deny" == statement["Effect"]
    assert "*" == statement["Principal"]
    assert [f"arn:aws:s3:::{NAME}", f"arn:aws:s3:::{NAME}/*"] == statement["Resource"]
    assert {"Bool": {"aws:SecureTransport": "false"}} == statement["Condition"]


def test_the_policy_waits_for_the_public_access_block(published: Mocks) -> None:
    """S3 refuses to change both at once."""
    block = published.one(aws.s3.BucketPublicAccessBlock)

    assert block.urn in published.one(aws.s3.BucketPolicy).dependencies


@pytest.mark.parametrize("guard", GUARDS)
def test_the_guards_are_on_the_bucket(published: Mocks, guard: type[aws.s3.BucketPolicy]) -> None:
    assert NAME == published.one(guard).inputs["bucket"]


@pytest.mark.parametrize("guard", GUARDS)
def test_nothing_is_stored_before_the_bucket_is_guarded(published: Mocks, guard: type[aws.s3.BucketPolicy]) -> None:
    expected = published.one(guard).urn

    assert {True} == {expected in stored.dependencies for stored in published.all(aws.s3.BucketObjectv2)}


@pytest.mark.parametrize(("product", "version"), TEMPLATES)
def test_a_template_is_stored_under_its_hash(published: Mocks, product: str, version: str) -> None:
    stored = published.one(aws.s3.BucketObjectv2, f"{product}-{version}-")
    source = stored.inputs["source"]

    assert isinstance(source, pulumi.FileAsset)
    content = (HUB / source.path).read_bytes()
    assert f"templates/{product}/{version}/{hashlib.sha256(content).hexdigest()}.template" == stored.inputs["key"]
    assert NAME == stored.inputs["bucket"]


def test_service_catalog_reads_a_template_from_the_bucket_of_its_region(published: Mocks) -> None:
    first = published.one(aws.servicecatalog.ProvisioningArtifact, "text")

    assert first.inputs["templateUrl"].startswith(
        f"https://{NAME}.s3.example.com/templates/text-embedder-serverless/1.0.0/"
    )
