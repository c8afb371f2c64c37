"""Says to which version a pin should move, and why."""

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from cli.proposals.pins import Pin, User
from shared.catalog.contract import Product, Version
from shared.catalog.lifecycle import State
from shared.catalog.versions import ascending, is_range, releases_after
from shared.errors import CatalogError
from spoke.launches.resolution import ResolvedLaunch, resolve_launches
from spoke.launches.version_selection import SelectedVersion, select_version

Refused = Collection[tuple[str, str]]
"""Versions that nobody shall be moved to: the original key of the product, and the number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A launch before and after."""

    user: User
    after: ResolvedLaunch


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A pin that should move.

    Attributes:
        running: The number that it means today.
        target: The number that it would mean.
        new: What to write in its place.
        why: In words that stay the same from day to day.
        left: The dates to come, each with the days until then.
        launches: Those that move with it.
    """

    pin: Pin
    key: str
    product: Product
    running: str
    target: str
    new: str
    why: Sequence[str]
    left: Sequence[tuple[str, dt.date, int]]
    launches: Sequence[Moved]


@dataclass(frozen=True, slots=True, kw_only=True)
class ByHand:
    """A pin that should move, and that nobody can move by its version alone."""

    pin: Pin
    key: str
    running: str
    why: Sequence[str]
    reason: str


def target_of(pin: Pin, day: dt.date, refused: Refused = ()) -> Move | ByHand | None:
    """Say to which version a pin should move; None where it is fine as it is.

    A range follows by itself, as long as one of its versions has no end. The replacement that the hub names goes before
    newer versions, and the newest of these before others; a version that comes to its end itself goes last.

    Args:
        pin: Any.
        day: The day whose states of versions count.
        refused: Versions that nobody shall be moved to.
    """
    first = pin.users[0].resolved
    product, key = first.product, first.key
    chosen = select_version(product, pin.written, day, where=pin.place)
    ending = _ends(chosen.version, chosen.state)
    if is_range(pin.written) and not ending:
        return None
    targets = [number for number in _candidates(product, chosen, day) if (product.original_key, number) not in refused]
    if not (targets or ending):
        return None
    why = list(_why(chosen)) if ending else []
    problems = list[str]()
    for number in targets:
        new = as_written(pin.written, number)
        try:
            launches = [_moved(user, new, day) for user in pin.users]
        except CatalogError as found:
            problems.append(f"{number} does not take it as it is: {found}")
            continue
        if any(each.after.choice.state != "active" for each in launches):
            continue
        target = launches[0].after.choice.number
        version = product.versions[target]
        return Move(
            pin=pin,
            key=key,
            product=product,
            running=chosen.number,
            target=target,
            new=new,
            why=(f"{target} was published on {version.released}: {version.description}", *why),
            left=tuple(_left(chosen, day)),
            launches=launches,
        )
    if not ending:
        return None
    reason = next(iter(problems), f"{key} has no other version that may be launched")
    return ByHand(pin=pin, key=key, running=chosen.number, why=why, reason=reason)


def as_written(before: str, number: str) -> str:
    """Write a number as a pin is written: of a range, as many of its parts."""
    if not is_range(before):
        return number
    parts = number.partition("-")[0].split(".")
    return before[0] + ".".join(parts[: before.count(".") + 1])


def _candidates(product: Product, chosen: SelectedVersion, day: dt.date) -> Iterator[str]:
    states: dict[str, State] = {number: version.state_on(day) for number, version in product.versions.items()}
    active = [number for number, state in states.items() if state == "active" and number != chosen.number]
    newer = list(reversed(ascending(releases_after(chosen.number, active))))
    named = [chosen.version.replacement] if chosen.version.replacement in active else []
    both = list(dict.fromkeys([*named, *newer]))
    yield from sorted(both, key=lambda number: _ends(product.versions[number], states[number]))


def _ends(version: Version, state: State) -> bool:
    return state != "active" or version.deprecated_on is not None or version.retires_on is not None


def _why(chosen: SelectedVersion) -> Iterator[str]:
    if chosen.state != "active":
        yield chosen.end
        return
    dates = {"deprecated": chosen.version.deprecated_on, "retired": chosen.version.retires_on}
    coming = " and ".join(f"{state} on {date}" for state, date in dates.items() if date)
    reason = f" ({chosen.version.reason.rstrip('.')})" if chosen.version.reason else ""
    yield f"{chosen.number} will be {coming}{reason}."


def _left(chosen: SelectedVersion, day: dt.date) -> Iterator[tuple[str, dt.date, int]]:
    for what, date in (("deprecated", chosen.version.deprecated_on), ("retired", chosen.version.retires_on)):
        if date and date > day:
            yield what, date, (date - day).days


def _moved(user: User, new: str, day: dt.date) -> Moved:
    """Resolve a launch as it would be. Raises CatalogError where it would be refused."""
    launch = user.resolved.launch.model_copy(update={"version": new})
    alone = user.settings.model_copy(update={"launches": [launch]})
    origins = {launch.name: user.resolved.origin}
    [after] = resolve_launches(alone, user.contract, day, where=user.verdict.spoke.file, origins=origins)
    return Moved(user=user, after=after)
