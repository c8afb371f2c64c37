"""What a command finds or makes, one thing after the other, so that it can be run again at any time."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum


class Ending(Enum):
    """What became of a step."""

    THERE = "there"
    DONE = "done"
    WOULD_BE = "would be done"
    DIFFERS = "differs"


@dataclass(frozen=True, slots=True)
class Found:
    """What there is of a thing.

    Attributes:
        complete: Whether nothing is left to do.
        text: What is there, or what is missing.
        of_others: Whether it is otherwise than wanted by somebody's decision, which is not written over.
    """

    complete: bool
    text: str = ""
    of_others: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One thing: how it is looked at, and how it is made."""

    subject: str
    look: Callable[[], Found]
    make: Callable[[], str]


def carry_out(steps: Iterable[Step], *, dry_run: bool) -> list[Ending]:
    """Look at each thing, make what is missing, and say so at once.

    Args:
        steps: In their order.
        dry_run: Only say what would be done.
    """
    endings: list[Ending] = []
    for step in steps:
        found = step.look()
        ending, text = _ending(step, found, dry_run=dry_run)
        print(f"{step.subject}: {ending.value}{f', {text}' if text else ''}")
        endings.append(ending)
    return endings


def _ending(step: Step, found: Found, *, dry_run: bool) -> tuple[Ending, str]:
    if found.complete:
        return Ending.THERE, found.text
    if found.of_others:
        return Ending.DIFFERS, found.text
    if dry_run:
        return Ending.WOULD_BE, found.text
    return Ending.DONE, step.make()
