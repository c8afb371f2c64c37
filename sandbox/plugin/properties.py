"""Turns what AWS answers into properties, and properties into what AWS is asked.

Their names are AWS's but for the case of their letters.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from botocore.model import ListShape, Shape, StructureShape

from .wire import State, Value, is_list, is_object


def pick(found: Mapping[str, Any], *names: str, **renamed: str) -> State:
    """Take properties from an answer: `pick(role, "path", name="RoleName")` takes `Path` and `RoleName`.

    Texts that the answer lacks are empty.
    """
    known = {name.lower(): value for name, value in found.items()}
    sources = {name: name for name in names} | renamed
    return {name: _plain(known.get(source.lower(), "")) for name, source in sources.items()}


def _plain(value: Any) -> Any:  # noqa: ANN401 - any part of an answer
    return value.strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(value, datetime) else value


def fitted(shape: Shape, value: Value) -> Value:
    """A property in the form of an operation's parameter; a map may stand for a list of keys and values."""
    if isinstance(shape, StructureShape) and is_object(value):
        parts = {key.lower(): part for key, part in value.items() if part is not None}
        known = {name: member for name, member in shape.members.items() if name.lower() in parts}
        return {name: fitted(member, parts[name.lower()]) for name, member in known.items()}
    if isinstance(shape, ListShape) and is_object(value):
        key_name = str(next(iter(cast("StructureShape", shape.member).members)))
        value_name = f"{key_name.removesuffix('Key')}Value"
        return [{key_name: key, value_name: part} for key, part in value.items()]
    if isinstance(shape, ListShape) and is_list(value):
        return [fitted(shape.member, part) for part in value]
    return value
