"""Reads YAML as Pulumi's engine does, so that a value means the same to a program and to a command."""

import json
import math
import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, cast

import yaml

from shared.documents import Strict

_PLAIN: Final = "!plain"
_MERGE: Final = "tag:yaml.org,2002:merge"
_TAGS: Final = (_PLAIN, _MERGE, "tag:yaml.org,2002:str")
_WORDS: Final[Mapping[str, object]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_WHOLE: Final = re.compile(r"([-+]?)(?:0[bB]([01]+)|0[oO]?([0-7]+)|0[xX]([0-9a-fA-F]+)|([1-9][0-9]*|0))")
_BASES: Final = (2, 8, 16, 10)
_FRACTION: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_DAY: Final = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[Tt ](.+))?")
_NO_NUMBER: Final = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_FIRST: Final = "+-.0123456789"
"""What a number begins with."""
_LARGEST: Final = 2**63
_EXPONENT: Final = 1e21
"""From here on Go writes a number with an exponent."""


class EngineLoader(Strict, yaml.CSafeLoader):
    """A safe loader that differs from PyYAML's in what a value without quotes stands for.

    The engine's YAML is that of Go (source: gopkg.in/yaml.v3, resolve.go): `yes` is a text, `1:30` too, and `0o17` a
    number. A date arrives as text with the time of day. As there, a key given twice is refused.
    """

    yaml_implicit_resolvers: Any = {None: [(_MERGE, re.compile(r"<<$")), (_PLAIN, re.compile(""))]}

    reads_another = False
    """Whether a value without quotes was read as another text than what stands there."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:  # noqa: ANN401, FBT001, FBT002 - PyYAML's own signature
        """Give a node's value. A tag is refused, since Go knows other ones."""
        if isinstance(node, yaml.ScalarNode) and node.tag not in _TAGS:
            raise yaml.constructor.ConstructorError(
                problem=f"{node.value[:60]!r} has the tag {node.tag}. Write the value without it",
                problem_mark=node.start_mark,
            )
        return super().construct_object(node, deep)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 - as above
        """Give a map. A key that is nothing is refused, since Go has a name for it."""
        for key, _ in node.value:
            if key.tag == _PLAIN and _WORDS.get(key.value, key) is None:
                raise yaml.constructor.ConstructorError(
                    problem="a key is nothing. Write it in quotes", problem_mark=key.start_mark
                )
        return super().construct_mapping(node, deep)


def _plain(loader: EngineLoader, node: yaml.ScalarNode) -> object:
    if _NO_NUMBER.fullmatch(node.value):
        raise yaml.constructor.ConstructorError(
            problem=f"{node.value} is a number that no setting can have. Write text in quotes",
            problem_mark=node.start_mark,
        )
    value = _read(node.value)
    loader.reads_another |= as_text(value) != node.value
    return value


def _read(text: str) -> object:
    if text in _WORDS:
        return _WORDS[text]
    digits = text.replace("_", "") if text[0] in _FIRST else ""
    if match := _WHOLE.fullmatch(digits):
        sign, *numbers = match.groups()
        number = next(int(sign + found, base) for found, base in zip(numbers, _BASES, strict=True) if found)
        if -_LARGEST <= number < _LARGEST:
            return number
    if _FRACTION.fullmatch(digits) and math.isfinite(fraction := float(digits)):
        return _real(fraction)
    return _moment(match, text) if (match := _DAY.fullmatch(text)) else text


def _real(number: float) -> object:
    """Give a number without a fraction as the whole one that the engine writes."""
    return int(Decimal(repr(number))) if number.is_integer() and abs(number) < _EXPONENT else number


def _moment(match: re.Match[str], text: str) -> str:
    """Write a date as the engine does, which takes it for the first moment of the day."""
    year, month, day, time = match.groups("")
    try:
        moment = datetime.fromisoformat(f"{year}-{month:0>2}-{day:0>2}T{time or '00:00:00'}")
    except ValueError:
        return text
    offset = f"{moment:%z}" if moment.utcoffset() else ""
    return f"{moment:%Y-%m-%d %H:%M:%S} {offset or '+0000'} {offset or 'UTC'}"


def read(content: bytes | str) -> tuple[object, yaml.Node | None]:
    """Read a document.

    Returns:
        Its content; and its tree, where a value without quotes was read as another than what stands there.

    Raises:
        yaml.YAMLError: it is none, or holds a value that is none.
        Mistake: it is beyond a limit.
    """
    loader = EngineLoader(content)
    try:
        node = loader.get_single_node()
        found: object = cast("Any", loader).construct_document(node) if node is not None else None
        return found, node if loader.reads_another else None
    finally:
        loader.dispose()


def plain_text(node: yaml.ScalarNode) -> str | None:
    """Give the text that a program gets for a value; None for nothing."""
    value = _read(node.value) if node.tag == _PLAIN else node.value
    return None if value is None else as_text(value)


def as_text(value: object) -> str:
    """Write a value as the engine hands a setting to a program: as text, and lists and maps as JSON.

    Raises:
        ValueError: JSON has no way to write it.
    """
    match value:
        case None:
            return ""
        case bool() | list() | dict():
            return json.dumps(value, ensure_ascii=False, allow_nan=False)
        case _:
            return str(value)


EngineLoader.add_constructor(_PLAIN, _plain)  # pyright: ignore[reportUnknownMemberType] - untyped in its stubs
EngineLoader.add_constructor(_MERGE, lambda _, node: node.value)  # pyright: ignore[reportUnknownMemberType, reportUnknownLambdaType] - as above
