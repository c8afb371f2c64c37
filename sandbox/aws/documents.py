"""Requests, responses and templates as plain values."""

from typing import Any, TypeGuard

Json = dict[str, Any]
"""A request, a response, a template, or a part of one, in AWS's own member names."""

Value = Any
"""Any value in one."""


class MadeUp(str):
    """A text that stands for what only AWS knows: an id, say. It is not held against the pattern of where it goes."""

    __slots__ = ()


def part(whole: Json, member: str) -> Json:
    """A structure within a document; an empty one if it is not there."""
    return whole.get(member) or {}


def is_object(value: Value) -> TypeGuard[Json]:
    """Whether a value is a structure."""
    return isinstance(value, dict)


def is_list(value: Value) -> TypeGuard[list[Value]]:
    """Whether a value is a list."""
    return isinstance(value, list)


def at(node: Value, pointer: str) -> Value:
    """What a document has at a place such as `Budget.BudgetName`, or None; at `Variants.*.Name`, all names."""
    here, _, rest = pointer.partition(".")
    if here == "*" and (is_list(node) or is_object(node)):
        found = [at(item, rest) if rest else item for item in (node.values() if is_object(node) else node)]
        return [item for item in found if item is not None] or None
    node = node.get(here) if is_object(node) else None
    return at(node, rest) if rest else node
