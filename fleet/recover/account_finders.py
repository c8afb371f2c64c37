"""Finds what a stack made outside Service Catalog: roles, buckets, stacks, stack sets, the organization's access."""

import re
from collections.abc import Mapping
from typing import Any, Final

from botocore.exceptions import ClientError

from fleet.recover.search import Absent, Finder, Found, Inputs, NotOurs, Search, Settler, Unclear, absent_on
from shared.aws.session import code_of
from shared.stack.import_file import ROLE

ROLE_POLICY: Final = "aws:iam/rolePolicy:RolePolicy"
BUCKET: Final = "aws:s3/bucket:Bucket"
OBJECT: Final = "aws:s3/bucketObjectv2:BucketObjectv2"
STACK: Final = "aws:cloudformation/stack:Stack"
STACK_SET: Final = "aws:cloudformation/stackSet:StackSet"
INSTANCES: Final = "aws:cloudformation/stackInstances:StackInstances"

_BUCKET_SETTINGS: Final[Mapping[str, str]] = {
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": "get_public_access_block",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": "get_bucket_encryption",
    "aws:s3/bucketVersioning:BucketVersioning": "get_bucket_versioning",
    "aws:s3/bucketPolicy:BucketPolicy": "get_bucket_policy",
}
_NOTHING_SET: Final = (
    "NoSuchBucket",
    "NoSuchPublicAccessBlockConfiguration",
    "ServerSideEncryptionConfigurationNotFoundError",
    "NoSuchBucketPolicy",
)
_NO_ROLE: Final = "NoSuchEntity"
_NO_STACK_SET: Final = "StackSetNotFoundException"
_HEAD_MISSING: Final = ("404", "NoSuchBucket", "NoSuchKey", "NotFound")
_INVENTED: Final = re.compile(r"-[0-9a-f]{7}$")
"""What Pulumi adds to a logical name to make a physical one."""

_FAILED_STACK: Final = ("CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED")
"""A stack that never came to be takes no update and holds nothing (source: CloudFormation User Guide, "Stack status
codes")."""
_TAGGING_SECONDS: Final = 5
"""So long after its making at most a bucket that somebody is making has its tags."""


def _role(search: Search, given: Inputs) -> Found:
    name = given["name"]
    with absent_on(_NO_ROLE):
        role = search.account.client("iam").get_role(RoleName=name)["Role"]
    mine = search.owns(role.get("Tags"))
    return Found(id=search.only(ROLE, f"the role {name}", [name] if mine else [], [] if mine else [name]))


def _role_policy(search: Search, given: Inputs) -> Found:
    role, name = given["role"], given["name"]
    if not search.has(ROLE, role):
        raise Absent
    with absent_on(_NO_ROLE):
        search.account.client("iam").get_role_policy(RoleName=role, PolicyName=name)
    return Found(id=f"{role}:{name}")


def _bucket(search: Search, given: Inputs) -> Found:
    """Find a bucket. Its tags come with a second call, but nobody else hits on a name that Pulumi invents.

    Of one whose name nobody noted down, that call may never have been made: it is empty, then, and alone.
    """
    name, client = given["bucket"], search.client("s3", given)
    if not search.planned:
        _existing_bucket(search, client, name)
        tags = _tags_of_bucket(client, name)
        if tags and not search.owns(tags):
            raise NotOurs(f"the bucket {name} is there without the stack's tags")
        return Found(id=name)
    names = _alike(name, [each["Name"] for each in client.list_buckets()["Buckets"]])
    tags = {each: _tags_of_bucket(client, each) for each in names}
    mine = [each for each in names if search.owns(tags[each])]
    if not mine and (bare := [each for each in names if not tags[each]]):
        search.pause(_TAGGING_SECONDS)
        mine = [each for each in bare if not _tags_of_bucket(client, each) and _is_empty(client, each)]
        if len(mine) > 1:
            raise Unclear(f"{', '.join(sorted(mine))} are empty and have no tags: delete them, if nobody needs them")
    found = search.only(BUCKET, f"a bucket such as {name}", mine, ())
    return Found(id=found, inputs={"bucket": found})


def _is_empty(client: Any, name: str) -> bool:  # noqa: ANN401 - a boto3 client
    return not client.list_object_versions(Bucket=name, MaxKeys=1).keys() & {"Versions", "DeleteMarkers"}


def _existing_bucket(search: Search, client: Any, name: str) -> None:  # noqa: ANN401 - a boto3 client
    try:
        with absent_on(*_HEAD_MISSING):
            client.head_bucket(Bucket=name, ExpectedBucketOwner=search.account.id)
    except ClientError as problem:
        if code_of(problem) == "403":
            raise NotOurs(f"the bucket {name} is another account's") from None
        raise


def _tags_of_bucket(client: Any, name: str) -> list[Mapping[str, str]]:  # noqa: ANN401 - a boto3 client
    try:
        return client.get_bucket_tagging(Bucket=name)["TagSet"]
    except ClientError as problem:
        if code_of(problem) in ("NoSuchTagSet", "NoSuchBucket"):
            return []
        raise


def _alike(name: str, others: list[str]) -> list[str]:
    """Choose the names that differ from a name in what Pulumi invents alone."""
    stem = _INVENTED.sub("", name)
    return [each for each in others if _INVENTED.search(each) and _INVENTED.sub("", each) == stem]


def _setting_of_bucket(operation: str) -> Finder:
    def find(search: Search, given: Inputs) -> Found:
        bucket = given["bucket"]
        if not search.has(BUCKET, bucket):
            raise Absent
        with absent_on(*_NOTHING_SET):
            answer = getattr(search.client("s3", given), operation)(Bucket=bucket)
        if operation == "get_bucket_versioning" and not answer.get("Status"):
            raise Absent
        return Found(id=bucket)

    return find


def _object(search: Search, given: Inputs) -> Found:
    bucket, key = given["bucket"], given["key"]
    if not search.has(BUCKET, bucket):
        raise Absent
    with absent_on(*_HEAD_MISSING):
        search.client("s3", given).head_object(Bucket=bucket, Key=key)
    return Found(id=key)


def _stack(search: Search, given: Inputs) -> Found:
    client, name = search.client("cloudformation", given), given["name"]
    there = _stacks(search, given, name)
    mine = [each["StackId"] for each in there if search.owns(each.get("Tags"))]
    found = search.only(
        STACK, f"the stack {name}", mine, [each["StackId"] for each in there if each["StackId"] not in mine]
    )
    _settle_stack(search, found, given)
    described = _described(client, found)
    if described and described["StackStatus"] in _FAILED_STACK:
        client.delete_stack(StackName=found)
        _settle_stack(search, found, given)
        described = None
    if not described:
        raise Absent
    return Found(id=found, inputs={"name": described["StackName"]})


def _stacks(search: Search, given: Inputs, name: str) -> list[Mapping[str, Any]]:
    if search.planned:
        listed = search.pages("cloudformation", "describe_stacks", "Stacks", given)
        names = _alike(name, [each["StackName"] for each in listed])
        return [each for each in listed if each["StackName"] in names]
    described = _described(search.client("cloudformation", given), name)
    if not described:
        raise Absent
    return [described]


def _described(client: Any, name: str) -> Mapping[str, Any] | None:  # noqa: ANN401 - a boto3 client
    """Describe a stack; None where there is none (source: CloudFormation API reference, DescribeStacks, Errors)."""
    try:
        found: Mapping[str, Any] = client.describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as problem:
        if code_of(problem) == "ValidationError" and "does not exist" in str(problem):
            return None
        raise
    return None if found["StackStatus"] == "DELETE_COMPLETE" else found


def _settle_stack(search: Search, identity: str, given: Inputs) -> None:
    client = search.client("cloudformation", given)

    def settled() -> bool:
        found = _described(client, identity)
        return not found or not found["StackStatus"].endswith("_IN_PROGRESS")

    search.until(settled)


def release_stack(search: Search, identity: str, given: Inputs) -> bool:
    """Delete a stack that AWS failed to delete, without what stood in its way, and say whether there was such a one.

    What accepts a share cannot be deleted once the portfolio is gone, and then there is nothing left to delete.
    """
    client = search.client("cloudformation", given)
    described = _described(client, identity)
    if not described or described["StackStatus"] != "DELETE_FAILED":
        return False
    resources = client.describe_stack_resources(StackName=identity)["StackResources"]
    stuck = [each["LogicalResourceId"] for each in resources if each["ResourceStatus"] != "DELETE_COMPLETE"]
    client.delete_stack(StackName=identity, RetainResources=stuck)
    _settle_stack(search, identity, given)
    return True


def _stack_set(search: Search, given: Inputs) -> Found:
    name, calling = given["name"], {"CallAs": given.get("callAs", "SELF")}
    with absent_on(_NO_STACK_SET):
        found = search.client("cloudformation", given).describe_stack_set(StackSetName=name, **calling)["StackSet"]
    mine = search.owns(found.get("Tags"))
    return Found(id=search.only(STACK_SET, f"the stack set {name}", [name] if mine else [], [] if mine else [name]))


def _instances(search: Search, given: Inputs) -> Found:
    name, calling = given["stackSetName"], given.get("callAs", "SELF")
    if not search.has(STACK_SET, name):
        raise Absent
    targets: Mapping[str, Any] = given.raw("deploymentTargets") or {}
    units = bool(targets.get("organizationalUnitIds"))
    identity = f"{name},{calling},{'OU' if units else ''}"
    _settle_stack_set(search, name, given)
    with absent_on(_NO_STACK_SET):
        there = search.client("cloudformation", given).list_stack_instances(StackSetName=name, CallAs=calling)
    if not there["Summaries"]:
        raise Absent
    return Found(id=identity)


def _settle_stack_set(search: Search, identity: str, given: Inputs) -> None:
    name, calling = identity.partition(",")[0], given.get("callAs", "SELF")

    def settled() -> bool:
        try:
            listed = search.pages(
                "cloudformation", "list_stack_set_operations", "Summaries", given, StackSetName=name, CallAs=calling
            )
        except ClientError as problem:
            if code_of(problem) == _NO_STACK_SET:
                return True
            raise
        return not any(each["Status"] in ("RUNNING", "QUEUED", "STOPPING") for each in listed)

    search.until(settled)


def _organizations_access(search: Search, given: Inputs) -> Found:
    del given
    if search.account.client("servicecatalog").get_aws_organizations_access_status()["AccessStatus"] != "ENABLED":
        raise Absent
    return Found(id=search.account.id)


def _service_access(search: Search, given: Inputs) -> Found:
    service = given["servicePrincipal"]
    listed = search.account.pages(
        "organizations", "list_aws_service_access_for_organization", "EnabledServicePrincipals"
    )
    if service not in {each["ServicePrincipal"] for each in listed}:
        raise Absent
    return Found(id=service)


def _administrator(search: Search, given: Inputs) -> Found:
    account, service = given["accountId"], given["servicePrincipal"]
    listed = search.account.pages(
        "organizations", "list_delegated_administrators", "DelegatedAdministrators", ServicePrincipal=service
    )
    if account not in {each["Id"] for each in listed}:
        raise Absent
    return Found(id=f"{account}/{service}")


FINDERS: Final[Mapping[str, Finder]] = {
    ROLE: _role,
    ROLE_POLICY: _role_policy,
    BUCKET: _bucket,
    OBJECT: _object,
    STACK: _stack,
    STACK_SET: _stack_set,
    INSTANCES: _instances,
    "aws:servicecatalog/organizationsAccess:OrganizationsAccess": _organizations_access,
    "aws:organizations/awsServiceAccess:AwsServiceAccess": _service_access,
    "aws:organizations/delegatedAdministrator:DelegatedAdministrator": _administrator,
    **{kind: _setting_of_bucket(operation) for kind, operation in _BUCKET_SETTINGS.items()},
}
SETTLERS: Final[Mapping[str, Settler]] = {
    STACK: _settle_stack,
    STACK_SET: _settle_stack_set,
    INSTANCES: _settle_stack_set,
}
