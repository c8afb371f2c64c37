"""Virtual time: what takes AWS minutes takes the sandbox a moment."""

import heapq
import itertools
import time
from collections.abc import Callable
from datetime import UTC, datetime

DEFAULT_SPEED = 100.0
"""Virtual seconds per real second."""
IAM_SECONDS = 10.0
"""Until word of a role that was made just now gets about; AWS documents none, and seconds are what it takes."""


class Clock:
    """Tells virtual time and runs what is due, in order, and only when asked.

    It has no thread of its own: the application calls `run_due` before each request, so nothing ever
    changes in the middle of one. During an event the clock shows the moment the event was due, whatever
    the real time, which makes the time stamps of a chain of events exact.
    """

    def __init__(self, speed: float = DEFAULT_SPEED, real: Callable[[], float] = time.monotonic) -> None:
        self._real = real
        self._speed = speed
        self._virtual_origin = time.time()
        self._real_origin = real()
        self._event_time: float | None = None
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self.hold = 0.0
        """Virtual seconds by which what is scheduled now comes later than it should: an injected fault."""
        self.iam_seconds = IAM_SECONDS
        """Until word of a new role gets about."""
        self.injected_failure: str | None = None
        """Why what is begun now will fail: an injected fault."""

    @property
    def speed(self) -> float:
        return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        if not 0 < speed <= 1_000_000:  # noqa: PLR2004 - the bound is the message's
            raise ValueError(f"speed must be above 0 and at most 1000000, got {speed}")
        self._virtual_origin = self.timestamp()
        self._real_origin = self._real()
        self._speed = speed

    def timestamp(self) -> float:
        """Virtual seconds since the epoch."""
        if self._event_time is not None:
            return self._event_time
        return self._virtual_origin + (self._real() - self._real_origin) * self._speed

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.timestamp(), UTC)

    def later(self, seconds: float) -> float:
        """The virtual time, as a time stamp, when that many seconds have passed."""
        return self.timestamp() + seconds + self.hold

    def after(self, seconds: float, event: Callable[[], None], *, held: bool = True) -> None:
        """Run `event` when that many virtual seconds have passed; events of one moment keep their order."""
        due = self.later(seconds) if held else self.timestamp() + seconds
        heapq.heappush(self._due, (due, next(self._order), event))

    def run_due(self) -> None:
        """Run every event whose time has come, and those that they make due."""
        now = self.timestamp()
        while self._due and self._due[0][0] <= now:
            self._event_time, _, event = heapq.heappop(self._due)
            try:
                event()
            finally:
                self._event_time = None
