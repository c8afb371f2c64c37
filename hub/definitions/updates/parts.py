"""The parts of a template that a launch's values were put into: joined, looked into, and what they refer to."""

from collections.abc import Sequence
from typing import Any, Final, cast

UNDECIDED: Final = "Undecided"
"""Stands where a condition hangs on what only AWS knows, with both that it may come to."""
UNTOLD: Final = "Untold"
"""Stands for a value that nobody tells here, under its name."""
STORED: Final = "Stored"
"""Stands for a value that AWS keeps in the Parameter Store, under its name there."""

Json = dict[str, Any]


def joined(by: str, pieces: Sequence[object]) -> object:
    """Join texts; what is not known between them stays, and the same pieces come to the same."""
    found: list[object] = []
    for index, piece in enumerate(pieces):
        for part in (by, piece) if index and by else (piece,):
            for each in _pieces(part):
                if isinstance(each, str) and found and isinstance(found[-1], str):
                    found[-1] += each
                elif each != "":
                    found.append(each)
    if not found:
        return ""
    return found[0] if len(found) == 1 and isinstance(found[0], str) else {"Fn::Join": ["", found]}


def _pieces(part: object) -> list[object]:
    """Take a join without anything between its pieces apart again."""
    match part:
        case {"Fn::Join": ["", list()]}:
            return cast("dict[str, list[list[object]]]", part)["Fn::Join"][1]
        case _:
            return [part]


def is_open(node: object) -> bool:
    """Whether something in a part is known to AWS alone, or untold."""
    if isinstance(node, list):
        return any(is_open(item) for item in cast("list[object]", node))
    if not isinstance(node, dict):
        return "{{resolve:" in node if isinstance(node, str) else False
    return any(_is_function(key) or is_open(part) for key, part in cast("Json", node).items())


def is_undecided(node: object) -> bool:
    """Whether a part hangs on what only AWS decides, so that another form of it may come to the same value."""
    if isinstance(node, list):
        return any(is_undecided(item) for item in cast("list[object]", node))
    if not isinstance(node, dict):
        return False
    parts = cast("Json", node)
    return any(key in (UNDECIDED, UNTOLD, STORED) or is_undecided(part) for key, part in parts.items())


def references(node: object) -> set[tuple[str, str]]:
    """List what a part refers to: resources, each with the attribute that it asks for; empty for what Ref gives."""
    if isinstance(node, list):
        return {found for item in cast("list[object]", node) for found in references(item)}
    if not isinstance(node, dict):
        return set()
    parts = cast("Json", node)
    found = {each for part in parts.values() for each in references(part)}
    match parts:
        case {"Ref": str(name)} if len(parts) == 1:
            return {*found, (name, "")}
        case {"Fn::GetAtt": str(text)} if len(parts) == 1:
            name, _, attribute = text.partition(".")
            return {*found, (name, attribute)}
        case _:
            return found


def _is_function(key: str) -> bool:
    return key in ("Ref", UNTOLD, STORED, UNDECIDED) or key.startswith("Fn::")
