"""Holds a launch role against what the templates of a product take: what it lacks, and what nothing takes."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Final

from hub.definitions.derived.rights import Right
from shared.aws.actions import has_wildcards
from shared.aws.iam import Statement, parse
from shared.aws.patterns import Answer, arn_fits, fits
from shared.aws.policies import render

_WILDCARD: Final = re.compile(r"[*?]")
_ACCOUNT: Final = "222233334444"
"""Any: patterns are compared as they are in one account."""


@dataclass(frozen=True)
class LaunchRole:
    """What a launch role may do.

    Attributes:
        policy: The document, with its placeholders.
    """

    policy: Mapping[str, Any]

    @cached_property
    def _statements(self) -> list[Statement]:
        return parse(render(dict(self.policy), partition="aws", account=_ACCOUNT))

    def lacks(self, rights: Iterable[Right], *, every: bool = True) -> Iterator[Right]:
        """List the rights of which the role has nothing at all.

        A right that it has for narrower names, or under a condition, is one that somebody has thought of.

        Args:
            rights: Those that are wanted.
            every: Whether a right on several resources has to be there for each. They may be ways to write one.
        """
        for right in rights:
            allowing = self._allowing(right.action)
            there = [any(_meets(each, resource) for each in allowing) for resource in right.resources]
            if not (all(there) if every else any(there)):
                yield right

    def _allowing(self, action: str) -> list[Statement]:
        """Find the statements that allow an action on something."""
        wanted = action.lower()
        if wanted not in self._by_action:
            self._by_action[wanted] = [each for each in self._statements if each.allows and _is_about(each, wanted)]
        return self._by_action[wanted]

    @cached_property
    def _by_action(self) -> dict[str, list[Statement]]:
        return {}

    def covers(self, right: Right) -> bool:
        """Whether the role has all of a right."""
        allowing = self._allowing(right.action)
        condition = {
            (operator, key.lower(), tuple(values))
            for operator, tests in right.condition.items()
            for key, values in tests.items()
        }
        open_ = [
            each for each in allowing if {(c.operator, c.key.lower(), c.values) for c in each.conditions} <= condition
        ]
        return all(
            any(_fits(pattern, _plain(resource)) is Answer.YES for each in open_ for pattern in each.resources)
            for resource in right.resources
        )


def taken_by_nothing(statements: Sequence[Mapping[str, Any]], rights: Iterable[Right]) -> list[str]:
    """List the actions that statements allow and no right is about, as they are written."""
    taken = {right.action.lower() for right in rights}
    allowed = [each for each in parse({"Statement": list(statements)}) if each.allows]
    actions = dict.fromkeys(action for each in allowed for action in each.actions)
    return sorted(action for action in actions if not any(_is_action(action.lower(), right) for right in taken))


def _is_about(statement: Statement, action: str) -> bool:
    return any(_is_action(each.lower(), action) for each in statement.actions)


def _is_action(pattern: str, action: str) -> bool:
    return pattern == action or (has_wildcards(pattern) and fits(pattern, action) is Answer.YES)


def _meets(statement: Statement, resource: str) -> bool:
    wanted = _plain(resource)
    return wanted in statement.resources or any(_have_in_common(each, wanted) for each in statement.resources)


def _have_in_common(one: str, other: str) -> bool:
    """Whether two patterns may mean the same; their beginnings tell of most that they do not."""
    head, opposite = (_WILDCARD.split(each.rpartition(":")[2], maxsplit=1)[0] for each in (one, other))
    if ":" in one and not (head.startswith(opposite) or opposite.startswith(head)):
        return False
    return _fits(one, other) is not Answer.NO


@lru_cache(maxsize=65_536)
def _fits(pattern: str, value: str) -> Answer:
    return arn_fits(pattern, value)


def _plain(text: str) -> str:
    return text.replace("${Partition}", "aws").replace("${AccountId}", _ACCOUNT)
