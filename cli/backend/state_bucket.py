"""The bucket that holds the states of all stacks."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from botocore.exceptions import ClientError

from cli.backend.policy_statements import Statement, compared, completed
from cli.backend.steps import Found, Step
from shared.aws.session import Session, code_of
from shared.errors import ConfigError

META: Final = ".pulumi/meta.yaml"
LAYOUT: Final = b"version: 1\n"
"""The layout of states that Pulumi gives a new backend (source: pulumi 3.250, backend/diy/meta.go)."""
_OURS: Final = (".pulumi/", ".fleet/")
_NO_CONSTRAINT: Final = "us-east-1"
"""The one region that is not named when a bucket is made there (source: S3 API reference, CreateBucket)."""
_PUBLIC: Final = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
_MISSING: Final = ("404", "NoSuchBucket", "NotFound", "NoSuchKey")


class StateBucket:
    """A bucket by its name, in an account and a region."""

    def __init__(
        self,
        session: Session,
        name: str,
        policy: Sequence[Statement],
        tags: Mapping[str, str],
        *,
        account: str,
        region: str,
        replace: bool,
    ) -> None:
        """Take who looks, the name, what its policy is to hold, its tags, and whether statements are replaced."""
        self._s3 = session.client("s3", region)
        self._name = name
        self._wanted = policy
        self._tags = tags
        self._region = region
        self._replace = replace
        self._own: dict[str, Any] = {"Bucket": name, "ExpectedBucketOwner": account}
        self._is_there = False

    def steps(self) -> Iterator[Step]:
        """List what is looked at; whoever may read it comes last."""
        yield Step(f"bucket {self._name}", self._find, self._make)
        if self._tags:
            yield Step("its tags", self._if_there(self._find_tags), self._tag)
        yield Step("its versions", self._if_there(self._find_versions), self._keep_versions)
        yield Step("its encryption", self._if_there(self._find_encryption), self._encrypt)
        yield Step("no public access", self._if_there(self._find_public), self._close)
        yield Step("no access lists", self._if_there(self._find_ownership), self._own_all)
        yield Step("its policy", self._if_there(self._find_policy), self._put_policy)
        yield Step(f"the backend's description, {META}", self._if_there(self._find_meta), self._write_meta)

    def _if_there(self, look: Callable[[], Found]) -> Callable[[], Found]:
        return lambda: look() if self._is_there else Found(complete=False)

    def _find(self) -> Found:
        try:
            answer = self._s3.head_bucket(**self._own)
        except ClientError as problem:
            if code_of(problem) in _MISSING:
                return Found(complete=False)
            if code_of(problem) in ("403", "AccessDenied", "Forbidden"):
                raise ConfigError(
                    "is another account's, or these credentials may not look at it. Names of buckets are given once in "
                    "the world: choose another one, or sign in as an administrator.",
                    code="bucket-of-others",
                    place=self._name,
                ) from None
            raise
        self._is_there = True
        self._refuse_other_region(answer)
        self._refuse_other_use()
        return Found(complete=True, text=self._region)

    def _refuse_other_region(self, answer: dict[str, Any]) -> None:
        where = answer.get("BucketRegion") or self._s3.get_bucket_location(**self._own)["LocationConstraint"]
        if (where or _NO_CONSTRAINT) != self._region:
            raise ConfigError(
                f"is in {where or _NO_CONSTRAINT}, and {self._region} is wanted. Say where it is: --region "
                f"{where or _NO_CONSTRAINT}.",
                code="bucket-elsewhere",
                place=self._name,
            )

    def _refuse_other_use(self) -> None:
        """Refuse a bucket with other things in it, since deployers of the whole organization get at all of it."""
        first = [each["Key"] for each in self._s3.list_objects_v2(**self._own, MaxKeys=1).get("Contents", [])]
        ours = any(self._s3.list_objects_v2(**self._own, Prefix=each, MaxKeys=1).get("KeyCount") for each in _OURS)
        if first and not ours:
            raise ConfigError(
                f"holds other things, {first[0]} for example, and every deployer of the organization would get at "
                f"them. Choose a bucket for states alone; this command makes it.",
                code="bucket-in-other-use",
                place=self._name,
            )

    def _make(self) -> str:
        where = {} if self._region == _NO_CONSTRAINT else {"LocationConstraint": self._region}
        self._s3.create_bucket(Bucket=self._name, **({"CreateBucketConfiguration": where} if where else {}))
        self._is_there = True
        return self._region

    def _tags_there(self) -> dict[str, str]:
        found = self._answer(self._s3.get_bucket_tagging, "NoSuchTagSet").get("TagSet", [])
        return {each["Key"]: each["Value"] for each in found}

    def _find_tags(self) -> Found:
        return Found(self._tags.items() <= self._tags_there().items())

    def _tag(self) -> str:
        # The call writes all of them, those of others too.
        tags = [{"Key": key, "Value": value} for key, value in {**self._tags_there(), **self._tags}.items()]
        self._s3.put_bucket_tagging(**self._own, Tagging={"TagSet": tags})
        return ", ".join(self._tags)

    def _find_versions(self) -> Found:
        return Found(self._s3.get_bucket_versioning(**self._own).get("Status") == "Enabled")

    def _keep_versions(self) -> str:
        self._s3.put_bucket_versioning(**self._own, VersioningConfiguration={"Status": "Enabled"})
        return ""

    def _find_encryption(self) -> Found:
        found = self._answer(self._s3.get_bucket_encryption, "ServerSideEncryptionConfigurationNotFoundError")
        rules = found.get("ServerSideEncryptionConfiguration", {}).get("Rules", [])
        kinds = [each.get("ApplyServerSideEncryptionByDefault", {}).get("SSEAlgorithm", "") for each in rules]
        return Found(any(kinds), ", ".join(filter(None, kinds)))

    def _encrypt(self) -> str:
        rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
        self._s3.put_bucket_encryption(**self._own, ServerSideEncryptionConfiguration={"Rules": [rule]})
        return "AES256"

    def _find_public(self) -> Found:
        found = self._answer(self._s3.get_public_access_block, "NoSuchPublicAccessBlockConfiguration")
        blocked = found.get("PublicAccessBlockConfiguration", {})
        return Found(all(blocked.get(each) for each in _PUBLIC))

    def _close(self) -> str:
        self._s3.put_public_access_block(**self._own, PublicAccessBlockConfiguration=dict.fromkeys(_PUBLIC, True))
        return ""

    def _find_ownership(self) -> Found:
        found = self._answer(self._s3.get_bucket_ownership_controls, "OwnershipControlsNotFoundError")
        rules = found.get("OwnershipControls", {}).get("Rules", [])
        return Found(any(each.get("ObjectOwnership") == "BucketOwnerEnforced" for each in rules))

    def _own_all(self) -> str:
        rules = {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
        self._s3.put_bucket_ownership_controls(**self._own, OwnershipControls=rules)
        return ""

    def _policy(self) -> str:
        return str(self._answer(self._s3.get_bucket_policy, "NoSuchBucketPolicy").get("Policy", ""))

    def _find_policy(self) -> Found:
        found = compared(self._policy(), self._wanted)
        return Found(not found.text, found.text, of_others=bool(found.other and not self._replace))

    def _put_policy(self) -> str:
        policy = completed(self._policy(), self._wanted, replace=self._replace)
        self._s3.put_bucket_policy(**self._own, Policy=policy)
        return f"{len(json.loads(policy)['Statement'])} statements"

    def _find_meta(self) -> Found:
        if self._s3.list_objects_v2(**self._own, Prefix=META, MaxKeys=1).get("KeyCount"):
            return Found(complete=True)
        # Without a description states are in the layout of before there was one, and Pulumi reads them so.
        older = self._s3.list_objects_v2(**self._own, Prefix=".pulumi/", MaxKeys=1).get("KeyCount")
        return Found(bool(older), "an older layout, as it is: pulumi state upgrade changes it" if older else "")

    def _write_meta(self) -> str:
        try:
            self._s3.put_object(**self._own, Key=META, Body=LAYOUT, IfNoneMatch="*")
        except ClientError as problem:
            if code_of(problem) != "PreconditionFailed":  # or somebody has made the first stack meanwhile
                raise
        return ""

    def _answer(self, look: Callable[..., dict[str, Any]], nothing: str) -> dict[str, Any]:
        """Ask for a part of its configuration; nothing where it has none."""
        try:
            return look(**self._own)
        except ClientError as problem:
            if code_of(problem) != nothing:
                raise
            return {}
