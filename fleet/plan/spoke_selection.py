"""Which spokes a command is about."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Final

from fleet.errors import SettingsError
from fleet.plan.spokes import matching_spokes, named
from fleet.plan.verdicts import FleetPlan, Kind
from shared.spelling import meant

_UPSTREAM: Final = ("hub", "organization")
Shard = tuple[int, int]
"""Which part of how many, from 1."""


@dataclass(frozen=True, slots=True)
class SpokeFilter:
    """What the options of a command say of the spokes that it is about."""

    only: Sequence[str] = ()
    exclude: Sequence[str] = ()
    waves: Sequence[str] = ()
    shard: Shard | None = None


def divide(plan: FleetPlan, choice: SpokeFilter) -> tuple[SpokeFilter, frozenset[str]]:
    """Tell the stacks before the spokes from the spokes: give what is left to choose among spokes, and these stacks.

    Of them a command is about those that it names, or about all where it names nothing at all; a wave and a shard are
    of spokes alone.
    """
    upstream = plan.upstream if plan.inventory.settings.hubs else ()
    only = {stack for stack in upstream for pattern in choice.only if _is(stack, pattern)}
    others = {stack for stack in upstream for pattern in choice.exclude if _is(stack, pattern)}
    spokes = replace(
        choice,
        only=[each for each in choice.only if not _names(each, upstream)],
        exclude=[each for each in choice.exclude if not _names(each, upstream)],
    )
    if choice.waves or choice.shard or choice.only:
        return spokes, frozenset(only - others)
    return spokes, frozenset(set(upstream) - others)


def _names(pattern: str, upstream: Iterable[str]) -> bool:
    return any(_is(stack, pattern) for stack in upstream)


def _is(stack: str, pattern: str) -> bool:
    """Say whether a pattern is meant of a stack before the spokes: it begins as that does, so that * is of spokes."""
    return pattern.startswith(_UPSTREAM) and fnmatchcase(stack, pattern)


def select_spokes(plan: FleetPlan, choice: SpokeFilter) -> frozenset[str]:
    """Give the stacks that a command is about; those of suspended and closed accounts are none of them.

    Raises:
        SettingsError: a name fits no spoke or no wave, or together they match none.
    """
    spokes, elsewhere = plan.inventory.spokes, plan.inventory.neighbours.elsewhere
    found = matching_spokes(spokes, choice.only, where="--only", elsewhere=elsewhere) if choice.only else set(spokes)
    found -= matching_spokes(spokes, choice.exclude, where="--exclude", elsewhere=elsewhere)
    if choice.waves:
        found &= _of_waves(plan, choice.waves)
    if not (found or (plan.upstream and not spokes)):
        given = {"--only": choice.only, "--exclude": choice.exclude, "--wave": choice.waves}
        *most, last = [option for option, values in given.items() if values]
        options = f"{', '.join(most)}{' and ' * bool(most)}{last}"
        raise SettingsError(f"No spokes match {options}. Widen one of them.", code="no-spokes-match")
    if choice.shard:
        part, shards = choice.shard
        found = {stack for stack in found if shard_of(stack, shards) == part}
    return frozenset(stack for stack in found if plan.verdicts[stack].kind is not Kind.LEFT_OUT)


def shard_of(stack: str, shards: int) -> int:
    """Say in which of so many shards a stack is: always in the same one, whatever else there is."""
    return int.from_bytes(hashlib.blake2b(stack.encode(), digest_size=8).digest()) % shards + 1


def parse_shard(text: str) -> Shard:
    """Read a shard such as 2/5.

    Raises:
        SettingsError: it is none.
    """
    part, _, whole = text.partition("/")
    if part.isdecimal() and whole.isdecimal() and 1 <= int(part) <= int(whole):
        return int(part), int(whole)
    raise SettingsError(
        f"invalid value {text!r}. Expected a part and how many there are, for example 2/5.",
        code="invalid-shard",
        place="--shard",
    )


def refuse_before_earlier_waves(plan: FleetPlan, waves: Sequence[str]) -> None:
    """Refuse to begin with a wave while one before it is not through.

    Raises:
        SettingsError: names the wave and who is not there yet.
    """
    for members in plan.waves:
        if members.wave.name in waves:
            return
        missing = [
            stack for stack in members.stacks if plan.verdicts[stack].kind not in (Kind.UNCHANGED, Kind.LEFT_OUT)
        ]
        if len(missing) > members.wave.tolerated(len(members.stacks)):
            raise SettingsError(
                f"the earlier wave {members.wave.name} is not finished: {named(missing)}. Roll it out first.",
                code="earlier-wave-not-finished",
                place="--wave",
            )


def _of_waves(plan: FleetPlan, names: Sequence[str]) -> set[str]:
    refuse_unknown_waves(plan, names, where="--wave")
    return {stack for members in plan.waves if members.wave.name in names for stack in members.stacks}


def refuse_unknown_waves(plan: FleetPlan, names: Sequence[str], *, where: str) -> None:
    """Refuse a name that no wave has. Raises SettingsError with those that there are."""
    known = [members.wave.name for members in plan.waves]
    for name in names:
        if name not in known:
            raise SettingsError(
                f"invalid value {name!r}.{meant(name, known)} The waves are: {', '.join(known)}.",
                code="wave-unknown",
                place=where,
            )
