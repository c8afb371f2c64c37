"""Texts that differ and mean the same: JSON, policies, sets."""

import json
from collections.abc import Iterator

from .wire import State, Value, is_list, is_object


def compact(value: Value) -> str:
    """JSON as the real plug-in stores it: sorted keys, no spaces."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def same_json(old: Value, new: Value) -> bool:
    """Whether two texts hold the same JSON value."""
    try:
        return json.loads(old) == json.loads(new)
    except (ValueError, TypeError):
        return old == new


def same_set(old: Value, new: Value) -> bool:
    """Whether two lists hold the same values in any order."""
    return sorted(map(compact, old)) == sorted(map(compact, new))


def same_policy(old: Value, new: Value) -> bool:
    """Whether two policies mean the same. Version, Id and Sid must be equal to the letter."""
    try:
        return _canonical(json.loads(old or "{}")) == _canonical(json.loads(new or "{}"))
    except (ValueError, TypeError, AttributeError):
        return old == new


def stored_policy(remote: str, written: str | None) -> str:
    """The text to keep after a read: the program's unless the remote policy means something else."""
    return compact(json.loads(written if written and same_policy(written, remote) else remote))


def _canonical(policy: State) -> Value:
    statements = policy.get("Statement", [])
    parts = statements if is_list(statements) else [statements]
    return {**policy, "Statement": sorted(compact(dict(_statement(part))) for part in parts)}


def _statement(statement: State) -> Iterator[tuple[str, Value]]:
    for key, value in statement.items():
        if key == "Effect":
            yield key, value.lower()
        elif key in {"Action", "NotAction", "Resource", "NotResource"}:
            yield key, _texts(value)
        elif key in {"Principal", "NotPrincipal"} and is_object(value):
            yield key, {kind: sorted(map(_root, _texts(names))) for kind, names in value.items()}
        elif key == "Condition":
            yield key, {test: {name: _texts(part) for name, part in tests.items()} for test, tests in value.items()}
        else:
            yield key, value


def _texts(value: Value) -> list[str]:
    """A list in any order; a single value is a list of one; true and 1 are texts."""
    return sorted(
        part if isinstance(part, str) else json.dumps(part) for part in (value if is_list(value) else [value])
    )


def _root(principal: str) -> str:
    """An account number stands for the account's root in every partition."""
    parts = principal.split(":")
    is_root = len(parts) == 6 and parts[2] == "iam" and parts[5] == "root"  # noqa: PLR2004 - the parts of an ARN
    return parts[4] if is_root else principal
