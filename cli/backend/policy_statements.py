"""Brings statements into a policy that may hold others, and writes over none that somebody has changed."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

Statement = dict[str, Any]
_VERSION: Final = "2012-10-17"


@dataclass(frozen=True, slots=True)
class Comparison:
    """How a policy stands to the statements that it is to hold.

    Attributes:
        missing: Statements whose Sid is not there.
        other: Sids that are there with another content.
    """

    missing: Sequence[Statement]
    other: Sequence[str]

    @property
    def text(self) -> str:
        """Say it in words; empty where nothing is missing and nothing differs."""
        parts = [f"without {', '.join(str(each['Sid']) for each in self.missing)}"] if self.missing else []
        parts += [f"{', '.join(self.other)} otherwise than in docs/iam"] if self.other else []
        return "; ".join(parts)


def compared(policy: str, wanted: Sequence[Statement]) -> Comparison:
    """Compare a policy, empty where there is none, with what it is to hold."""
    there = {str(each.get("Sid", "")): each for each in _statements(policy)}
    missing = [each for each in wanted if each["Sid"] not in there]
    other = [each["Sid"] for each in wanted if each["Sid"] in there and _plain(each) != _plain(there[each["Sid"]])]
    return Comparison(missing, other)


def completed(policy: str, wanted: Sequence[Statement], *, replace: bool) -> str:
    """Write the policy with the statements that it lacks; those that differ are replaced where that is wanted."""
    ours = {str(each["Sid"]): each for each in wanted}
    kept = [ours.get(str(each.get("Sid", "")), each) if replace else each for each in _statements(policy)]
    return json.dumps({"Version": _VERSION, "Statement": [*kept, *compared(policy, wanted).missing]})


def _statements(policy: str) -> list[Statement]:
    found: Any = json.loads(policy).get("Statement", []) if policy else []
    return cast("list[Statement]", found if isinstance(found, list) else [found])


def _plain(node: object) -> object:
    """Write alike what AWS takes for the same: a list of one, the order of a list, the two forms of everybody."""
    match node:
        case {"AWS": "*"}:
            return "*"
        case dict():
            return {key: _plain(value) for key, value in cast("dict[str, object]", node).items()}
        case list():
            parts = sorted((_plain(each) for each in cast("list[object]", node)), key=json.dumps)
            return parts[0] if len(parts) == 1 else parts
        case _:
            return node
