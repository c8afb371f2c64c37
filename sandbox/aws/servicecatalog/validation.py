"""Checks a request against AWS's own model of the service, as botocore ships it."""

import re
from functools import lru_cache
from typing import Any, cast

from botocore.model import ListShape, MapShape, Shape, StructureShape

from sandbox.aws.documents import Value
from sandbox.aws.servicecatalog.errors import ValidationException

_TYPES: dict[str, type | tuple[type, ...]] = {
    "structure": dict,
    "map": dict,
    "list": list,
    "string": str,
    "integer": int,
    "long": int,
    "boolean": bool,
    "timestamp": (int, float),
}


def validate(shape: StructureShape | None, request: object) -> None:
    """Refuse what has the wrong type or shape.

    Raises:
        ValidationException: with the text that AWS uses, naming the first faults.
    """
    faults: list[str] = []
    if shape is None:
        return
    _check(shape, request, "", faults)
    if faults:
        plural = "s" if len(faults) > 1 else ""
        raise ValidationException(f"{len(faults)} validation error{plural} detected: {'; '.join(faults[:10])}")


def _check(shape: Shape, value: Value, path: str, faults: list[str]) -> None:
    expected = _TYPES.get(shape.type_name)
    if (expected and (type(value) is bool) != (shape.type_name == "boolean")) or not isinstance(
        value, expected or object
    ):
        _fault(faults, value, path, f"Member must be of type {shape.type_name}")
    elif isinstance(shape, StructureShape):
        _check_structure(shape, value, path, faults)
    elif isinstance(shape, ListShape):
        _check_size(shape, len(value), value, path, faults)
        for number, item in enumerate(value, 1):
            _check(shape.member, item, f"{path}.{number}.member", faults)
    elif isinstance(shape, MapShape):
        _check_size(shape, len(value), value, path, faults)
        for key, item in value.items():
            _check(shape.key, key, f"{path}.key", faults)
            _check(shape.value, item, f"{path}.{key}", faults)
    elif shape.type_name == "string":
        _check_string(shape, value, path, faults)
    elif shape.type_name in ("integer", "long"):
        _check_size(shape, value, value, path, faults, what="value")


def _check_structure(shape: StructureShape, value: dict[str, Any], path: str, faults: list[str]) -> None:
    for name in shape.required_members:
        if value.get(name) is None:
            _fault(faults, None, _join(path, name), "Member must not be null")
    for name, member in shape.members.items():
        if value.get(name) is not None:
            _check(member, value[name], _join(path, name), faults)


def _check_string(shape: Shape, value: str, path: str, faults: list[str]) -> None:
    enum: list[str] = shape.metadata.get("enum", [])
    if enum and value not in enum:
        _fault(faults, value, path, f"Member must satisfy enum value set: [{', '.join(enum)}]")
        return
    _check_size(shape, len(value), value, path, faults)
    pattern = cast("str | None", shape.metadata.get("pattern"))
    if pattern and not _compiled(pattern).fullmatch(value):
        _fault(faults, value, path, f"Member must satisfy regular expression pattern: {pattern}")


def _check_size(shape: Shape, size: int, value: object, path: str, faults: list[str], what: str = "length") -> None:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if low is not None and size < low:
        _fault(faults, value, path, f"Member must have {what} greater than or equal to {low}")
    if high is not None and size > high:
        _fault(faults, value, path, f"Member must have {what} less than or equal to {high}")


def _fault(faults: list[str], value: object, path: str, rule: str) -> None:
    text = "null" if value is None else f"'{str(value)[:200]}'"
    faults.append(f"Value {text} at '{path or 'request'}' failed to satisfy constraint: {rule}")


def _join(path: str, name: str) -> str:
    member = name[:1].lower() + name[1:]
    return f"{path}.{member}" if path else member


@lru_cache
def _compiled(pattern: str) -> re.Pattern[str]:
    # The model's patterns are Java's; they differ from Python's in the names of character classes.
    return re.compile(pattern.replace(r"\p{L}\p{Z}\p{N}", r"\w\s"))
