"""What a person sees while a rollout runs."""

import datetime as dt
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from fleet.engine import Cost
from fleet.run.tasks import Operation, Outcome, RunStatus, Task
from fleet.show.progress import Lines, Screen
from fleet.store.locations import Locations

COST = Cost(seconds=3.14, cpu_seconds=1.9, peak_mib=130)
FAILED = Outcome(
    stack="spoke-a",
    status=RunStatus.FAILED,
    reason="no launch path [to] it\nand another error",
    notes=("throttled by AWS: tried again later",),
    log=".fleet/runs/1/spoke-a.log",
    worker="lab 7",
    tries=2,
    cost=COST,
)


@pytest.fixture
def console() -> Console:
    return Console(file=StringIO(), width=100)


def printed(console: Console) -> str:
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def task(root: Path | str) -> Task:
    return Task(
        stack="spoke-a",
        operation=Operation.UP,
        root=str(root),
        locations=Locations(backend="file:///nowhere", records="file:///nowhere"),
        fingerprint="",
        parts={},
        own=frozenset(),
        contract="",
        day=dt.date(2026, 11, 25),
        begun=dt.datetime(2026, 11, 25, tzinfo=dt.UTC),
        forced=False,
        logs="logs",
    )


def test_plain_lines_tell_of_waves_and_of_what_became_of_each_spoke(console: Console) -> None:
    lines = Lines(console)
    lines.wave("canary", 1, 2)
    lines.started(task(""))
    lines.ended(
        Outcome(stack="spoke-a", status=RunStatus.SUCCEEDED, changes="1 updated", log="a.log", tries=1, cost=COST)
    )

    assert [
        "wave canary: 1 to run, 2 at a time",
        "  spoke-a                      succeeded     3.1 s   1 updated",
    ] == printed(console).splitlines()


def test_a_failure_is_told_with_its_words_and_the_place_of_its_log(console: Console) -> None:
    Lines(console).ended(FAILED)

    assert [
        "  spoke-a                      failed        3.1 s",
        "      throttled by AWS: tried again later",
        "      no launch path [to] it",
        "      and another error",
        "      all that it printed, on lab: .fleet/runs/1/spoke-a.log",
    ] == printed(console).splitlines()


def test_a_terminal_shows_a_line_for_each_running_spoke_with_what_it_said_last(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "spoke-a.log").write_text("first\n  aws:iam:Role launch creating\n")
    console = Console(file=StringIO(), width=100, force_terminal=True)
    with Screen(console) as screen:
        screen.wave("canary", 3, 2)
        screen.started(task(tmp_path))
        with screen.paused():
            pass  # what is shown is printed for good when it stops

    assert "spoke-a" in printed(console)
    assert "aws:iam:Role launch creating" in printed(console)
    assert "1 running, 3 left in this wave" in printed(console)


def test_a_spoke_that_has_ended_is_no_longer_among_the_running(console: Console) -> None:
    screen = Screen(console)
    screen.wave("canary", 3, 2)
    screen.started(task(""))
    console.print(screen._render())  # pyright: ignore[reportPrivateUsage] - a moment of what moves
    screen.ended(FAILED)
    console.print(screen._render())  # pyright: ignore[reportPrivateUsage] - likewise

    assert "on a worker" in printed(console)
    assert "0 running, 2 left in this wave" in printed(console)
