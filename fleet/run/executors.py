"""Who does the work: threads here, or the workers of a Dask scheduler."""

from collections.abc import Callable, Generator, Iterable
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from fleet.errors import SettingsError
from fleet.run.memory import spokes_that_fit
from fleet.run.processor import Processor

T = TypeVar("T")

_SECONDS: Final = 5
_MOST: Final = 1000


@dataclass(frozen=True, slots=True)
class Workforce:
    """Who does the work.

    Attributes:
        width: How many spokes it can run at a time.
        is_here: Whether it works in this checkout.
        processor: What it works with, where more can run at a time while cores are idle.
    """

    executor: Executor
    width: int
    is_here: bool
    processor: Processor | None = None

    def map(self, function: Callable[[str], T], items: Iterable[str]) -> list[T]:
        """Apply a function to each item, to no more at a time than the width; an interrupt begins nothing more."""
        results, running = list[Future[T]](), set[Future[T]]()
        for item in items:
            if len(running) >= self.width:
                _, running = wait(running, return_when=FIRST_COMPLETED)
            results.append(future := self.executor.submit(function, item))
            running.add(future)
        return [future.result() for future in results]


@contextmanager
def workforce(scheduler: str | None) -> Generator[Workforce]:
    """Give the local threads, or connect to a Dask scheduler such as `tcp://10.0.0.5:8786`.

    Raises:
        SettingsError: the scheduler is out of reach or has no workers, or Dask is not installed.
    """
    if scheduler is None:
        with ThreadPoolExecutor(_MOST) as threads:  # they are made as they are needed; waves limit themselves
            processor = Processor()
            yield Workforce(threads, min(processor.cores, spokes_that_fit()), is_here=True, processor=processor)
        return
    client = _connected(scheduler)
    try:
        width = sum(client.nthreads().values())
        if not width:
            raise SettingsError(
                f"{scheduler} has no workers. Start some: dask worker {scheduler}",
                code="scheduler-without-workers",
                place="--scheduler",
            )
        # A task belongs to one spoke and one run, so no result of another may stand in for it.
        yield Workforce(client.get_executor(pure=False), width, is_here=False)
    finally:
        client.close()


def _connected(scheduler: str) -> Any:  # noqa: ANN401 - distributed has no types
    try:
        from distributed import Client  # noqa: PLC0415  # pyright: ignore[reportMissingTypeStubs] - only where it is asked for, since it takes half a second
    except ImportError:
        raise SettingsError(
            "Dask is not installed. Install it: pip install 'model-catalog[fleet,dask]'",
            code="dask-not-installed",
            place="--scheduler",
        ) from None
    try:
        return Client(scheduler, timeout=_SECONDS)
    except (OSError, ValueError) as problem:
        raise SettingsError(
            f"no Dask scheduler answers at {scheduler} ({' '.join(str(problem).split()) or 'time-out'}). Start one "
            f"with dask scheduler, or leave the option out to work on this machine.",
            code="scheduler-unreachable",
            place="--scheduler",
        ) from None
