"""What a person sees while a rollout runs: one line for each running spoke, or plain lines in a log."""

import re
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Self

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from fleet.run.engine_log import last_line
from fleet.run.tasks import Outcome, RunStatus, Task

_OWN_STACK: Final = re.compile(r"^pulumi:pulumi:Stack \S+ (running )?")
_STYLES: Final = {RunStatus.FAILED: "bold red", RunStatus.INTERRUPTED: "yellow", RunStatus.NOT_STARTED: "yellow"}


class Lines:
    """Plain lines, one for what begins a wave and one for what ends a spoke."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def wave(self, name: str, spokes: int, width: int) -> None:
        """Tell that a wave begins."""
        self.note(f"wave {name}: {spokes} to run, {width} at a time")

    def started(self, task: Task) -> None:
        """Say nothing: the line that counts is the one at its end."""

    def ended(self, outcome: Outcome) -> None:
        """Tell what became of a spoke."""
        self._console.print(line_of(outcome), soft_wrap=True)

    def note(self, text: str) -> None:
        """Tell something else."""
        self._console.print(text, soft_wrap=True, highlight=False, markup=False)

    def tick(self) -> None:
        """Let time pass."""


class Screen(Lines):
    """The same lines, and below them what runs at the moment. To be used in a `with` block."""

    def __init__(self, console: Console) -> None:
        super().__init__(console)
        self._running: dict[str, tuple[Task, float]] = {}
        self._left = 0
        self._live = Live(console=console, get_renderable=self._render, refresh_per_second=4, transient=True)

    def __enter__(self) -> Self:
        """Begin to show it."""
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the lines, and take the rest away."""
        self._live.stop()

    @contextmanager
    def paused(self) -> Generator[None]:
        """Stop to show it while a person is asked something."""
        self._live.stop()
        try:
            yield
        finally:
            self._live.start()

    def wave(self, name: str, spokes: int, width: int) -> None:
        """Tell that a wave begins."""
        super().wave(name, spokes, width)
        self._left = spokes

    def started(self, task: Task) -> None:
        """Show a spoke among the running ones."""
        self._running[task.stack] = (task, time.monotonic())

    def ended(self, outcome: Outcome) -> None:
        """Tell what became of a spoke."""
        if self._running.pop(outcome.stack, None):
            self._left -= 1
        super().ended(outcome)

    def _render(self) -> Group:
        table = Table.grid(padding=(0, 2))
        for stack, (task, since) in list(self._running.items()):
            said = last_line(Path(task.root) / task.logs / f"{stack}.log") if task.root else "on a worker"
            shown = Text(_OWN_STACK.sub("", said), no_wrap=True, overflow="ellipsis")
            table.add_row(stack, f"{time.monotonic() - since:4.0f} s", shown)
        return Group(table, Text(f"{len(self._running)} running, {self._left} left in this wave", style="dim"))


def line_of(outcome: Outcome) -> Text:
    """Tell in one line what became of a spoke, and below it why it failed."""
    text = Text(f"  {outcome.stack:<28} ")
    text.append(f"{outcome.status:<10}", style=_STYLES.get(outcome.status, ""))
    if outcome.tries:
        text.append(f" {outcome.cost.seconds:6.1f} s")
    if outcome.changes:
        text.append(f"   {outcome.changes}")
    for line in [*outcome.notes, *outcome.reason.splitlines()]:
        text.append(f"\n      {line}")
    if outcome.log and not outcome.is_good:
        text.append(f"\n      all that it printed, on {outcome.worker.partition(' ')[0]}: {outcome.log}")
    return text
