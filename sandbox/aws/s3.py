"""S3 between accounts, and the template that a Service Catalog call points at."""

import re
from collections.abc import Mapping
from html import unescape
from urllib.parse import unquote, urlsplit

from moto.iam.access_control import PermissionResult
from moto.s3.models import FakeBucket, s3_backends

from sandbox.aws.iam.callers import Caller
from sandbox.aws.iam.principals import is_permitted
from sandbox.aws.limits import TEMPLATE_CHARACTERS
from sandbox.aws.wire import Request


# moto reads bucket policies without their conditions: one that denies plain HTTP would lock everybody out.
# `may` reads them whole.
def _neutral(_bucket: FakeBucket, _action: str, _resource: str) -> PermissionResult:
    return PermissionResult.NEUTRAL


FakeBucket.get_permission = _neutral  # pyright: ignore[reportAttributeAccessIssue] - other names, same places

_VIRTUAL_HOST = re.compile(r"(?P<bucket>.+)\.s3[.-](?:dualstack\.)?(?:[a-z0-9-]+\.)?amazonaws\.com")
_PATH_HOST = re.compile(r"s3[.-](?:dualstack\.)?(?:[a-z0-9-]+\.)?amazonaws\.com")
_LONGEST_HOST = 255

_SUBRESOURCES = {
    "accelerate": "AccelerateConfiguration",
    "acl": "Acl",
    "cors": "BucketCORS",
    "encryption": "EncryptionConfiguration",
    "lifecycle": "LifecycleConfiguration",
    "location": "BucketLocation",
    "logging": "BucketLogging",
    "object-lock": "BucketObjectLockConfiguration",
    "ownershipControls": "BucketOwnershipControls",
    "policy": "BucketPolicy",
    "publicAccessBlock": "BucketPublicAccessBlock",
    "replication": "ReplicationConfiguration",
    "requestPayment": "BucketRequestPayment",
    "tagging": "Tagging",
    "versioning": "BucketVersioning",
    "versions": "BucketVersions",
    "website": "BucketWebsite",
}
_BUCKET_ACTIONS = {"GET": "ListBucket", "HEAD": "ListBucket", "PUT": "CreateBucket", "DELETE": "DeleteBucket"}


def bucket_and_key(request: Request) -> tuple[str, str]:
    """What a request is about; clients put the bucket into the path of an IP address, else before the host."""
    host = str(request.environ.get("HTTP_HOST", "")).partition(":")[0]
    if host.endswith(".localhost"):
        return host.removesuffix(".localhost"), request.path.lstrip("/")
    bucket, _, key = request.path.lstrip("/").partition("/")
    return bucket, key


def action(request: Request) -> str:
    """The IAM action of an S3 request (Service Authorization Reference, "Amazon S3")."""
    bucket, key = bucket_and_key(request)
    if not bucket:
        return "s3:ListAllMyBuckets"
    verb = {"GET": "Get", "HEAD": "Get", "DELETE": "Delete"}.get(request.method, "Put")
    asked = next((name for parameter, name in _SUBRESOURCES.items() if parameter in request.query), None)
    if "delete" in request.query:
        return "s3:DeleteObject"
    if asked is None:
        return (
            f"s3:{verb}Object{_version(request)}" if key else f"s3:{_BUCKET_ACTIONS.get(request.method, 'PutBucket')}"
        )
    if asked == "BucketVersions":
        return "s3:ListBucketVersions"
    # Deleting a bucket's configuration, except these two, is a Put of that configuration.
    verb = "Put" if verb == "Delete" and asked not in ("BucketPolicy", "BucketWebsite") and not key else verb
    subject = "" if asked not in ("Acl", "Tagging") else (f"Object{_version(request)}" if key else "Bucket")
    return f"s3:{verb}{subject}{asked}"


def _version(request: Request) -> str:
    return "Version" if "versionId" in request.query else ""


def wanted(request: Request) -> list[tuple[str, str, str]]:
    """Each action that a request takes, with the bucket and the key that it is about.

    To delete many objects takes permission on each of them, and to tag one as it is written takes that of
    tagging too (Amazon S3 API reference, DeleteObjects and PutObject).
    """
    bucket, key = bucket_and_key(request)
    name = action(request)
    if "delete" in request.query and not key:
        objects = [part.partition(b"</Object>")[0] for part in request.body.split(b"<Object>")[1:]]
        if not objects:
            return [(name, bucket, key)]
        return [(f"{name}{'Version' if b'<VersionId>' in item else ''}", bucket, _key_in(item)) for item in objects]
    tags = name == "s3:PutObject" and "HTTP_X_AMZ_TAGGING" in request.environ
    return [(name, bucket, key), *([("s3:PutObjectTagging", bucket, key)] if tags else [])]


def _key_in(item: bytes) -> str:
    found = item.partition(b"<Key>")[2].partition(b"</Key>")[0]
    return unescape(found.decode(errors="replace"))


def route(request: Request, caller: Caller) -> None:
    """Lead a call to another account's bucket there."""
    owner = owner_of(bucket_and_key(request)[0])
    if owner:
        request.act_as(owner, caller.access_key)


def owner_of(bucket: str) -> str | None:
    found = s3_backends.bucket_accounts.get(bucket)
    return found[1] if found else None


def asked(request: Request) -> dict[str, str]:
    """The condition keys that a request itself gives (Service Authorization Reference, "Amazon S3", condition keys)."""
    told: dict[str, str] = {}
    if request.method == "GET" and not bucket_and_key(request)[1]:
        told["s3:prefix"] = request.query.get("prefix", [""])[0]
    if condition := request.environ.get("HTTP_IF_NONE_MATCH"):
        told["s3:if-none-match"] = str(condition)
    return told


def may(caller: Caller, wanted: str, bucket: str, key: str, told: Mapping[str, str] | None = None) -> bool:
    """Whether bucket policy and identity policies together allow it.

    Within the bucket's account one of the two is enough, between accounts both must allow, and a Deny of
    either decides (Amazon S3 User Guide, "How Amazon S3 authorizes a request").
    """
    owner = owner_of(bucket)
    resource = f"arn:aws:s3:::{bucket}" + (f"/{key}" if key else "")
    context = caller.context(**{"aws:ResourceAccount": owner or caller.account, **(told or {})})
    if owner is None:  # there is no such bucket, yet
        return is_permitted(caller.principal, wanted, resource, context)
    policy = s3_backends[owner]["aws"].get_bucket(bucket).policy
    granted = caller.judged_by(policy.decode() if policy else None, wanted, resource, context)
    if granted is False:
        return False
    permitted = is_permitted(caller.principal, wanted, resource, context)
    return (granted or permitted) if owner == caller.account else (bool(granted) and permitted)


def read_object(caller: Caller, url: str) -> str:
    """Fetch a text object by its S3 URL, as the caller.

    Raises:
        ValueError: the URL is not one of S3, or there is no such object, or the caller may not read it.
    """
    parts = urlsplit(url)
    path = unquote(parts.path.lstrip("/"))
    if len(parts.netloc) > _LONGEST_HOST:
        raise ValueError(f"{url[:80]}… has no host")
    if parts.scheme != "https":
        raise ValueError(f"{url} must start with https://")
    if virtual := _VIRTUAL_HOST.fullmatch(parts.netloc):
        bucket, key = virtual["bucket"], path
    elif _PATH_HOST.fullmatch(parts.netloc):
        bucket, _, key = path.partition("/")
    else:
        raise ValueError(f"{parts.netloc} is not an S3 host; the sandbox reaches its own S3 alone")
    owner = owner_of(bucket)
    if owner is None:
        raise ValueError(f"there is no bucket {bucket}")
    if not may(caller, "s3:GetObject", bucket, key):
        raise ValueError(f"{caller.arn} may not read s3://{bucket}/{key}")
    found = s3_backends[owner]["aws"].get_object(bucket, key)
    if found is None:
        raise ValueError(f"there is no object {key} in bucket {bucket}")
    if found.size > TEMPLATE_CHARACTERS:
        raise ValueError(f"the object {key} in bucket {bucket} has more than {TEMPLATE_CHARACTERS} bytes")
    return found.value.decode()
