"""How what is foreseen is said, in the table and on the page."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from hub.definitions.updates.changes import Fate
from pages.foresight.shapes import ForeseenChange, ForeseenLaunch, ForeseenSpoke, PermissionChange
from shared.catalog.cost import Estimate, together

_CHANGING: Final = ("moves", "updated", "new", "ends", "refused")
"""What may become of a launch, but that it stays as it is."""

_OUTCOMES: Final[Mapping[str, str]] = {
    "refused": "refused",
    "refused already": "refused already today",
    "follows": "following",
    "updated": "updated",
    "stays": "run, with all launches as they are",
    "unaffected": "unaffected",
}


def title(change: ForeseenChange) -> str:
    """Name a change."""
    match change.kind:
        case "publish":
            return f"What if {change.product} {change.version} is published"
        case "retire":
            return f"What if {change.product} {change.version} is retired"
        case "edit":
            return "What if the catalog is deployed as it is"


def changing(spoke: ForeseenSpoke) -> list[ForeseenLaunch]:
    """List the launches that something becomes of by the change."""
    if spoke.outcome in ("unaffected", "stays"):
        return []
    return [each for each in spoke.launches if each.outcome in _CHANGING]


def to_know(spoke: ForeseenSpoke) -> list[tuple[ForeseenLaunch, str]]:
    """List what owners of launches should know that stay as they are."""
    if not spoke.runs:
        return []
    return [(each, note) for each in spoke.launches if each.outcome == "stays" for note in each.notes]


def outcome_in_words(outcome: str) -> str:
    """Say what becomes of spokes."""
    return _OUTCOMES[outcome]


def inside(launch: ForeseenLaunch) -> str:
    """Count what becomes of a launch's resources."""
    if launch.resources is None:
        return "all removed" if launch.outcome == "ends" else "unknown"
    counts = Counter(each.fate for each in launch.resources)
    return ", ".join(f"{counts[fate]} {fate}" for fate in Fate if counts[fate])


def cost(launch: ForeseenLaunch) -> str:
    """Say what a month costs, before and after where that differs."""
    before, after = _amount(launch.cost_before), _amount(launch.cost_after)
    if launch.outcome == "ends":
        return f"{before} → nothing" if before else ""
    if launch.outcome == "refused" or before == after:
        return before or after
    return f"{before or 'nothing'} → {after or 'unknown'}"


def together_in_words(launches: Sequence[ForeseenLaunch]) -> str:
    """Say what some launches cost a month, before and after."""
    before = [each.cost_before for each in launches if each.cost_before]
    after = [
        found for each in launches if (found := each.cost_before if each.outcome == "refused" else each.cost_after)
    ]
    return f"these launches: {_sum(before)} a month now, {_sum(after)} then (estimate, list prices)"


def permissions(spokes: Sequence[ForeseenSpoke]) -> list[tuple[PermissionChange, list[str]]]:
    """List what changes of roles, once for all spokes in which it is the same."""
    alike: dict[tuple[object, ...], tuple[PermissionChange, list[str]]] = {}
    for spoke in spokes:
        for each in spoke.permissions:
            key = (each.role, each.what, *each.added, "", *each.removed)
            alike.setdefault(key, (each, []))[1].append(spoke.stack.removeprefix("spoke-"))
    return list(alike.values())


def _amount(found: Estimate | None) -> str:
    return "" if found is None else "unknown" if found.least is None else _sum([found])


def _sum(found: Sequence[Estimate]) -> str:
    return together(list(found)).partition(" a month")[0] if found else "nothing"
