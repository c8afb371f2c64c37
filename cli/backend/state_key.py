"""The key that opens the secrets of all stacks."""

from collections.abc import Iterator, Sequence
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

    def __init__(self, session: Session, alias: str, policy: Sequence[Statement], *, replace: bool) -> None:
        """Take who looks, the alias, what its policy is to hold, and whether other statements are replaced."""
        self._kms = session.client("kms")
        self._alias = f"alias/{alias}"
        self._wanted = policy
        self._replace = replace
        self.arn = ""

    @property
    def id(self) -> str:
        """The key's id; empty while there is none."""
        return self.arn.rpartition("/")[2]

    def steps(self) -> Iterator[Step]:
        """List what is looked at."""
        yield Step(f"key {self._alias}", self._find, self._make)
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
        )
        self.arn = made["KeyMetadata"]["Arn"]
        try:
            self._kms.create_alias(AliasName=self._alias, TargetKeyId=self.id)
        except ClientError:
            self._kms.schedule_key_deletion(KeyId=self.id, PendingWindowInDays=7)  # nobody would find it again
            raise
        return self.arn

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
