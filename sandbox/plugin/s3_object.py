"""S3: BucketObjectv2."""

import base64
from collections.abc import Collection, Iterator
from urllib.parse import urlencode

from .failure import AWSError, Failure, Gone, doing, tolerating
from .properties import pick
from .s3 import delete_versions, is_missing
from .schema import REGION, TAGS, Operation, Resource, each, optional, outputs, required, settled
from .tags import as_list, as_map
from .wire import Asset, State

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
