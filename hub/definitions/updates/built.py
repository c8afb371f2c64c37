"""A template as CloudFormation builds it: its macros expanded, and its files where they are uploaded to."""

import copy
import json
from typing import Any, Final

from hub.definitions.derived.expansion import expanded
from hub.definitions.template_loops import macros_of
from hub.definitions.templates import Template
from hub.definitions.updates.parts import Json
from shared.errors import ContentError

_KNOWN_MACROS: Final = frozenset({"AWS::Serverless-2016-10-31", "AWS::LanguageExtensions"})
_BUCKET: Final = "templates"
"""Stands for the hub's bucket, of which only the same matters."""


class Unforeseeable(Exception):  # noqa: N818 - it ends a look ahead, and is no mistake
    """What a template builds is not known here; the message says why."""


def built(template: Template) -> Json:
    """Give the body of a template as it is built.

    Raises:
        Unforeseeable: a macro makes it that only AWS runs, or that cannot work with the template.
    """
    body: Json = copy.deepcopy(template.body)
    for each in template.packaged.references if template.packaged else ():
        try:
            _put(body, each.place, json.loads(each.written(_BUCKET, "amazonaws.com")))
        except (KeyError, IndexError, TypeError):  # a loop has moved it
            raise Unforeseeable(f"a loop of the template repeats {each.value}, a file that goes with it") from None
    if unknown := sorted(set(macros_of(body)) - _KNOWN_MACROS):
        raise Unforeseeable(f"{', '.join(unknown)} is a macro, and what it makes of the template only AWS knows")
    try:
        return expanded(body, str(template.path))
    except ContentError as problem:
        raise Unforeseeable(str(problem)) from None


def _put(body: Json, place: tuple[str | int, ...], value: object) -> None:
    node: Any = body
    for step in place[:-1]:
        node = node[step]
    node[place[-1]] = value
