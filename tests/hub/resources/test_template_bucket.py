"""An object's name says what is in it; how the bucket is guarded is in the golden graph."""

import hashlib

import pulumi
import pulumi_aws as aws

from tests.support.hub_stack import HUB
from tests.support.recorder import Mocks


def test_a_template_is_stored_under_its_hash(published: Mocks) -> None:
    stored = published.all(aws.s3.BucketObjectv2)

    assert 5 == len(stored)
    for each in stored:
        source = each.inputs["source"]
        assert isinstance(source, pulumi.FileAsset)
        digest = hashlib.sha256((HUB / source.path).read_bytes()).hexdigest()
        assert each.inputs["key"].endswith(f"/{digest}.template")
