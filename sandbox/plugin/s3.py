"""S3: Bucket and BucketObjectv2."""

import base64
import json
import re
from collections.abc import Callable, Collection, Iterator
from typing import Any
from urllib.parse import urlencode

from .failure import AWSError, Failure, Gone, doing, tolerating
from .properties import as_list, as_map, compact, pick
from .schema import REGION, TAGS, Operation, Resource, each, optional, outputs, required, settled
from .waits import passing, retry, until_gone
from .wire import Asset, State, Value

_LIMIT = 20 * 60
_DELETE_LIMIT = 60 * 60
_NOT_CONFIGURED = (
    "MethodNotAllowed",
    "NoSuchBucketPolicy",
    "NoSuchCORSConfiguration",
    "NoSuchLifecycleConfiguration",
    "NoSuchTagSet",
    "NoSuchTagSetError",
    "NoSuchWebsiteConfiguration",
    "NotImplemented",
    "ObjectLockConfigurationNotFoundError",
    "ReplicationConfigurationNotFoundError",
    "ServerSideEncryptionConfigurationNotFoundError",
    "XNotImplemented",
)
_HOSTED_ZONES = {"us-east-1": "Z3AQBSTGFYJSTF", "us-east-2": "Z2O1EMRO9K5GLX", "us-west-2": "Z3BJ6K6RIION7M"}


def encryption_rule(rule: dict[str, Any]) -> State:
    """A rule of a bucket's default encryption, as a property."""
    default = pick(rule.get("ApplyServerSideEncryptionByDefault", {}), "sseAlgorithm", "kmsMasterKeyId")
    return {"applyServerSideEncryptionByDefault": default, "bucketKeyEnabled": rule.get("BucketKeyEnabled", False)}


_SETTINGS: dict[str, tuple[str, Callable[[dict[str, Any]], Value]] | None] = {
    "get_bucket_policy": ("policy", lambda answer: compact(json.loads(answer["Policy"]))),
    "get_bucket_acl": None,
    "get_bucket_cors": None,
    "get_bucket_website": None,
    "get_bucket_versioning": ("versioning", lambda answer: {"enabled": answer.get("Status") == "Enabled"}),
    "get_bucket_accelerate_configuration": None,
    "get_bucket_request_payment": None,
    "get_bucket_logging": None,
    "get_bucket_lifecycle_configuration": None,
    "get_bucket_replication": None,
    "get_bucket_encryption": (
        "serverSideEncryptionConfiguration",
        lambda answer: {"rule": encryption_rule(answer["ServerSideEncryptionConfiguration"]["Rules"][0])},
    ),
    "get_object_lock_configuration": None,
}
"""What a read asks S3, and which outputs come of it. All are asked, because each needs its own permission."""


class Bucket(Resource, of="s3"):
    """A bucket."""

    properties = {
        "bucket": settled(replaces=True),
        "forceDestroy": optional(kind=bool, default=False),
        "objectLockEnabled": settled(kind=bool, replaces=True),
        **TAGS,
        **REGION,
        **outputs("arn", "bucketDomainName", "bucketRegion", "bucketRegionalDomainName", "hostedZoneId"),
        **outputs("policy", "serverSideEncryptionConfiguration", "versioning"),
    }
    autonamed = ("bucket", 63)

    def create(self, op: Operation) -> None:
        name, in_virginia = op.new["bucket"], op.region == "us-east-1"
        with doing(f"creating S3 Bucket ({name})"):
            if not re.fullmatch(r"[0-9A-Za-z_.-]{3,255}" if in_virginia else r"[0-9a-z.-]{3,63}", name):
                raise Failure(f'"{name}" is not a valid bucket name')
            if in_virginia and _exists(op, name):
                raise Failure("BucketAlreadyExists")
            location = {} if in_virginia else {"CreateBucketConfiguration": {"LocationConstraint": op.region}}
            lock = {"ObjectLockEnabledForBucket": True} if op.new.get("objectLockEnabled") else {}
            retry(
                op.clock,
                op.limit(_LIMIT),
                lambda: op.call("s3", "create_bucket", Bucket=name, ACL="private", **location, **lock),
                on=passing("OperationAborted"),
            )
        op.id = name
        with doing(f"waiting for S3 Bucket ({name}) create"):
            retry(op.clock, op.limit(_LIMIT), lambda: op.call("s3", "head_bucket", Bucket=name), on=is_missing)
        if op.new["tagsAll"]:
            self._tag(op)

    def read(self, op: Operation) -> State:
        name = op.id
        with doing(f"reading S3 Bucket ({name})"):
            if not _exists(op, name):
                raise Gone("couldn't find resource")
        found: State = {}
        for method, output in _SETTINGS.items():
            with doing(f"reading S3 Bucket ({name})"), tolerating(*_NOT_CONFIGURED):
                answer = op.call("s3", method, Bucket=name)
                if output is not None:
                    found[output[0]] = output[1](answer)
        tags: dict[str, str] = {}
        with doing(f"listing tags for S3 Bucket ({name})"), tolerating(*_NOT_CONFIGURED):
            tags = as_map(op.call("s3", "get_bucket_tagging", Bucket=name)["TagSet"])
        region = op.call("s3", "get_bucket_location", Bucket=name).get("LocationConstraint") or "us-east-1"
        return {
            **dict.fromkeys(("policy", "serverSideEncryptionConfiguration", "versioning")),
            **found,
            "arn": f"arn:{op.provider.partition}:s3:::{name}",
            "bucket": name,
            "bucketDomainName": f"{name}.s3.amazonaws.com",
            "bucketRegion": region,
            "bucketRegionalDomainName": f"{name}.s3.{region}.amazonaws.com",
            "hostedZoneId": _HOSTED_ZONES.get(region),
            "objectLockEnabled": op.new.get("objectLockEnabled", False),
            "tagsAll": tags,
        }

    def update(self, op: Operation) -> None:
        if "tagsAll" in op.changed:
            self._tag(op)

    def delete(self, op: Operation) -> None:
        name = op.id
        with doing(f"deleting S3 Bucket ({name})"), tolerating("NoSuchBucket"):
            try:
                op.call("s3", "delete_bucket", Bucket=name)
            except AWSError as error:
                if error.code != "BucketNotEmpty" or not op.old.get("forceDestroy"):
                    raise
                delete_versions(op, name)
                op.call("s3", "delete_bucket", Bucket=name)
        with doing(f"waiting for S3 Bucket ({name}) delete"):
            until_gone(op.clock, op.limit(_DELETE_LIMIT), lambda: _exists(op, name) or None)

    def _tag(self, op: Operation) -> None:
        with doing(f"updating tags for S3 Bucket ({op.id})"):
            if op.new["tagsAll"]:
                op.call("s3", "put_bucket_tagging", Bucket=op.id, Tagging={"TagSet": as_list(op.new["tagsAll"])})
            else:
                op.call("s3", "delete_bucket_tagging", Bucket=op.id)


def is_missing(error: Failure) -> bool:
    """Whether S3 says that there is no such thing; a HEAD request has no room for an error code."""
    return isinstance(error, AWSError) and error.status == 404  # noqa: PLR2004 - an HTTP status


def delete_versions(op: Operation, bucket: str, key: str = "") -> None:
    """Delete all versions and delete markers of a bucket, or of one key in it."""
    marker: dict[str, str] = {}
    while True:
        page = op.call("s3", "list_object_versions", Bucket=bucket, Prefix=key, **marker)
        versions = [
            {"Key": version["Key"], "VersionId": version["VersionId"]}
            for version in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
            if not key or version["Key"] == key
        ]
        if versions:
            op.call("s3", "delete_objects", Bucket=bucket, Delete={"Objects": versions, "Quiet": True})
        if not page.get("IsTruncated"):
            return
        marker = {"KeyMarker": page["NextKeyMarker"], "VersionIdMarker": page.get("NextVersionIdMarker", "")}


def _exists(op: Operation, name: str) -> bool:
    try:
        op.call("s3", "head_bucket", Bucket=name)
    except AWSError as error:
        if is_missing(error):
            return False
        raise
    return True


_WRITTEN = each(optional(), "cacheControl", "contentDisposition", "contentEncoding", "contentLanguage")
_KEPT = each(settled(), "contentType", "serverSideEncryption", "storageClass")
_BODIES = ("source", "content", "contentBase64")
_CONTENT = frozenset({*_WRITTEN, *_KEPT, *_BODIES, "etag", "kmsKeyId", "metadata", "sourceHash"})


class BucketObjectv2(Resource, of="s3"):
    """An object. Its id is its key."""

    properties = {
        "bucket": required(replaces=True),
        "key": settled(replaces=True),
        "source": optional(kind=Asset),
        **each(optional(), "content", "contentBase64", "sourceHash"),
        **_WRITTEN,
        **_KEPT,
        **each(settled(), "etag", "kmsKeyId"),
        "forceDestroy": optional(kind=bool, default=False),
        "metadata": optional(kind=dict),
        **TAGS,
        **REGION,
        **outputs("arn", "versionId"),
    }
    autonamed = ("key", 1024)
    suffixed = False

    def problems(self, inputs: State) -> Iterator[str]:
        given = [name for name in _BODIES if name in inputs]
        for other in given[1:]:
            yield f'"{given[0]}": conflicts with {other}'

    def foresee(self, op: Operation) -> Collection[str]:
        return ("versionId", "etag") if op.changed & _CONTENT else ()

    def locate(self, op: Operation) -> None:
        bucket, slash, key = op.id.removeprefix("s3://").partition("/")
        if not slash:
            raise Failure(f"id {op.id} should be in format <bucket>/<key> or s3://<bucket>/<key>")
        op.id = key
        op.new |= {"bucket": bucket, "key": key}

    def create(self, op: Operation) -> None:
        self._upload(op)
        op.id = op.new["key"]

    def read(self, op: Operation) -> State:
        bucket, key = op.new["bucket"], op.new.get("key") or op.id
        with doing(f"reading S3 Object ({key})"):
            try:
                head = op.call("s3", "head_object", Bucket=bucket, Key=key)
            except AWSError as error:
                if is_missing(error):
                    raise Gone(str(error)) from error
                raise
            tags = as_map(op.call("s3", "get_object_tagging", Bucket=bucket, Key=key)["TagSet"])
        found = pick(head, *_WRITTEN, *_KEPT, "metadata", kmsKeyId="SSEKMSKeyId")
        return {
            **{name: value or None for name, value in found.items()},
            "arn": f"arn:{op.provider.partition}:s3:::{bucket}/{key}",
            "bucket": bucket,
            "etag": head["ETag"].strip('"'),
            "key": key,
            "storageClass": found["storageClass"] or "STANDARD",
            "tagsAll": tags,
            "versionId": head.get("VersionId", ""),
        }

    def update(self, op: Operation) -> None:
        if op.changed & _CONTENT:
            self._upload(op)
        elif "tagsAll" in op.changed:
            with doing(f"updating tags for S3 Object ({op.id})"):
                op.call("s3", "put_object_tagging", **self._name(op), Tagging={"TagSet": as_list(op.new["tagsAll"])})

    def delete(self, op: Operation) -> None:
        with doing(f"deleting S3 Object ({op.id})"), tolerating("NoSuchBucket", "NoSuchKey"):
            if op.old.get("versionId"):
                delete_versions(op, op.old["bucket"], op.old["key"])
            else:
                op.call("s3", "delete_object", **self._name(op))

    def _name(self, op: Operation) -> dict[str, str]:
        return {"Bucket": op.new["bucket"], "Key": op.new["key"]}

    def _upload(self, op: Operation) -> None:
        new = op.new
        with doing(f"uploading S3 Object ({new['key']}) to Bucket ({new['bucket']})"):
            named = {
                "Body": _body(new),
                "Tagging": urlencode(new["tagsAll"]),
                "SSEKMSKeyId": new.get("kmsKeyId") or None,
            }
            op.call("s3", "put_object", **op.arguments("s3", "put_object", **named))


def _body(state: State) -> bytes:
    if "source" in state:
        try:
            return state["source"].content()
        except OSError as error:
            raise Failure(f"opening S3 object source: {error}") from error
    if "contentBase64" in state:
        return base64.b64decode(state["contentBase64"])
    return state.get("content", "").encode()
