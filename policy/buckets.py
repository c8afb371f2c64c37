"""What buckets have to have beside them."""

from collections.abc import Iterator
from typing import Final

from pulumi_policy import Policy, StackValidationArgs, StackValidationPolicy

from policy.reporting import Violation, each_of_stack
from shared.aws.iam import parse

_BUCKET: Final = "aws:s3/bucket:Bucket"
_BLOCK: Final = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
_POLICY: Final = "aws:s3/bucketPolicy:BucketPolicy"
_BLOCKED: Final = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")


def _private(args: StackValidationArgs) -> Iterator[Violation]:
    blocked = [
        each.props.get("bucket")
        for each in args.resources
        if each.resource_type == _BLOCK and all(each.props.get(name) for name in _BLOCKED)
    ]
    for each in args.resources:
        if each.resource_type == _BUCKET and each.props.get("bucket") not in blocked:
            yield (
                "Nothing blocks public access to the bucket. Add a BucketPublicAccessBlock that blocks all four.",
                each.urn,
            )


def _encrypted_on_the_way(args: StackValidationArgs) -> Iterator[Violation]:
    refused = [
        each.props.get("bucket")
        for each in args.resources
        if each.resource_type == _POLICY
        and any(
            not statement.allows and "aws:securetransport" in statement.condition_keys
            for statement in parse(each.props.get("policy"))
        )
    ]
    for each in args.resources:
        if each.resource_type == _BUCKET and each.props.get("bucket") not in refused:
            yield (
                "Nothing denies requests to the bucket without TLS. Deny them where aws:SecureTransport is false.",
                each.urn,
            )


BUCKETS: Final[list[Policy]] = [
    StackValidationPolicy(
        name="buckets-are-private",
        description="Public access to every bucket is blocked.",
        validate=each_of_stack(_private),
    ),
    StackValidationPolicy(
        name="buckets-take-tls-only",
        description="Every bucket refuses requests that are not made over TLS.",
        validate=each_of_stack(_encrypted_on_the_way),
    ),
]
