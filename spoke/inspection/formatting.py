"""Tells a plan to a person."""

from collections.abc import Iterator
from typing import Final

from spoke.inspection.change_sets import Change
from spoke.inspection.launch_plans import LaunchPlan

_HEADS: Final = {
    "new": "will be launched",
    "changed": "will be updated",
    "unchanged": "stays as it is",
    "ends": "will be terminated",
}
_ACTIONS: Final = {"ADD": "new", "REMOVE": "removed", "MODIFY": "changed in place"}
_REPLACEMENTS: Final = {"TRUE": "REPLACED", "CONDITIONAL": "may be REPLACED"}


def in_words(plan: LaunchPlan) -> Iterator[str]:
    """Give a plan's lines; those that begin with `!` tell of something that is lost or replaced."""
    yield f"{plan.launch} {_HEADS[plan.what]}"
    if plan.differences:
        yield f"    {'; '.join(plan.differences)}"
    if plan.drift:
        yield f"  ! {plan.drift}"
    if plan.problem:
        yield f"  ! changes inside are unknown: {plan.problem}"
    for change in plan.changes:
        causes = f": {', '.join(change.causes)}" if change.causes else ""
        yield f"  {'!' if _hurts(change) else ' '} {_fate(change)} {change.logical_id} ({change.type}){causes}"


def summary(plans: list[LaunchPlan]) -> str:
    """Add a spoke's plans up, in one line."""
    counts = {_HEADS[what]: sum(plan.what == what for plan in plans) for what in _HEADS}
    changes = [change for plan in plans for change in plan.changes]
    replaced = sum(change.replacement in _REPLACEMENTS for change in changes)
    launches = ", ".join(f"{count} {head}" for head, count in counts.items() if count) or "no launches"
    return f"{launches}; {len(changes)} resources inside change, of which {replaced} are or may be replaced"


def _fate(change: Change) -> str:
    return _REPLACEMENTS.get(change.replacement, "") or _ACTIONS.get(change.action, change.action.lower())


def _hurts(change: Change) -> bool:
    return change.replacement in _REPLACEMENTS or change.action == "REMOVE"
