"""What is different about a spoke since its last success, in words."""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Final

from fleet.plan.inventory import Inventory
from fleet.plan.spokes import Spoke
from fleet.store.records import CorruptRecord, Record
from spoke.launches.contract_dependencies import Parts
from spoke.launches.holds import Hold
from spoke.launches.resolution import ResolvedLaunch

Held = Mapping[str, tuple[Hold, str]]
"""Launches that stay at a version for now, with what their settings say."""


class Kind(StrEnum):
    """What a plan says of a spoke."""

    UNCHANGED = "unchanged"
    CHANGED = "changed"
    NEW = "new"
    REFUSED = "refused"
    LEFT_OUT = "left out"


def compared(
    inventory: Inventory, spoke: Spoke, parts: Parts, resolved_launches: Sequence[ResolvedLaunch], held: Held
) -> tuple[Kind, tuple[str, ...]]:
    """Compare what a spoke's result depends on with what it depended on at its last success, and say why they differ.

    Args:
        inventory: Everything.
        spoke: The spoke.
        parts: What its result depends on.
        resolved_launches: Its launches, as the hub offers them.
        held: Launches that stay at a version for now.
    """
    tag, record = inventory.tags.get(spoke.stack), inventory.records.get(spoke.stack)
    match record:
        case None if tag is None:
            return Kind.NEW, ("it was never deployed",)
        case None:
            return Kind.CHANGED, ("no record of success: it was deployed by somebody else, or a run did not end",)
        case CorruptRecord():
            return Kind.CHANGED, (f"its record cannot be read: {record.reason}",)
        case Record():
            pass
    reasons = list(_differences(record, parts, resolved_launches, held))
    if tag is None:
        return Kind.NEW, ("its stack is gone since it was last rolled out", *reasons)
    if tag != record.state:
        when = f"{record.finished:%Y-%m-%d %H:%M} UTC"
        reasons.append(f"its stack was updated since its last success ({when}), by somebody else or a run that failed")
    return (Kind.CHANGED, tuple(reasons)) if reasons else (Kind.UNCHANGED, ())


OFFER: Final = "offer of "
"""How the names of those parts begin that stand for what the hub offers to a launch."""
_LAUNCH: Final = "launch "


def _differences(
    record: Record, parts: Parts, resolved_launches: Sequence[ResolvedLaunch], held: Held
) -> Iterator[str]:
    """Say what is different since a record was written."""
    before = {launch.name: launch for launch in record.launches}
    now = {resolved.launch.name: resolved for resolved in resolved_launches}
    for name in sorted(record.parts.keys() | parts.keys()):
        old, new = record.parts.get(name), parts.get(name)
        if old == new:
            continue
        subject = name.removeprefix(_LAUNCH if name.startswith(_LAUNCH) else OFFER)
        if name.startswith(_LAUNCH):
            asks = f" ({now[subject].origin.line})" if subject in now and now[subject].origin.entry else ""
            yield (
                f"{subject} is a new launch{asks}"
                if old is None
                else (f"{subject} is no longer launched" if new is None else f"the settings of {subject} changed{asks}")
            )
        elif name.startswith(OFFER):
            if old is not None and new is not None:
                yield _moved(subject, before[subject].version if subject in before else "", now[subject], held)
        else:
            yield f"{name} is new" if old is None else f"{name} is no longer used" if new is None else f"{name} changed"


def _moved(launch: str, before: str, resolved: ResolvedLaunch, held: Held) -> str:
    if before and launch in held and held[launch][0].lasting and before != resolved.choice.number:
        return f"{launch} goes back from {before} to {resolved.choice.number}: {held[launch][0].reason}"
    if before and before != resolved.choice.number:
        return f"{launch} moves from {before} to {resolved.choice.number}"
    if resolved.choice.state != "active":
        return f"{launch}: {resolved.choice.end}"
    return f"the hub changed what it offers to {launch} ({resolved.key} {resolved.choice.number})"
