"""Reads IAM documents as resources have them."""

import json
from collections.abc import Iterator
from typing import Any, cast


def statements(document: object) -> Iterator[dict[str, Any]]:
    """Give the statements of a document, written as JSON or as an object; nothing while it is not known."""
    if isinstance(document, str):
        try:
            document = json.loads(document)
        except ValueError:
            return
    if isinstance(document, dict):
        found: object = cast("dict[str, object]", document).get("Statement", [])
        yield from cast("list[dict[str, Any]]", found if isinstance(found, list) else [found])


def listed(value: object) -> list[str]:
    """Give one text or many as a list."""
    return [value] if isinstance(value, str) else cast("list[str]", value or [])


def condition_keys(statement: dict[str, Any]) -> set[str]:
    """Name what a statement's conditions look at, in small letters."""
    conditions: dict[str, dict[str, Any]] = statement.get("Condition") or {}
    return {key.lower() for tests in conditions.values() for key in tests}


def services(statement: dict[str, Any]) -> list[str]:
    """Name the services that a trust statement lets in."""
    principal: object = statement.get("Principal")
    return listed(cast("dict[str, object]", principal).get("Service")) if isinstance(principal, dict) else []
