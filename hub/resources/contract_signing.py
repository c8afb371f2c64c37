"""Signs the hub's contract, so that spokes know who wrote it."""

import base64
import datetime as dt
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Protocol

import pulumi
from botocore.exceptions import BotoCoreError, ClientError

from hub.config import HubSettings, SigningSetting
from shared.aws.arn import Arn
from shared.aws.session import AccountSession, error_text
from shared.catalog import contract
from shared.catalog.signature import (
    Signature,
    digest_of,
    is_signed_with,
    key_id,
    kms_algorithm,
    sign_with,
    signature_in,
    statement,
)
from shared.errors import ConfigError, ContractError
from shared.stack.names import CATALOG_OUTPUT

KEY_FILE: Final = "MODEL_CATALOG_SIGNING_KEY_FILE"
KEY: Final = "MODEL_CATALOG_SIGNING_KEY"
"""In the environment: where the private key is, in PEM, or the key itself."""


class Signer(Protocol):
    """Whatever has the private key."""

    def sign(self, message: bytes) -> bytes:
        """Sign. Raises ContractError."""
        ...


class KmsSigner:
    """A key that never leaves AWS KMS."""

    def __init__(self, settings: HubSettings, signing: SigningSetting, *, where: str) -> None:
        """Look whether the key is the one that spokes know.

        Raises:
            ConfigError: it is another one, or cannot be asked for its public key.
        """
        self._key, self._algorithm = str(signing.kms_key), kms_algorithm(signing.public_key)
        self._where = f"{where}: signing.kmsKey"
        self._kms: Any = AccountSession(settings, where=where).client("kms", Arn.parse(self._key).region)
        try:
            found = base64.b64encode(self._kms.get_public_key(KeyId=self._key)["PublicKey"]).decode()
        except (BotoCoreError, ClientError) as problem:
            raise ConfigError(
                f"cannot be asked for its public key. Let the hub's deployer use it (docs/iam/contract-signer.json). "
                f"AWS says: {error_text(problem)}",
                code="signing-key-out-of-reach",
                place=self._where,
            ) from None
        _refuse_another(found, signing, self._where)

    def sign(self, message: bytes) -> bytes:
        """Let KMS sign."""
        try:
            return self._kms.sign(
                KeyId=self._key, Message=message, MessageType="RAW", SigningAlgorithm=self._algorithm
            )["Signature"]
        except (BotoCoreError, ClientError) as problem:
            raise ContractError(
                f"does not sign the contract, so spokes keep to the one before. Let the hub's deployer use it, then "
                f"run the hub again: model-catalog stack up hub. AWS says: {error_text(problem)}",
                code="contract-not-signable",
                place=self._where,
            ) from None


class KeySigner:
    """A private key of the platform team's."""

    def __init__(self, signing: SigningSetting, *, where: str) -> None:
        """Read it from the environment.

        Raises:
            ConfigError: it is not there, is none, or is another one than spokes know.
        """
        from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - slow to load, and most hubs do without

        place = f"{where}: signing"
        try:
            self._key: Any = serialization.load_pem_private_key(_private_key(), password=None)
            form = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
            found = base64.b64encode(self._key.public_key().public_bytes(*form)).decode()
        except (OSError, ValueError, TypeError):
            raise ConfigError(
                f"the private key cannot be read. Set {KEY_FILE} to the path of a file with it, in PEM and without a "
                f"password; or use a key of AWS KMS: signing.kmsKey.",
                code="signing-key-out-of-reach",
                place=place,
            ) from None
        _refuse_another(found, signing, place)

    def sign(self, message: bytes) -> bytes:
        """Sign."""
        return sign_with(self._key, message)


def signer_of(settings: HubSettings, *, where: str) -> Signer | None:
    """Find the key before anything is made; None where nothing is signed: a preview needs no private key.

    Raises:
        ConfigError: the key is out of reach, or is not the one that spokes know.
    """
    signing = settings.signing
    if signing is None or pulumi.runtime.is_dry_run():
        return None
    return KmsSigner(settings, signing, where=where) if signing.kms_key else KeySigner(signing, where=where)


def signed_contract(
    signing: SigningSetting | None, signer: Signer | None, document: pulumi.Output[dict[str, Any]]
) -> pulumi.Output[dict[str, Any]]:
    """Sign a contract; while its content stays, so does its signature, and nothing changes.

    ECDSA gives another signature each time, so the one before is kept: it is in the outputs that the stack has from its
    last run. A preview signs nothing.
    """
    if signing is None:
        return document
    own = f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}"
    before = pulumi.StackReference("published-before", stack_name=own).get_output(CATALOG_OUTPUT)
    return pulumi.Output.all(document, before).apply(lambda both: with_signature(both[0], both[1], signing, signer))


def with_signature(
    document: dict[str, Any], before: Mapping[str, Any] | None, signing: SigningSetting, signer: Signer | None
) -> dict[str, Any]:
    """Give a contract with a signature: the one before, where it is good still, and else a new one.

    Args:
        document: The contract.
        before: The one that was published last; None where there is none.
        signing: With which key.
        signer: Whoever has the private key; None in a preview, which leaves the value empty.

    Raises:
        ContractError: the key does not sign.
    """
    former = signature_in(before or {})
    if former and _still_good(document, former, signing):
        return contract.signed(document, former)
    issued = dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")
    key = key_id(signing.public_key)
    if signer is None:
        return contract.signed(document, Signature(key=key, issued="by the update", value=""))
    value = base64.b64encode(signer.sign(statement(digest_of(document), issued, key))).decode()
    return contract.signed(document, Signature(key=key, issued=issued, value=value))


def _still_good(document: dict[str, Any], former: Signature, signing: SigningSetting) -> bool:
    recent = signing.since is None or former.issued_at.date() >= signing.since
    return recent and is_signed_with(signing.public_key, document, former)


def _private_key() -> bytes:
    """Give the private key as the environment has it. Raises OSError, also where it has none."""
    if path := os.environ.get(KEY_FILE):
        return Path(path).read_bytes()
    if text := os.environ.get(KEY):
        return text.encode()
    raise FileNotFoundError


def _refuse_another(found: str, signing: SigningSetting, where: str) -> None:
    if found != signing.public_key:
        raise ConfigError(
            f"its public key is {found}, and signing.publicKey says {signing.public_key}: spokes would refuse what it "
            f"signs. Correct the one that is wrong.",
            code="signing-key-of-another",
            place=where,
        )
