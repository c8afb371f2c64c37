"""A rollout's report, while it runs and afterwards."""

import datetime as dt
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from fleet.plan.inventory import Inventory
from fleet.plan.verdicts import make_plan
from fleet.run.rollout import Request, Result
from fleet.run.tasks import Operation, Outcome, RunStatus, Task
from fleet.show import report as module
from fleet.show.report import FILE, Journal, LastLook, folder_name, read_report, report_folders
from fleet.store.locations import Locations
from shared.files import NotWritten
from tests.support.fleet.hands import Hands
from tests.support.fleet.making import fleet, inventory, spokes

BEGUN = dt.datetime(2026, 11, 2, 9, 0, tzinfo=dt.UTC)
WAVES: tuple[dict[str, Any], ...] = ({"name": "canary", "spokes": ["a"]}, {"name": "rest", "default": True})


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(module.time, "monotonic", found.monotonic)
    return found


@pytest.fixture
def new(tmp_path: Path) -> Inventory:
    """Two spokes that were never deployed."""
    made = spokes(tmp_path, a="300000000001", b="300000000002")
    return inventory(tmp_path, made, settings=fleet(*WAVES))


def journal(found: Inventory, board: Hands, wanted: Sequence[str] = ("spoke-a", "spoke-b")) -> Journal:
    request = Request(
        wanted=frozenset(wanted),
        operation=Operation.UP,
        forced=False,
        begun=BEGUN,
        locations=Locations("file:///none", "file:///none"),
        logs=folder_name(BEGUN),
    )
    return Journal(board, make_plan(found), request, found.root)


def task(stack: str) -> Task:
    """Stand for a spoke's task, of which a journal wants to know the stack alone."""
    made: Any = object.__new__(Task)
    object.__setattr__(made, "stack", stack)
    return made


def written(root: Path) -> dict[str, Any]:
    return json.loads((root / folder_name(BEGUN) / FILE).read_text())


def test_a_report_is_there_from_the_first_wave_on_and_says_what_runs(new: Inventory, clock: Clock) -> None:
    board = Hands({})
    found = journal(new, board)

    found.wave("canary", 1, 4)
    at_first = written(new.root)
    found.started(task("spoke-a"))
    clock.now += 3
    found.tick()

    assert ("running", []) == (at_first["state"], at_first["running"])
    assert [("canary", 1, 4), ("rest", 1, None)] == [
        (each["name"], each["spokes"], each["width"]) for each in at_first["waves"]
    ]
    [running] = written(new.root)["running"]
    assert ("spoke-a", "canary", ["it was never deployed"]) == (running["stack"], running["wave"], running["why"])
    assert ["wave canary: 1 by 4", "+a"] == board.seen


def test_a_wave_ends_where_the_next_one_begins_and_a_spoke_keeps_when_it_began(new: Inventory) -> None:
    found = journal(new, Hands({}))

    found.wave("canary", 1, 4)
    found.started(task("spoke-a"))
    found.ended(Outcome(stack="spoke-a", status=RunStatus.SUCCEEDED, changes="2 created"))
    found.wave("rest", 1, 4)
    found.started(task("spoke-b"))
    found.ended(Outcome(stack="spoke-b", status=RunStatus.FAILED, reason="it broke"))
    assert "" == found.close(Result(stopped="1 failed", not_begun=["spoke-c"]), LastLook(problem="out of reach"))

    report = read_report(new.root / folder_name(BEGUN))
    assert report is not None
    canary, rest = report.waves
    assert canary.begun is not None
    assert canary.ended is not None
    assert rest.begun is not None
    assert rest.ended is not None
    assert BEGUN < canary.begun <= canary.ended <= rest.begun <= rest.ended
    a, b = report.spokes
    assert ("succeeded", "canary", "2 created") == (a.ending, a.wave, a.changes)
    assert ("failed", "rest", "it broke") == (b.ending, b.wave, b.reason)
    assert a.begun is not None
    assert a.ended is not None
    assert canary.begun <= a.begun <= a.ended <= canary.ended
    assert ("ended", [], "1 failed", ["spoke-c"], "out of reach") == (
        report.state,
        report.running,
        report.stopped,
        report.not_begun,
        report.last_look,
    )


def test_writing_takes_a_small_part_of_the_time_however_long_it_takes(
    new: Inventory, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    times: list[float] = []

    def slow(_path: Path, _content: str) -> None:
        times.append(clock.now)
        clock.now += 1

    monkeypatch.setattr(module, "write_file", slow)
    found = journal(new, Hands({}))
    found.wave("canary", 1, 4)
    for _ in range(100):
        clock.now += 0.5
        found.tick()

    assert [0, 20, 40] == times


def test_a_disk_that_does_not_take_it_stops_nothing_and_is_told_at_the_end(
    new: Inventory, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, _: str) -> None:
        raise NotWritten(28, "cannot be written", str(path))

    monkeypatch.setattr(module, "write_file", full)
    found = journal(new, Hands({}))

    found.wave("canary", 1, 4)

    assert "report.json: cannot be written" in found.close(Result(), LastLook())


def test_only_what_runs_is_counted_in_a_wave_and_a_wave_of_nobody_is_left_out(new: Inventory) -> None:
    found = journal(new, Hands({}), wanted=["spoke-b"])

    found.close(Result(), LastLook())

    assert [("rest", 1)] == [(each["name"], each["spokes"]) for each in written(new.root)["waves"]]


def test_reports_are_listed_the_newest_first_and_what_is_none_is_left_out(tmp_path: Path) -> None:
    for name, content in {
        "20261102T090000000000": '{"spokes": [{"stack": "spoke-a", "why": [], "ending": "succeeded"}]}',
        "20261103T090000000000": "{torn",
        "made-by-hand": '{"spokes": []}',
    }.items():
        folder = tmp_path / ".fleet" / "runs" / name
        folder.mkdir(parents=True)
        (folder / FILE).write_text(content)
    (tmp_path / ".fleet" / "runs" / "20261104T090000000000").mkdir()

    by_hand, torn, first = report_folders(tmp_path)

    assert ["made-by-hand", "20261103T090000000000"] == [by_hand.name, torn.name]
    assert read_report(torn) is None
    earlier, strange = read_report(first), read_report(by_hand)
    assert earlier is not None
    assert strange is not None
    assert (BEGUN, "ended", "succeeded") == (earlier.begun, earlier.state, earlier.spokes[0].ending)
    assert strange.begun is None
