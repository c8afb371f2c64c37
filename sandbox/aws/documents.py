"""Requests, responses and templates as plain values."""

from typing import Any

Json = dict[str, Any]
"""A request, a response, a template, or a part of one, in AWS's own member names."""

Value = Any
"""Any value in one."""


def part(whole: Json, member: str) -> Json:
    """A structure within a document; an empty one if it is not there."""
    return whole.get(member) or {}
