"""Prints what a change of the catalog would do: who follows, what changes inside, what it costs, who is refused."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from rich.console import Console
from rich.text import Text

from fleet.plan.spokes import named
from fleet.show.tables import Column, show
from hub.definitions.updates.behavior import Downtime
from pages.foresight.shapes import ForeseenLaunch, ForeseenSpoke, Foresight
from pages.foresight.words import (
    changing,
    cost,
    inside,
    outcome_in_words,
    permissions,
    title,
    to_know,
    together_in_words,
)

_COLUMNS: Final = (
    Column("spoke"),
    Column("launch"),
    Column("version"),
    Column("", 0),
    Column("inside", 1, wraps=True),
    Column("downtime", 2),
    Column("a month", 3, wraps=True),
)
_SHOWN: Final = 40
"""Rows in a terminal."""
_RIGHTS: Final = 12
"""Of a role."""
_STYLES: Final = {"refused": "bold red", "moves": "yellow", "updated": "yellow", "new": "yellow", "ends": "bold red"}


def show_foresight(found: Foresight, console: Console) -> None:
    """Print all of it."""
    say = console.print
    say(f"{title(found.change)}: as of {found.day}, against {found.change.against}", markup=False, soft_wrap=True)
    for line in found.change.what or ["nothing of what spokes see changes"]:
        say(f"  {line}", markup=False, soft_wrap=True)
    for note in found.notes:
        say(f"note: {note}", markup=False, soft_wrap=True)
    rows = [(spoke, launch) for spoke in found.spokes for launch in changing(spoke)]
    if rows:
        say()
    shown = rows[:_SHOWN] if console.is_terminal else rows
    show(console, _COLUMNS, [_row(spoke, launch) for spoke, launch in shown])
    if len(rows) > len(shown):
        say(f"and {len(rows) - len(shown)} more: --json and --html show all of them")
    for head, lines in (
        ("inside", list(_inside(rows))),
        ("permissions of roles", list(_permissions(found.spokes))),
        ("to know", list(_to_know(found.spokes))),
        ("refused", list(_refused(found.spokes))),
    ):
        if lines:
            say(f"\n{head}", style="bold")
        for line in lines:
            say(f"  {line}", markup=False, soft_wrap=True)
    say()
    if rows:
        say(together_in_words([launch for _, launch in rows]), markup=False, soft_wrap=True)
    counts = Counter(spoke.outcome for spoke in found.spokes)
    told = ", ".join(f"{count} {outcome_in_words(what)}" for what, count in counts.items())
    say(f"{len(found.spokes)} spokes: {told}")


def _row(spoke: ForeseenSpoke, launch: ForeseenLaunch) -> list[str | Text]:
    moved = launch.before and launch.after and launch.before != launch.after
    version = f"{launch.before} → {launch.after}" if moved else launch.after or launch.before
    return [
        spoke.stack.removeprefix("spoke-"),
        launch.launch,
        version,
        Text(launch.outcome, _STYLES[launch.outcome]),
        inside(launch),
        "" if launch.downtime is Downtime.NONE else str(launch.downtime),
        cost(launch),
    ]


def _inside(rows: Sequence[tuple[ForeseenSpoke, ForeseenLaunch]]) -> Iterator[str]:
    """Tell what becomes of resources, once for all launches in which it is the same."""
    alike: dict[tuple[str, ...], list[str]] = {}
    for spoke, launch in rows:
        if lines := tuple(_resources(launch)):
            alike.setdefault(lines, []).append(f"{spoke.stack.removeprefix('spoke-')}/{launch.launch}")
    for lines, launches in alike.items():
        yield f"{named(launches)}:"
        yield from (f"  {line}" for line in lines)


def _resources(launch: ForeseenLaunch) -> Iterator[str]:
    for each in launch.resources or ():
        forced = [f"{cause}, which forces it" if _name(cause) in each.forced_by else cause for cause in each.causes]
        told = f": {'; '.join(forced)}" if forced else ""
        yield f"{each.fate} {each.logical_id} ({each.type}){told}"
        if each.because:
            yield f"  {each.downtime}: {each.because}"
    if launch.unknown and launch.outcome != "ends":
        yield f"changes inside are unknown: {launch.unknown}"


def _name(cause: str) -> str:
    return cause.partition(" ")[0]


def _permissions(spokes: Sequence[ForeseenSpoke]) -> Iterator[str]:
    for each, stacks in permissions(spokes):
        if each.what != "changed":
            yield f"{each.role} is {each.what} in {named(stacks)}"
            continue
        yield f"{each.role} in {named(stacks)}:"
        lines = [*(f"  + {right}" for right in each.added), *(f"  - {right}" for right in each.removed)]
        yield from lines[:_RIGHTS]
        if len(lines) > _RIGHTS:
            yield f"  and {len(lines) - _RIGHTS} more: --json and --html show all of them"


def _to_know(spokes: Iterable[ForeseenSpoke]) -> Iterator[str]:
    alike: dict[tuple[str, str], list[str]] = {}
    for spoke in spokes:
        for launch, note in to_know(spoke):
            name = f"{spoke.stack.removeprefix('spoke-')}/{launch.launch}"
            alike.setdefault((launch.product, note), []).append(name)
    for (product, note), launches in alike.items():
        yield f"{named(launches)}: {product} {note}"


def _refused(spokes: Iterable[ForeseenSpoke]) -> Iterator[str]:
    for spoke in spokes:
        if spoke.refusals:
            yield f"{spoke.stack}{' (already today)' if spoke.outcome == 'refused already' else ''}:"
            yield from (f"  {each.message}" for each in spoke.refusals)
