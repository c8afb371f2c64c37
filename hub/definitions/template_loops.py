"""Unrolls the loops of a template's language extensions (Template Reference, "Fn::ForEach")."""

import itertools
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from hub.definitions.template_values import map_in, parts_of

_EXTENSIONS: Final = "AWS::LanguageExtensions"
_LOOP: Final = "Fn::ForEach::"
_MOST: Final = 1000
"""Of what a loop makes; CloudFormation takes 500 resources."""

Body = dict[str, Any]


def macros_of(body: Mapping[str, Any]) -> list[str]:
    """Name the macros that a template declares."""
    declared = parts_of(body.get("Transform") or [])
    return [str(cast("Body", each).get("Name")) if isinstance(each, dict) else str(each) for each in declared]


def unrolled(body: object) -> object:
    """Unroll the loops of a template, if it is one that says that it has any."""
    if not isinstance(body, dict) or _EXTENSIONS not in macros_of(cast("Body", body)):
        return cast("object", body)
    return _unrolled(cast("Body", body), {}, cast("Body", body), itertools.count())


def _unrolled(node: object, names: Mapping[str, str], body: Mapping[str, Any], room: Iterator[int]) -> object:
    match node:
        case str():
            return _named(node, names)
        case list():
            return [_unrolled(item, names, body, room) for item in cast("list[object]", node)]
        case dict():
            found = Body()
            for key, value in cast("Body", node).items():
                if key.startswith(_LOOP):
                    found |= _loop(value, names, body, room)
                else:
                    found[_named(key, names)] = _unrolled(value, names, body, room)
            return names.get(str(found["Ref"]), found) if list(found) == ["Ref"] else found
        case _:
            return node


def _loop(argument: object, names: Mapping[str, str], body: Mapping[str, Any], room: Iterator[int]) -> Body:
    parts = parts_of(argument)
    if len(parts) != 3:  # noqa: PLR2004 - an identifier, a collection and what is repeated
        return {}
    found = Body()
    for value in _items(_unrolled(parts[1], names, body, room), body):
        if next(room) > _MOST:
            break
        found |= cast("Body", _unrolled(parts[2], {**names, str(parts[0]): value}, body, room))
    return found


def _items(collection: object, body: Mapping[str, Any]) -> list[str]:
    """List what a loop goes through; what only a launch knows is any text."""
    if isinstance(collection, list):
        return [text for item in cast("list[object]", collection) for text in _items(item, body)]
    if isinstance(collection, dict):
        name = cast("Body", collection).get("Ref")
        default: object = map_in(map_in(body, "Parameters"), str(name)).get("Default")
        return [item.strip() for item in str(default).split(",")] if default else ["*"]
    return [str(collection)]


def _named(text: str, names: Mapping[str, str]) -> str:
    for name, value in names.items():
        text = text.replace(f"${{{name}}}", value).replace(f"&{{{name}}}", re.sub("[^A-Za-z0-9]", "", value) or "Any")
    return text
