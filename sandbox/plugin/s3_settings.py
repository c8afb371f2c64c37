"""S3: the settings of a bucket that are resources of their own."""

from collections.abc import Collection
from typing import Any, ClassVar

from .failure import AWSError, Failure, Gone, doing, tolerating
from .properties import pick, same_policy, stored_policy
from .s3 import encryption_rule
from .schema import REGION, Operation, Resource, one_of, optional, required, settled
from .waits import passing, retry, until_gone
from .wire import State

_PROPAGATION = 120
"""Seconds."""


class _Setting(Resource):
    """A setting: one Put, one Get and one Delete call."""

    title: ClassVar[str]
    noun: ClassVar[str]
    """What is put, got and deleted."""
    absent: ClassVar[str] = ""
    """The error code that says that the bucket has no such setting."""
    retried: ClassVar[Collection[str]] = ("NoSuchBucket",)

    def wished(self, state: State) -> State:
        """What the Put call calls by another name than the property."""
        del state
        return {}

    def shown(self, answer: dict[str, Any]) -> State:
        """What the Get call answered as properties."""
        raise NotImplementedError

    def locate(self, op: Operation) -> None:
        bucket, _, owner = op.id.partition(",")
        op.new |= {"bucket": bucket, **({"expectedBucketOwner": owner} if owner else {})}

    def create(self, op: Operation) -> None:
        with doing(f"creating {self.title} ({op.new['bucket']})"):
            self.apply(op)
        owner = op.new.get("expectedBucketOwner")
        op.id = f"{op.new['bucket']},{owner}" if owner else op.new["bucket"]
        with doing(f"waiting for {self.title} ({op.id}) create"):
            retry(op.clock, _PROPAGATION, lambda: self.look(op), on=lambda error: isinstance(error, Gone))

    def read(self, op: Operation) -> State:
        with doing(f"reading {self.title} ({op.id})"):
            return {"bucket": op.new["bucket"], **self.shown(self.look(op))}

    def update(self, op: Operation) -> None:
        with doing(f"updating {self.title} ({op.id})"):
            self.apply(op)

    def delete(self, op: Operation) -> None:
        with doing(f"deleting {self.title} ({op.id})"), tolerating("NoSuchBucket", self.absent):
            self.send(op, "delete")
        with doing(f"waiting for {self.title} ({op.id}) delete"):
            until_gone(op.clock, _PROPAGATION, lambda: self.look(op))

    def send(self, op: Operation, verb: str, **more: object) -> dict[str, Any]:
        """Make one of the calls."""
        method = f"{verb}_{self.noun}"
        return op.call("s3", method, **op.arguments("s3", method, **more))

    def apply(self, op: Operation) -> None:
        """Make the Put call."""
        retry(
            op.clock,
            _PROPAGATION,
            lambda: self.send(op, "put", **self.wished(op.new)),
            on=passing(*self.retried),
        )

    def look(self, op: Operation) -> dict[str, Any]:
        """Make the Get call. Raises Gone if bucket or setting is missing."""
        try:
            return self.send(op, "get")
        except AWSError as error:
            if error.code in {"NoSuchBucket", self.absent}:
                raise Gone(str(error)) from error
            raise


class BucketVersioning(_Setting, of="s3"):
    """Whether a bucket keeps old versions."""

    properties = {
        "bucket": required(replaces=True),
        "versioningConfiguration": required(
            kind=dict,
            fields={
                "status": required(check=one_of("Enabled", "Suspended", "Disabled")),
                "mfaDelete": settled(check=one_of("Enabled", "Disabled")),
            },
        ),
        "mfa": optional(),
        "expectedBucketOwner": optional(replaces=True),
        **REGION,
    }
    title = "S3 Bucket Versioning"
    noun = "bucket_versioning"

    def foresee(self, op: Operation) -> Collection[str]:
        old, new = (state.get("versioningConfiguration", {}).get("status") for state in (op.old, op.new))
        if new == "Disabled" and old in {"Enabled", "Suspended"} and "bucket" not in op.changed:
            raise Failure(f"versioning_configuration.status cannot be updated from '{old}' to 'Disabled'")
        return ()

    def shown(self, answer: dict[str, Any]) -> State:
        delete = {"mfaDelete": answer["MFADelete"]} if answer.get("MFADelete") else {}
        return {"versioningConfiguration": {"status": answer.get("Status") or "Disabled", **delete}}

    def apply(self, op: Operation) -> None:
        if op.new["versioningConfiguration"]["status"] != "Disabled":
            super().apply(op)

    def delete(self, op: Operation) -> None:
        if op.old["versioningConfiguration"]["status"] != "Disabled":
            with doing(f"deleting {self.title} ({op.id})"), tolerating("NoSuchBucket"):
                self.send(op, "put", VersioningConfiguration={"Status": "Suspended"})


class BucketPublicAccessBlock(_Setting, of="s3"):
    """What of a bucket may be public."""

    flags = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
    properties = {
        "bucket": required(replaces=True),
        **dict.fromkeys(flags, optional(kind=bool, default=False)),
        **REGION,
    }
    title = "S3 Bucket Public Access Block"
    noun = "public_access_block"
    absent = "NoSuchPublicAccessBlockConfiguration"

    def wished(self, state: State) -> State:
        return {"PublicAccessBlockConfiguration": state}

    def shown(self, answer: dict[str, Any]) -> State:
        return {key: bool(flag) for key, flag in pick(answer["PublicAccessBlockConfiguration"], *self.flags).items()}


class BucketServerSideEncryptionConfiguration(_Setting, of="s3"):
    """How a bucket encrypts what it is given."""

    properties = {
        "bucket": required(replaces=True),
        "rules": required(
            kind=list,
            fields={
                "applyServerSideEncryptionByDefault": optional(
                    kind=dict,
                    fields={
                        "sseAlgorithm": required(check=one_of("AES256", "aws:kms", "aws:kms:dsse")),
                        "kmsMasterKeyId": optional(),
                    },
                ),
                "bucketKeyEnabled": optional(kind=bool),
            },
        ),
        "expectedBucketOwner": optional(replaces=True),
        **REGION,
    }
    title = "S3 Bucket Server-side Encryption Configuration"
    noun = "bucket_encryption"
    absent = "ServerSideEncryptionConfigurationNotFoundError"
    retried = ("NoSuchBucket", "OperationAborted")

    def wished(self, state: State) -> State:
        rules = [{"bucketKeyEnabled": False, **rule} for rule in state["rules"]]
        return {"ServerSideEncryptionConfiguration": {"rules": rules}}

    def shown(self, answer: dict[str, Any]) -> State:
        return {"rules": [encryption_rule(rule) for rule in answer["ServerSideEncryptionConfiguration"]["Rules"]]}

    def delete(self, op: Operation) -> None:
        with doing(f"deleting {self.title} ({op.id})"), tolerating("NoSuchBucket", self.absent):
            self.send(op, "delete")


class BucketPolicy(_Setting, of="s3"):
    """Who may do what with a bucket."""

    properties = {"bucket": required(replaces=True), "policy": required(same=same_policy), **REGION}
    title = "S3 Bucket Policy"
    noun = "bucket_policy"
    absent = "NoSuchBucketPolicy"
    retried = ("NoSuchBucket", "MalformedPolicy")

    def read(self, op: Operation) -> State:
        found = super().read(op)
        return {**found, "policy": stored_policy(found["policy"], op.new.get("policy"))}

    def shown(self, answer: dict[str, Any]) -> State:
        return pick(answer, "policy")
