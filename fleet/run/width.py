"""How many spokes run at a time: a number that somebody has set, or what cores, memory and AWS allow at the moment."""

import time
from collections import deque
from collections.abc import Callable
from typing import Final, Protocol

from fleet.run.memory import SPOKE_MIB, free_mib, spokes_that_fit
from fleet.run.processor import Processor
from fleet.run.tasks import Outcome

MOST: Final = 100
"""Each is some processes, whatever it waits for."""
_GROWING_SECONDS: Final = 10
"""So long after its start a spoke has not yet taken all the memory that it will."""
_LOOK_SECONDS: Final = 1
"""Between two looks at the cores; each look lets one more spoke begin."""
_IDLE_CORES: Final = 0.5
"""A spoke that begins takes most of a core (docs/benchmarks.md)."""


class Width(Protocol):
    """How many spokes of a wave run at a time.

    Attributes:
        first: How many to begin with.
    """

    first: int

    def allows(self, running: int) -> bool:
        """Say whether one more may begin, beside so many that run."""
        ...

    def begun(self) -> None:
        """Note that one has begun."""
        ...

    def learn(self, outcome: Outcome, running: int) -> str:
        """Take in how one has ended, beside so many that still run; gives what to tell, where that changes much."""
        ...


class SetWidth:
    """The number that a wave's `concurrency` or the workers give."""

    def __init__(self, number: int) -> None:
        self.first = number

    def allows(self, running: int) -> bool:
        """Say whether one more may begin, beside so many that run."""
        return running < self.first

    def begun(self) -> None:
        """Do nothing: the number stays."""

    def learn(self, outcome: Outcome, running: int) -> str:  # noqa: ARG002 - as the protocol has it
        """Do nothing: the number stays."""
        return ""


class MeasuredWidth:
    """As many as there are cores, and more while cores are idle, as they are while launches wait for AWS.

    Memory has to be there for each, with what those take that have just begun. Whom AWS throttles in spite of all
    tries of the provider's halves the number, which then grows by one for each round that goes well. A process that
    was killed, as the kernel does for want of memory, takes the number below what ran, for good.
    """

    def __init__(self, processor: Processor, clock: Callable[[], float] | None = None) -> None:
        """Begin with as many as there are cores, as far as memory goes."""
        self._processor = processor
        self._clock = clock or time.monotonic
        self._begun = deque[float]()
        self._looked = self._clock()
        self._ceiling = MOST
        self._limit = float(MOST)
        self.first = min(processor.cores, spokes_that_fit())

    def allows(self, running: int) -> bool:
        """Say whether one more may begin, beside so many that run."""
        if not running:
            return True
        now = self._clock()
        while self._begun and now - self._begun[0] >= _GROWING_SECONDS:
            self._begun.popleft()
        if running >= int(self._limit) or free_mib() < (len(self._begun) + 1) * SPOKE_MIB:
            return False
        return running < self._processor.cores or self._has_idle_core(now)

    def begun(self) -> None:
        """Note that one has begun."""
        self._begun.append(self._clock())

    def learn(self, outcome: Outcome, running: int) -> str:
        """Take in how one has ended, beside so many that still run; gives what to tell, where that changes much."""
        before = int(self._limit)
        if outcome.kills:
            self._ceiling = max(1, min(self._ceiling, running))
            why = "a process was killed, perhaps for want of memory"
        elif outcome.throttled:
            self._limit = max(1.0, (running + 1) / 2)
            why = "AWS throttles"
        else:
            self._limit += 1 / self._limit
            why = ""
        self._limit = min(self._limit, self._ceiling)
        limit = int(self._limit)
        return f"{why}: at most {limit} at a time from here on" if why and limit < before else ""

    def _has_idle_core(self, now: float) -> bool:
        if now - self._looked < _LOOK_SECONDS:
            return False
        self._looked = now
        return self._processor.idle_cores() >= _IDLE_CORES
