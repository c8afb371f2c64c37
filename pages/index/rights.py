"""Rights of a role in plain form: what each statement of its policy lets it do, where, and under which condition."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

from pages.index.version import Right

_PLACE = re.compile(r"^arn:[^:]*:(?P<service>[^:]*):(?P<region>[^:]*):(?P<account>[^:]*):(?P<resource>.*)$")


def rights(statements: Iterable[Mapping[str, Any]]) -> list[Right]:
    """Say what statements of a policy let their role do."""
    return [_right(statement) for statement in statements]


def _right(statement: Mapping[str, Any]) -> Right:
    actions, resources = _listed(statement.get("Action")), _listed(statement.get("Resource"))
    conditions = list(_conditions(statement.get("Condition") or {}))
    places = list(dict.fromkeys(map(_place, resources)))
    verb = "may" if statement["Effect"] == "Allow" else "may not"
    words = f"{verb} {_joined(actions)} on {_joined(places)}"
    if conditions:
        words += f", while {' and '.join(conditions)}"
    return Right(
        purpose=str(statement.get("Sid", "")),
        effect=statement["Effect"],
        actions=actions,
        resources=resources,
        conditions=conditions,
        words=words,
    )


def _conditions(found: Mapping[str, Mapping[str, object]]) -> Iterator[str]:
    for operator, tests in found.items():
        for key, values in tests.items():
            yield f"{key} {_in_words(operator)} {_joined(_listed(values), 'or')}"


def _in_words(operator: str) -> str:
    """Take an operator's name apart: `StringNotEquals` is `not equals`."""
    parts = re.findall("[A-Z][a-z]*", operator.rpartition(":")[2])
    said = [part.lower() for part in parts if part not in ("String", "Arn", "If", "Exists")] or ["is"]
    return " ".join("is like" if part == "like" else part for part in said)


def _place(resource: str) -> str:
    """Name a resource without its ARN, and say where it may be."""
    match = _PLACE.match(resource)
    if match is None:
        return "anything" if resource == "*" else resource
    where = " of this account" if match["account"] == "${AccountId}" else ""
    return f"{match['service']} {match['resource']}{where}"


def _joined(items: list[str], word: str = "and") -> str:
    return f" {word} ".join([", ".join(items[:-1]), items[-1]]) if len(items) > 1 else "".join(items)


def _listed(value: object) -> list[str]:
    return [str(item) for item in cast("list[object]", value)] if isinstance(value, list) else [str(value)]
