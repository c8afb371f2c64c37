"""Does work beside this process, where it can be divided: with two cores, both are ready sooner."""

import contextlib
import gc
import multiprocessing
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from multiprocessing.connection import Connection
from typing import Final, Generic, Self, TypeVar

from shared.errors import CatalogError

K = TypeVar("K")
T = TypeVar("T")
_THREADS: Final = "/proc/self/task"
"""Has an entry for each thread of this process, on Linux (source: proc_pid_task(5))."""

_WORTH_A_PROCESS: Final = 50
"""Products that take as long to read as a process to divide."""


class Beside(Generic[T]):
    """Some work that is under way, with what this process has when it begins.

    The work only computes: where it comes to no end beside, it is done once more here, and fails here. A `with` block
    ends what nobody waited for.
    """

    def __init__(self, work: Callable[[], T]) -> None:
        """Begin it."""
        self._work = work
        self._answer: Connection | None = None
        if _may_divide():
            context = multiprocessing.get_context("fork")
            self._answer, telling = context.Pipe(duplex=False)
            self._process = context.Process(target=_tell, args=(work, telling), daemon=True)
            self._process.start()
            telling.close()

    def __enter__(self) -> Self:
        """Give it."""
        return self

    def __exit__(self, *_: object) -> None:
        """End it, where whoever began it has been refused meanwhile."""
        if self._answer is not None and not self._answer.closed:
            self._answer.close()
            self._process.kill()
            self._process.join()

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


class Ahead(Generic[K, T]):
    """The later half of some work is done beside, while whoever wants it does the first half."""

    def __init__(self, items: Sequence[K], work: Callable[[K], T]) -> None:
        """Begin, where that is worth a process."""
        later = items[len(items) // 2 :] if len(items) >= _WORTH_A_PROCESS else items[:0]
        self._later = frozenset(later)
        self._beside = Beside(lambda: dict(_done(later, work))) if later else None
        self._found: Mapping[K, T] = {}

    def get(self, item: K, /) -> T | None:
        """Give what came of an item; None where it was not done, or refused, which is told to who does it again."""
        if self._beside and item in self._later:
            self._found, self._beside = self._beside.result(), None
        return self._found.get(item)


def _done(items: Sequence[K], work: Callable[[K], T]) -> Iterator[tuple[K, T]]:
    for item in items:
        with contextlib.suppress(CatalogError):
            yield item, work(item)


def _tell(work: Callable[[], T], telling: Connection) -> None:
    gc.freeze()  # what the other process has is not this one's to end
    # Ctrl-C reaches this process too, and is told by the other one.
    with contextlib.suppress(Exception, KeyboardInterrupt), telling:
        telling.send(work())


def _may_divide() -> bool:
    """Say whether this process has one thread: a fork would wait for ever for what another one of them holds.

    Where that is not known, a system may not allow it at all (source: Python, "multiprocessing", fork).
    """
    try:
        return len(os.listdir(_THREADS)) == 1  # noqa: PTH208 - pathlib would make a path of each
    except OSError:
        return False
