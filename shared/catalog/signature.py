"""The signature of a contract: what is signed, in which form, and whether a key's owner signed it.

What is signed is a text of four lines that anybody can make without this program (docs/operations/signing.md). It holds
the digest of the contract's content, so that every kind of key can sign it as it is: AWS KMS takes 4,096 bytes (source:
KMS API reference, Sign).
"""

import base64
import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from typing import Annotated, Any, Final, cast

from pydantic import AfterValidator, BeforeValidator, Field

from shared.catalog.part import Part
from shared.errors import Mistake

_PURPOSE: Final = "model-catalog contract 1"
_APART: Final = ("content_hash", "signature")
"""What is no part of the content that is signed."""

_PEM_LINE: Final = "-----"


class UnfitKeyError(Exception):
    """A key is none that contracts are signed with: Ed25519, or ECDSA on a NIST curve."""


class Signature(Part):
    """A signature of a contract.

    Attributes:
        key: The digest of the public key that it can be checked with.
        issued: When this content was signed; as long as the content stays, the signature does.
        value: In base64; of an ECDSA key in DER.
    """

    key: str
    issued: str
    value: str

    @property
    def issued_at(self) -> dt.datetime:
        """When, as a moment. Raises ValueError."""
        return dt.datetime.fromisoformat(self.issued)


def canonical(document: Mapping[str, Any]) -> str:
    """Write a document in the one form that digests are made of: keys sorted, no spaces, UTF-8.

    A contract holds text, lists and maps alone, so there is nothing else to agree on.
    """
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest_of(document: Mapping[str, Any]) -> str:
    """Give the digest of a contract's content, of which its hash and its signature are no part."""
    content = {key: part for key, part in document.items() if key not in _APART}
    return f"sha256:{hashlib.sha256(canonical(content).encode(errors='surrogatepass')).hexdigest()}"


def statement(digest: str, issued: str, key: str) -> bytes:
    """Give the bytes that are signed."""
    return f"{_PURPOSE}\n{digest}\n{issued}\n{key}\n".encode()


def key_id(public_key: str) -> str:
    """Give the digest of a public key, by which a signature names it."""
    return f"sha256:{hashlib.sha256(base64.b64decode(public_key)).hexdigest()}"


def is_signed_with(public_key: str, document: Mapping[str, Any], signature: Signature) -> bool:
    """Say whether a signature is of a contract's content, and was made with the key that belongs to a public one."""
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - slow to load, and most runs do without

    if signature.key != key_id(public_key):
        return False
    key = loaded(public_key)
    try:
        signed = statement(digest_of(document), signature.issued, signature.key)
        value = base64.b64decode(signature.value, validate=True)
        key.verify(value, signed, *_scheme(key))
    except (InvalidSignature, ValueError):  # base64 that is none, or text that is none
        return False
    return True


def sign_with(private_key: Any, message: bytes) -> bytes:  # noqa: ANN401 - a key of either kind
    """Sign with a private key that is at hand."""
    return private_key.sign(message, *_scheme(private_key.public_key()))


def loaded(public_key: str) -> Any:  # noqa: ANN401 - a key of either kind
    """Read a public key.

    Raises:
        UnfitKeyError: it is none, or of a kind that is not taken.
    """
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives.serialization import load_der_public_key  # noqa: PLC0415 - as above

    try:
        key = load_der_public_key(base64.b64decode(public_key, validate=True))
    except (UnsupportedAlgorithm, ValueError):
        raise UnfitKeyError from None
    curves = (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1)
    if isinstance(key, ed25519.Ed25519PublicKey):
        return key
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, curves):
        return key
    raise UnfitKeyError


def kms_algorithm(public_key: str) -> str:
    """Name what KMS calls the way to sign with a key (source: KMS API reference, Sign)."""
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415 - as above

    key = loaded(public_key)
    return f"ECDSA_SHA_{_bits(key)}" if isinstance(key, ec.EllipticCurvePublicKey) else "ED25519_SHA_512"


def _scheme(key: Any) -> tuple[Any, ...]:  # noqa: ANN401 - a public key
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415 - as above

    if not isinstance(key, ec.EllipticCurvePublicKey):
        return ()
    return (ec.ECDSA({256: hashes.SHA256, 384: hashes.SHA384, 512: hashes.SHA512}[_bits(key)]()),)


def _bits(key: Any) -> int:  # noqa: ANN401 - a public key
    return {256: 256, 384: 384, 521: 512}[key.curve.key_size]


def _without_frame(value: object) -> object:
    """Take a key as PEM has it too, which is the same with a frame."""
    if not isinstance(value, str):
        return value
    lines = [line.strip() for line in value.splitlines()]
    return "".join(line for line in lines if not line.startswith(_PEM_LINE))


def _is_key(value: str) -> str:
    try:
        loaded(value)
    except UnfitKeyError:
        raise Mistake(
            "is no public key that contracts are signed with. Expected one of Ed25519, or of ECDSA on a NIST curve, as "
            "base64 of its DER form: what openssl pkey -pubout -outform DER | base64 -w0 prints, or aws kms "
            "get-public-key --query PublicKey --output text.",
            code="public-key-invalid",
        ) from None
    return value


PublicKey = Annotated[
    str,
    BeforeValidator(_without_frame),
    AfterValidator(_is_key),
    Field(
        description="a public key in base64",
        examples=["MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE="],
    ),
]


def signature_in(document: Mapping[str, Any]) -> Signature | None:
    """Read a contract's signature; None where it has none that could be one."""
    found: object = document.get("signature")
    if not isinstance(found, Mapping):
        return None
    parts = cast("Mapping[str, object]", found)
    texts = {name: parts.get(name) for name in Signature.model_fields}
    if not all(isinstance(text, str) for text in texts.values()):
        return None
    signature = Signature.model_validate(texts)
    try:
        moment = signature.issued_at
    except ValueError:
        return None
    return signature if moment.tzinfo else None
