"""A stack's bucket is as private as its template says; moto's own CloudFormation leaves that out."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.sandbox.stacks import Stacks

pytestmark = pytest.mark.sandbox_only

BLOCKS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
STATEMENT = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::a-private-bucket/*"}
POLICY = {"Version": "2012-10-17", "Statement": [STATEMENT]}


def template(**properties: Any) -> str:  # noqa: ANN401 - of any type
    """Write a template of a bucket with a policy."""
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "a-private-bucket", **properties}}
    given = {"Bucket": {"Ref": "Bucket"}, "PolicyDocument": POLICY}
    policy = {"Type": "AWS::S3::BucketPolicy", "Properties": given}
    return json.dumps({"Resources": {"Bucket": bucket, "Policy": policy}})


def test_access_is_blocked_as_long_as_the_template_says_so_and_the_policy_is_the_buckets(stacks: Stacks) -> None:
    name = stacks.create(template(PublicAccessBlockConfiguration=dict.fromkeys(BLOCKS[:2], True)))
    stacks.outputs(name)
    bucket = stacks.client("s3")

    found = bucket.get_public_access_block(Bucket="a-private-bucket")["PublicAccessBlockConfiguration"]
    assert {each: each in BLOCKS[:2] for each in BLOCKS} == found
    assert POLICY == json.loads(bucket.get_bucket_policy(Bucket="a-private-bucket")["Policy"])

    assert "UPDATE_COMPLETE" == stacks.update(name, template())
    with pytest.raises(ClientError, match="NoSuchPublicAccessBlockConfiguration"):
        bucket.get_public_access_block(Bucket="a-private-bucket")
