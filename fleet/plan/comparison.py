"""Compares what a stack's result depends on with what it was made from when that last succeeded."""

from collections.abc import Callable, Iterable
from enum import StrEnum

from fleet.store.records import CorruptRecord, Record


class Kind(StrEnum):
    """What a plan says of a stack."""

    UNCHANGED = "unchanged"
    CHANGED = "changed"
    NEW = "new"
    REFUSED = "refused"
    LEFT_OUT = "left out"


def compare(
    tag: str | None, record: Record | CorruptRecord | None, differences: Callable[[Record], Iterable[str]]
) -> tuple[Kind, tuple[str, ...]]:
    """Say whether a stack would change, and why.

    Args:
        tag: Its state's; None where there is no such stack.
        record: Of its last success.
        differences: Says what is different since a record was written.
    """
    match record:
        case None if tag is None:
            return Kind.NEW, ("it was never deployed",)
        case None:
            return Kind.CHANGED, ("no record of success: it was deployed by somebody else, or a run did not end",)
        case CorruptRecord():
            return Kind.CHANGED, (f"its record cannot be read: {record.reason}",)
        case Record():
            pass
    reasons = list(differences(record))
    if tag is None:
        return Kind.NEW, ("its stack is gone since it was last rolled out", *reasons)
    if tag != record.state:
        when = f"{record.finished:%Y-%m-%d %H:%M} UTC"
        reasons.append(f"its stack was updated since its last success ({when}), by somebody else or a run that failed")
    return (Kind.CHANGED, tuple(reasons)) if reasons else (Kind.UNCHANGED, ())


def in_words(name: str, old: str | None, new: str | None) -> str:
    """Say what became of a part."""
    return f"{name} is new" if old is None else f"{name} is no longer used" if new is None else f"{name} changed"
