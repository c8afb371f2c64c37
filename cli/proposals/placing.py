"""What becomes of proposals where they are kept: as branches or as patches, never twice."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from cli.proposals.description import marker
from cli.proposals.proposal import Proposal
from cli.proposals.targets import ByHand

SCHEMA_VERSION: Final = "1.0"
"""Of the index: major and minor. Within a major, fields are only added."""


class Status(StrEnum):
    """What becomes of a proposal."""

    NEW = "new"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    LEFT = "left"


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """A proposal with its description."""

    proposal: Proposal
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A proposal where it is kept.

    Attributes:
        note: Why it is left alone; empty where it is not.
    """

    described: Described
    status: Status
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """A branch that is no longer needed, and why."""

    branch: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """All that becomes of proposals.

    Attributes:
        base: The commit that they are changes of; empty where nobody asked git.
        by_hand: Pins that should move, and that nobody can move by their version alone.
    """

    placed: Sequence[Placed]
    closed: Sequence[Closed]
    base: str = ""
    by_hand: Sequence[ByHand] = field(default=())

    def document(self, day: str) -> dict[str, Any]:
        """Give the index as plain data."""
        return {
            "schema_version": SCHEMA_VERSION,
            "day": day,
            "base": self.base,
            "proposals": [_proposal(each) for each in self.placed],
            "close": [{"branch": each.branch, "reason": each.reason} for each in self.closed],
            "by_hand": [_by_hand(each) for each in self.by_hand],
        }


def _proposal(placed: Placed) -> dict[str, Any]:
    proposal = placed.described.proposal
    return {
        "branch": proposal.branch,
        "team": proposal.team,
        "product": proposal.key,
        "title": proposal.title,
        "digest": proposal.digest,
        "marker": marker(proposal.digest),
        "status": str(placed.status),
        "note": placed.note,
        "files": sorted(proposal.after),
        "launches": [
            {
                "stack": each.user.verdict.spoke.stack,
                "account": each.user.settings.account_id,
                "launch": each.after.launch.name,
                "region": each.after.region,
                "from": each.user.resolved.choice.number,
                "to": each.after.choice.number,
            }
            for move in proposal.moves
            for each in move.launches
        ],
        "why": list(dict.fromkeys(why for move in proposal.moves for why in move.why)),
        "ends": [
            {"version": move.running, "state": what, "on": str(date), "days": days}
            for move in proposal.moves
            for what, date, days in move.left
        ],
        "description": placed.described.description,
    }


def _by_hand(each: ByHand) -> dict[str, Any]:
    return {
        "team": each.pin.team,
        "product": each.key,
        "place": each.pin.place,
        "version": each.running,
        "stacks": [user.verdict.spoke.stack for user in each.pin.users],
        "why": list(each.why),
        "reason": each.reason,
    }
