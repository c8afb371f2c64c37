"""Which spokes a command is about."""

import hashlib
from collections.abc import Iterable, Sequence

from fleet.errors import SettingsError
from fleet.plan.spokes import matching_spokes
from fleet.plan.verdicts import FleetPlan, Kind

Shard = tuple[int, int]
"""Which part of how many, from 1."""


def select_spokes(
    plan: FleetPlan, *, only: Sequence[str], exclude: Sequence[str], waves: Sequence[str], shard: Shard | None
) -> frozenset[str]:
    """Give the stacks that a command is about; those of suspended and closed accounts are none of them.

    Raises:
        SettingsError: a name fits no spoke or no wave, or nobody is left.
    """
    spokes = plan.inventory.spokes
    found = matching_spokes(spokes, only, where="--only") if only else set(spokes)
    found -= matching_spokes(spokes, exclude, where="--exclude")
    if waves:
        found &= _of_waves(plan, waves)
    if not found:
        raise SettingsError("nobody is left: --only, --exclude and --wave together name no spoke.")
    if shard:
        found = {stack for stack in found if shard_of(stack, shard[1]) == shard[0]}
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
    raise SettingsError(f"--shard: found {text!r}. Expected which part of how many, for example 2/5.")


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
                f"--wave: the wave {members.wave.name} comes first, and is not through: {named(missing)}. Roll it out "
                f"first."
            )


def named(stacks: Iterable[str], most: int = 5) -> str:
    """Name a few of some stacks, and say how many more there are."""
    every = list(stacks)
    return ", ".join(every[:most]) + (f" and {len(every) - most} more" if len(every) > most else "")


def _of_waves(plan: FleetPlan, names: Sequence[str]) -> set[str]:
    known = {members.wave.name: members.stacks for members in plan.waves}
    for name in names:
        if name not in known:
            raise SettingsError(f"--wave: found {name!r}. The waves are: {', '.join(known)}.")
    return {stack for name in names for stack in known[name]}
