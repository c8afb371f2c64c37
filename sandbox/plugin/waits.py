"""Pauses, retries and waits, counted in the time of the sandbox's clock.

Only pauses count towards a time limit, not the calls between them, so a slow machine never runs into one sooner.
"""

import json
import threading
from collections.abc import Callable, Collection, Iterator
from itertools import chain, repeat
from typing import TypeVar
from urllib.request import urlopen

from .failure import AWSError, Cancelled, Failure, Gone

T = TypeVar("T")

RETRY_PAUSES = (0.5, 1, 2, 4, 8)
PLAIN_PAUSES = (0.2, 0.4, 0.8, 1.6, 3.2, 6.4)
STEADY_PAUSES = (2, 4, 8)
LONGEST_PAUSE = 10
"""Seconds between two looks once the growing pauses are over (terraform-plugin-sdk, helper/retry)."""


class Clock:
    """Sleeps at the sandbox's speed until the engine cancels."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint
        self._speed = 0.0
        self._cancelled = threading.Event()

    def sleep(self, seconds: float) -> None:
        """Pause. Raises Cancelled when the engine does not want to wait for the rest."""
        if not self._speed:
            self._speed = _speed_of(self._endpoint)
        if self._cancelled.wait(seconds / self._speed):
            raise Cancelled("the operation was cancelled")

    def cancel(self) -> None:
        """End every pause, now and from now on."""
        self._cancelled.set()


def _speed_of(endpoint: str) -> float:
    """How many seconds of AWS pass in one of ours; an endpoint without such a clock keeps real time."""
    try:
        with urlopen(f"{endpoint}/_sandbox/clock") as answer:  # noqa: S310 - the sandbox's own address
            return float(json.load(answer)["speed"])
    except (OSError, ValueError, KeyError, TypeError):
        return 1.0


def _pauses(first: Collection[float], limit: float) -> Iterator[float]:
    spent = 0.0
    for pause in chain(first, repeat(LONGEST_PAUSE)):
        if spent >= limit:
            return
        yield min(pause, limit - spent)
        spent += pause


def retry(clock: Clock, limit: float, call: Callable[[], T], *, on: Callable[[Failure], bool]) -> T:
    """Repeat a call while it fails in a way that passes. Raises its last error after `limit` seconds."""
    for pause in _pauses(RETRY_PAUSES, limit):
        try:
            return call()
        except Failure as error:
            if not on(error):
                raise
        clock.sleep(pause)
    return call()


def until_gone(clock: Clock, limit: float, look: Callable[[], object]) -> None:
    """Wait until `look` answers None or raises Gone. Raises Failure after `limit` seconds."""

    def state() -> tuple[str, object] | None:
        try:
            found = look()
        except Gone:
            return None
        return None if found is None else ("", found)

    wait(clock, limit, state, pending={""}, target=())


def wait(
    clock: Clock,
    limit: float,
    look: Callable[[], tuple[str, T] | None],
    *,
    target: Collection[str],
    pending: Collection[str],
    steady: bool = False,
    absences: int = 20,
    after: float = 0,
) -> T | None:
    """Look again and again until the state is a target, or without targets until there is nothing to see.

    A steady wait begins with longer pauses and must see its target twice in a row. `look` may be empty-handed
    `absences` times (5 if steady). Raises Failure for any other state, and after `limit` seconds.
    """
    wanted, seen, absent, state = ", ".join(target), 0, 0, ""
    absences = 5 if steady else absences
    if after:
        clock.sleep(after)
    for pause in chain(_pauses(STEADY_PAUSES if steady else PLAIN_PAUSES, limit), (None,)):
        found = look()
        if found is None:
            if not target:
                return None
            absent, seen = absent + 1, 0
            if absent > absences:
                raise Gone(f"couldn't find resource ({absent} retries)")
        else:
            state, thing = found
            absent = 0
            seen = seen + 1 if state in target else 0
            if seen > steady:
                return thing
            if not seen and state not in pending:
                raise Failure(f"unexpected state '{state}', wanted target '{wanted}'. last error: %!s(<nil>)")
        if pause is not None:
            clock.sleep(pause)
    goal = f"state to become '{wanted}'" if target else "resource to be gone"
    raise Failure(f"timeout while waiting for {goal} (last state: '{state}', timeout: {duration(limit)})")


def duration(seconds: float) -> str:
    """A time span as Go writes it: 90 is 1m30s."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}h{minutes}m{rest}s" if hours else f"{minutes}m{rest}s" if minutes else f"{rest}s"


def passing(*codes: str, saying: str = "") -> Callable[[Failure], bool]:
    """Recognise AWS errors that a retry may cure, by code and by a part of their message."""
    return lambda error: isinstance(error, AWSError) and error.code in codes and saying in error.message
