"""Turns what AWS answers into properties, and properties into what AWS is asked; and tells which mean the same.

Their names are AWS's but for the case of their letters. Texts that differ may mean the same: JSON, policies, sets.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from botocore.model import ListShape, Shape, StructureShape

from .wire import State, Value, is_list, is_object


def pick(found: Mapping[str, Any], *names: str, **renamed: str) -> State:
    """Take properties from an answer: `pick(role, "path", name="RoleName")` takes `Path` and `RoleName`.

    Texts that the answer lacks are empty.
    """
    known = {name.lower(): value for name, value in found.items()}
    sources = {name: name for name in names} | renamed
    return {name: _plain(known.get(source.lower(), "")) for name, source in sources.items()}


def _plain(value: Any) -> Any:  # noqa: ANN401 - any part of an answer
    return value.strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(value, datetime) else value


def fitted(shape: Shape, value: Value) -> Value:
    """A property in the form of an operation's parameter; a map may stand for a list of keys and values."""
    if isinstance(shape, StructureShape) and is_object(value):
        parts = {key.lower(): part for key, part in value.items() if part is not None}
        known = {name: member for name, member in shape.members.items() if name.lower() in parts}
        return {name: fitted(member, parts[name.lower()]) for name, member in known.items()}
    if isinstance(shape, ListShape) and is_object(value):
        key_name = str(next(iter(cast("StructureShape", shape.member).members)))
        value_name = f"{key_name.removesuffix('Key')}Value"
        return [{key_name: key, value_name: part} for key, part in value.items()]
    if isinstance(shape, ListShape) and is_list(value):
        return [fitted(shape.member, part) for part in value]
    return value


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


@dataclass(frozen=True, slots=True)
class Tags:
    """The provider's rules for tags."""

    defaults: Mapping[str, str]
    ignored_keys: frozenset[str] = frozenset()
    ignored_prefixes: tuple[str, ...] = ()

    def all_of(self, tags: Mapping[str, str]) -> dict[str, str]:
        """What a resource is to carry: default tags overlaid by its own."""
        return self.visible({**self.defaults, **tags})

    def visible(self, remote: Mapping[str, str]) -> dict[str, str]:
        """The tags that this provider looks after."""
        return {
            key: value
            for key, value in remote.items()
            if not key.startswith(("aws:", *self.ignored_prefixes)) and key not in self.ignored_keys
        }

    def own(self, remote: Mapping[str, str], written: Mapping[str, str]) -> dict[str, str]:
        """The tags that do not come from the defaults alone: those that differ, and those also `written`."""
        return {
            key: value
            for key, value in self.visible(remote).items()
            if self.defaults.get(key) != value or key in written
        }


def as_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags as most calls take them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def as_map(tags: list[dict[str, str]]) -> dict[str, str]:
    """Tags as most calls answer them."""
    return {tag["Key"]: tag["Value"] for tag in tags}


def changes(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """What to set (added or changed) and which keys to remove."""
    return {key: value for key, value in new.items() if old.get(key) != value}, [key for key in old if key not in new]
