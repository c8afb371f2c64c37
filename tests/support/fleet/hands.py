"""Workers and a board for the tests of rollouts, in which time passes only when it is told to."""

import datetime as dt
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from typing import Final, ParamSpec, TypeVar

from fleet.run.rollout import Result
from fleet.run.tasks import Outcome, RunStatus, Task

P = ParamSpec("P")
T = TypeVar("T")

ACCOUNTS: Final = {name: f"30000000000{number}" for number, name in enumerate("abcdef")}
"""Those of the spokes that are rolled out, by their short names."""
BEGUN: Final = dt.datetime(2026, 11, 1, 8, tzinfo=dt.UTC)

Ending = RunStatus | Exception | tuple[RunStatus, str]


class Hands(Executor):
    """Workers that work only when time passes: then the spoke that began first comes to its end.

    It is the board too.

    Attributes:
        statuses: What becomes of a spoke, by its short name, and why no other one shall begin; the others are done.
        seen: What happened, in order.
        most: How many ran at the same time.
        tasks: What was to be done, by stack.
        interrupts: At how many of the first ends somebody presses Ctrl-C, before they are told.
    """

    def __init__(self, statuses: Mapping[str, Ending]) -> None:
        self._endings = statuses
        self._waiting: list[Callable[[], None]] = []
        self.seen: list[str] = []
        self.most = 0
        self.tasks: dict[str, Task] = {}
        self.interrupts = 0

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Begin something."""
        future = Future[T]()

        def work() -> None:
            try:
                future.set_result(fn(*args, **kwargs))
            except Exception as problem:  # noqa: BLE001 - as executors do
                future.set_exception(problem)

        self._waiting.append(work)
        self.most = max(self.most, len(self._waiting))
        return future

    def run(self, task: Task) -> Outcome:
        """Stand for `run_spoke`."""
        self.tasks[task.stack] = task
        ending = self._endings.get(task.stack.removeprefix("spoke-"), RunStatus.SUCCEEDED)
        if isinstance(ending, Exception):
            raise ending
        status, stops = ending if isinstance(ending, tuple) else (ending, "")
        reason = "so it was" if status is RunStatus.FAILED else ""
        return Outcome(stack=task.stack, status=status, reason=reason, stops=stops)

    def wave(self, name: str, spokes: int, width: int) -> None:
        """Tell that a wave begins."""
        self.seen.append(f"wave {name}: {spokes} by {width}")

    def started(self, task: Task) -> None:
        """Tell that a spoke begins."""
        self.seen.append(f"+{task.stack.removeprefix('spoke-')}")

    def ended(self, outcome: Outcome) -> None:
        """Tell what became of a spoke."""
        self.seen.append(f"-{outcome.stack.removeprefix('spoke-')}")

    def note(self, text: str) -> None:
        """Tell something else."""
        self.seen.append(f"note {text}")

    def tick(self) -> None:
        """Let time pass."""
        if self.interrupts:
            self.interrupts -= 1
            raise KeyboardInterrupt
        if self._waiting:
            self._waiting.pop(0)()


@dataclass
class Run:
    """What came of a rollout, and what was seen of it."""

    result: Result
    hands: Hands
    asked: list[tuple[str, int]]
    interrupted: int

    @property
    def statuses(self) -> dict[str, RunStatus]:
        """By short name."""
        return {stack.removeprefix("spoke-"): outcome.status for stack, outcome in self.result.outcomes.items()}

    @property
    def not_begun(self) -> str:
        """By short name."""
        return " ".join(stack.removeprefix("spoke-") for stack in self.result.not_begun)


Start = Callable[..., Run]
