"""The key that opens the secrets of all stacks."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from botocore.exceptions import ClientError

from cli.backend.policy_statements import Statement, compared, completed
from cli.backend.steps import Found, Step
from shared.aws.session import Session, code_of
from shared.errors import ConfigError

_POLICY: Final = "default"
"""The only name that a key's policy can have (source: KMS API reference, PutKeyPolicy)."""


class StateKey:
    """A key of KMS by its alias.

    Attributes:
        arn: Once it is found or made.
    """

    def __init__(
        self, session: Session, alias: str, policy: Sequence[Statement], tags: Mapping[str, str], *, replace: bool
    ) -> None:
        """Take who looks, the alias, what its policy is to hold, its tags, and whether statements are replaced."""
        self._kms = session.client("kms")
        self._alias = f"alias/{alias}"
        self._wanted = policy
        self._tags = tags
        self._replace = replace
        self.arn = ""

    @property
    def id(self) -> str:
        """The key's id; empty while there is none."""
        return self.arn.rpartition("/")[2]

    def steps(self) -> Iterator[Step]:
        """List what is looked at."""
        yield Step(f"key {self._alias}", self._find, self._make)
        if self._tags:
            yield Step("its tags", self._find_tags, self._tag)
        yield Step("its yearly rotation", self._find_rotation, self._rotate)
        yield Step("its policy", self._find_policy, self._put_policy)

    def _find(self) -> Found:
        try:
            key: dict[str, Any] = self._kms.describe_key(KeyId=self._alias)["KeyMetadata"]
        except ClientError as problem:
            if code_of(problem) != "NotFoundException":
                raise
            return Found(complete=False)
        usage = key.get("KeyUsage", "ENCRYPT_DECRYPT")
        if key["KeyState"] != "Enabled" or usage != "ENCRYPT_DECRYPT" or key.get("KeyManager", "CUSTOMER") == "AWS":
            raise ConfigError(
                f"is a key that secrets cannot be closed with: {key['KeyState']}, for {usage}, of "
                f"{key.get('KeyManager', 'CUSTOMER')}. Enable it, or choose another alias: --alias NAME.",
                code="key-not-usable",
                place=self._alias,
            )
        self.arn = key["Arn"]
        return Found(complete=True, text=self.arn)

    def _make(self) -> str:
        # Its own policy lets the account's administrators in, and cannot be left out of the first one.
        made = self._kms.create_key(
            Description="Opens the secrets of the model catalog's stacks.",
            Policy=completed("", self._wanted, replace=True),
            Tags=[{"TagKey": key, "TagValue": value} for key, value in self._tags.items()],
        )
        self.arn = made["KeyMetadata"]["Arn"]
        try:
            self._kms.create_alias(AliasName=self._alias, TargetKeyId=self.id)
        except ClientError:
            self._kms.schedule_key_deletion(KeyId=self.id, PendingWindowInDays=7)  # nobody would find it again
            raise
        return self.arn

    def _find_tags(self) -> Found:
        there: list[dict[str, str]] = self._kms.list_resource_tags(KeyId=self.id)["Tags"] if self.arn else []
        return Found(self._tags.items() <= {each["TagKey"]: each["TagValue"] for each in there}.items())

    def _tag(self) -> str:
        tags = [{"TagKey": key, "TagValue": value} for key, value in self._tags.items()]
        self._kms.tag_resource(KeyId=self.id, Tags=tags)
        return ", ".join(self._tags)

    def _find_rotation(self) -> Found:
        return Found(complete=bool(self.arn and self._kms.get_key_rotation_status(KeyId=self.id)["KeyRotationEnabled"]))

    def _rotate(self) -> str:
        self._kms.enable_key_rotation(KeyId=self.id)
        return ""

    def _find_policy(self) -> Found:
        policy = self._kms.get_key_policy(KeyId=self.id, PolicyName=_POLICY)["Policy"] if self.arn else ""
        found = compared(policy, self._wanted)
        return Found(not found.text, found.text, of_others=bool(found.other and not self._replace))

    def _put_policy(self) -> str:
        policy = self._kms.get_key_policy(KeyId=self.id, PolicyName=_POLICY)["Policy"]
        self._kms.put_key_policy(
            KeyId=self.id, PolicyName=_POLICY, Policy=completed(policy, self._wanted, replace=self._replace)
        )
        return ""
