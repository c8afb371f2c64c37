"""Keys that contracts are signed with, and contracts that are signed."""

import base64
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from shared.catalog import contract
from shared.catalog.signature import Signature, digest_of, key_id, sign_with, statement

ISSUED = "2026-11-26T09:00:00.000+00:00"


class Pair:
    """A pair of keys."""

    def __init__(self, private: Any) -> None:  # noqa: ANN401 - a key of either kind
        self.private = private
        der = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self.public = base64.b64encode(der).decode()

    @property
    def pem(self) -> bytes:
        """The private key as a file has it."""
        return self.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def signed(self, document: dict[str, Any], issued: str = ISSUED) -> dict[str, Any]:
        """Sign a contract."""
        key = key_id(self.public)
        value = sign_with(self.private, statement(digest_of(document), issued, key))
        return contract.signed(document, Signature(key=key, issued=issued, value=base64.b64encode(value).decode()))


ED25519 = Pair(ed25519.Ed25519PrivateKey.generate())
P256 = Pair(ec.generate_private_key(ec.SECP256R1()))
P384 = Pair(ec.generate_private_key(ec.SECP384R1()))
OTHER = Pair(ed25519.Ed25519PrivateKey.generate())
