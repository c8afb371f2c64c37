"""Turns the property structs of the Pulumi protocol into plain Python values and back."""

import enum
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

from google.protobuf import struct_pb2
from google.protobuf.json_format import MessageToDict

from sandbox.aws.documents import is_list, is_object

Value: TypeAlias = Any
"""Text, number, bool, list, dict, Asset or UNKNOWN; null is the same as absent, except in a list."""
State: TypeAlias = dict[str, Value]

DEFAULTS = "__defaults"
"""Key under which the inputs of an object list those that the program did not give."""
_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a type tag of the protocol
_ASSET = "c44067f5952c0a294b673a41bacd8c17"
_UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
_UNKNOWN_TEXTS = frozenset(
    {
        _UNKNOWN_TEXT,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # bool
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # number
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # array
        "030794c1-ac77-496b-92df-f27374a8bd58",  # asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # archive
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # object
    }
)


class _Unknown(enum.Enum):
    UNKNOWN = "unknown"


UNKNOWN: Final = _Unknown.UNKNOWN
"""Stands for a value that only a real run will know."""


@dataclass(frozen=True, slots=True)
class Asset:
    """A file or text of the program; its hash says whether it changed."""

    hash: str
    path: str = ""
    text: str = ""

    def content(self) -> bytes:
        """The bytes of the asset. Raises OSError if its file cannot be read."""
        return Path(self.path).read_bytes() if self.path else self.text.encode()


def is_known(value: Value) -> bool:
    """Whether no part of a value is UNKNOWN."""
    if is_object(value):
        return all(map(is_known, value.values()))
    if is_list(value):
        return all(map(is_known, value))
    return value is not UNKNOWN


def without_defaults(value: Value) -> Value:
    """A value without the lists of defaulted keys in it."""
    if is_object(value):
        return {key: without_defaults(part) for key, part in value.items() if key != DEFAULTS}
    if is_list(value):
        return [without_defaults(part) for part in value]
    return value


def decode(struct: struct_pb2.Struct) -> State:
    """Read an object. Secrets lose their mark: the engine puts it back on values of the same name."""
    return _decode(MessageToDict(struct))


def _decode(value: Value) -> Value:
    if is_list(value):
        return [_decode(part) for part in value]
    if is_object(value):
        fields = {key: part for key, raw in value.items() if (part := _decode(raw)) is not None}
        signature = fields.get(_SIGNATURE)
        if signature == _ASSET:
            return Asset(fields["hash"], fields.get("path", ""), fields.get("text", ""))
        return fields.get("value") if signature == _SECRET else fields
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return UNKNOWN if isinstance(value, str) and value in _UNKNOWN_TEXTS else value


def encode(state: State) -> struct_pb2.Struct:
    """Write an object."""
    struct = struct_pb2.Struct()
    struct.update(_encoded(state))
    return struct


def _encoded(value: Value) -> Value:
    if is_list(value):
        return [_encoded(part) for part in value]
    if is_object(value):
        return {key: _encoded(part) for key, part in value.items() if part is not None}
    if isinstance(value, Asset):
        source = {"path": value.path} if value.path else {"text": value.text}
        return {_SIGNATURE: _ASSET, "hash": value.hash, **source}
    return _UNKNOWN_TEXT if value is UNKNOWN else value
