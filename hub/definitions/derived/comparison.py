"""Holds a launch role against what the templates of a product take: what it lacks, and what nothing takes."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from hub.definitions.derived.rights import Right
from shared.aws.iam import Statement, parse
from shared.aws.patterns import Answer, arn_fits, fits
from shared.aws.policies import render

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
        return parse(_plain(dict(self.policy)))

    def lacks(self, rights: Iterable[Right]) -> Iterator[Right]:
        """List the rights of which the role has nothing at all.

        A right that it has for narrower names, or under a condition, is one that somebody has thought of.
        """
        for right in rights:
            allowing = [each for each in self._statements if each.allows and _is_about(each, right.action)]
            for resource in right.resources:
                if not any(_meets(each, resource) for each in allowing):
                    yield right
                    break

    def covers(self, right: Right) -> bool:
        """Whether the role has all of a right."""
        allowing = [each for each in self._statements if each.allows and _is_about(each, right.action)]
        condition = {
            (operator, key.lower(), tuple(values))
            for operator, tests in right.condition.items()
            for key, values in tests.items()
        }
        open_ = [
            each for each in allowing if {(c.operator, c.key.lower(), c.values) for c in each.conditions} <= condition
        ]
        return all(
            any(arn_fits(pattern, _plain(resource)) is Answer.YES for each in open_ for pattern in each.resources)
            for resource in right.resources
        )


def taken_by_nothing(statements: Sequence[Mapping[str, Any]], rights: Iterable[Right]) -> list[str]:
    """List the actions that statements allow and no right is about, as they are written."""
    taken = {right.action.lower() for right in rights}
    allowed = [each for each in parse({"Statement": list(statements)}) if each.allows]
    actions = dict.fromkeys(action for each in allowed for action in each.actions)
    return sorted(action for action in actions if not any(fits(action.lower(), right) is Answer.YES for right in taken))


def _is_about(statement: Statement, action: str) -> bool:
    wanted = action.lower()
    return any(each.lower() == wanted or fits(each.lower(), wanted) is Answer.YES for each in statement.actions)


def _meets(statement: Statement, resource: str) -> bool:
    wanted = _plain(resource)
    return any(each == wanted for each in statement.resources) or any(
        arn_fits(each, wanted) is not Answer.NO for each in statement.resources
    )


def _plain(found: Any) -> Any:  # noqa: ANN401 - a text or a document
    return json.loads(render(found, partition="aws", account=_ACCOUNT))
