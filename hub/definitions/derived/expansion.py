"""A template as CloudFormation builds it: loops unrolled, serverless resources replaced by what they stand for.

Other macros are their authors' programs, and what they make is not known here.
"""

import copy
import itertools
import logging
import os
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from hub.definitions.template_values import parts_of
from shared.errors import ContentError

EXTENSIONS: Final = "AWS::LanguageExtensions"
SERVERLESS: Final = "AWS::Serverless-2016-10-31"
LOOP: Final = "Fn::ForEach::"
_ARTIFACTS: Final = ("CodeUri", "ContentUri", "DefinitionUri", "Location", "ImageUri")
"""Properties of serverless resources that are files beside the template until these are packaged."""
_REGION: Final = "us-east-1"
_MOST: Final = 1000
"""Of what a loop makes."""

Body = dict[str, Any]


def macros_of(body: Mapping[str, Any]) -> list[str]:
    """Name the macros that a template declares."""
    declared = parts_of(body.get("Transform") or [])
    return [str(cast("Body", each).get("Name")) if isinstance(each, dict) else str(each) for each in declared]


def expanded(body: Mapping[str, Any], where: str) -> Body:
    """Replace the macros whose meaning is known.

    Raises:
        ContentError: the template is not one that they can work with.
    """
    found = cast("Body", unrolled(body))
    return _serverless(found, where) if SERVERLESS in macros_of(body) else found


def unrolled(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Unroll the loops of a template's language extensions."""
    if EXTENSIONS not in macros_of(body):
        return body
    room = itertools.count()
    return cast("Body", _unrolled(dict(body), {}, body, room))


def _unrolled(node: object, names: Mapping[str, str], body: Mapping[str, Any], room: Iterator[int]) -> object:
    match node:
        case str():
            return _named(node, names)
        case list():
            return [_unrolled(item, names, body, room) for item in cast("list[object]", node)]
        case dict():
            found = Body()
            for key, value in cast("Body", node).items():
                if key.startswith(LOOP):
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
        default = ((body.get("Parameters") or {}).get(name) or {}).get("Default") if isinstance(name, str) else None
        return [item.strip() for item in str(default).split(",")] if default else ["*"]
    return [str(collection)]


def _named(text: str, names: Mapping[str, str]) -> str:
    for name, value in names.items():
        text = text.replace(f"${{{name}}}", value).replace(f"&{{{name}}}", re.sub("[^A-Za-z0-9]", "", value) or "Any")
    return text


def _serverless(body: Body, where: str) -> Body:
    # Half a second, which nobody waits for whose templates have no such transform.
    from samtranslator.public import exceptions  # noqa: PLC0415  # pyright: ignore[reportMissingTypeStubs]
    from samtranslator.translator.transform import transform  # noqa: PLC0415  # pyright: ignore[reportMissingTypeStubs]

    logging.getLogger("samtranslator").setLevel(logging.CRITICAL)  # it tells of metrics that nobody collects
    os.environ.setdefault("AWS_DEFAULT_REGION", _REGION)  # it asks for one, to know the partition
    prepared = cast("Body", _packaged(copy.deepcopy(body)))
    try:
        found = cast("Any", transform)(prepared, {}, _ManagedPolicies())
    except exceptions.InvalidDocumentException as problem:
        causes = "; ".join(str(each.message) for each in problem.causes) or problem.message
        raise ContentError(
            f"the transform {SERVERLESS} cannot work with the template: {causes} Correct it.",
            code="template-not-transformed",
            place=where,
        ) from None
    return {**body, **found}


def _packaged(node: Any) -> object:  # noqa: ANN401 - any part of a template
    """Put addresses in the place of files that are still to be packaged, and truth values in that of their names."""
    if node in ("true", "false"):
        return node == "true"
    if isinstance(node, list):
        return [_packaged(item) for item in cast("list[object]", node)]
    if isinstance(node, dict):
        return {
            key: "s3://packaged/file"
            if key in _ARTIFACTS and isinstance(value, str) and "://" not in value
            else _packaged(value)
            for key, value in cast("Body", node).items()
        }
    return node


class _ManagedPolicies:
    """Tells the translator the ARNs of AWS's managed policies, of which any will do here."""

    def load(self) -> "_AnyPolicy":
        return _AnyPolicy()


class _AnyPolicy(dict[str, str]):
    def get(self, key: str, default: object = None) -> str:  # pyright: ignore[reportIncompatibleMethodOverride]
        del default
        return f"arn:aws:iam::aws:policy/{key}"
