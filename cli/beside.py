"""Does work beside this process, where the system can divide one: with two cores, both are ready sooner."""

import contextlib
import multiprocessing
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Final, Generic, TypeVar

T = TypeVar("T")
_DIVIDES: Final = sys.platform == "linux"
"""Elsewhere a divided process may hold what its system does not allow it (source: Python, "multiprocessing", fork)."""


class Beside(Generic[T]):
    """Some work that is under way, with what this process has when it begins.

    The work only computes: where it comes to no end beside, it is done once more here, and fails here.
    """

    def __init__(self, work: Callable[[], T]) -> None:
        """Begin it."""
        self._work = work
        self._answer: Connection | None = None
        if _DIVIDES:
            context = multiprocessing.get_context("fork")
            self._answer, telling = context.Pipe(duplex=False)
            self._process = context.Process(target=_tell, args=(work, telling), daemon=True)
            self._process.start()
            telling.close()

    def result(self) -> T:
        """Wait for what came of it; raises what the work raises."""
        if self._answer is None:
            return self._work()
        with self._answer:
            try:
                found: T = self._answer.recv()
            except EOFError:
                return self._work()
            finally:
                self._process.join()
        return found


def _tell(work: Callable[[], T], telling: Connection) -> None:
    with contextlib.suppress(Exception), telling:
        telling.send(work())
