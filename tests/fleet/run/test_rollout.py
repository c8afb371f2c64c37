"""A rollout goes through the waves, and stops where too much fails."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fleet.engine import Cost
from fleet.plan.verdicts import FleetPlan, make_plan
from fleet.run import rollout as module
from fleet.run.tasks import Operation, RunStatus
from fleet.store.records import Record
from spoke.launches.holds import Hold
from tests.support.fleet.hands import ACCOUNTS, BEGUN, Start
from tests.support.fleet.making import CODE, deployed, fleet, inventory, spoke, spokes

FIRST = {"name": "first", "spokes": ["a", "b", "c"]}
SECOND = {"name": "second", "spokes": ["d", "e"]}
REST = {"name": "rest", "default": True}


def test_a_wave_begins_when_the_one_before_it_is_through(start: Start) -> None:
    run = start(FIRST, SECOND, REST)

    assert run.hands.seen == [
        *("wave first: 3 by 2", "+a", "+b", "-a", "+c", "-b", "-c"),
        *("wave second: 2 by 2", "+d", "+e", "-d", "-e"),
        *("wave rest: 1 by 2", "+f", "-f"),
    ]
    assert dict.fromkeys("abcdef", RunStatus.SUCCEEDED) == run.statuses
    assert ("", []) == (run.result.stopped, run.result.not_begun)


@pytest.mark.parametrize(
    ("width", "concurrency", "most"), [(1, None, 1), (2, None, 2), (2, 4, 4), (4, 2, 2), (9, None, 6)]
)
def test_no_more_run_at_a_time_than_the_wave_says_or_else_the_workers(
    start: Start, width: int, concurrency: int | None, most: int
) -> None:
    run = start({**REST, "concurrency": concurrency}, width=width)

    assert most == run.hands.most
    assert 6 == len(run.statuses)


def test_when_too_many_fail_what_runs_comes_to_its_end_and_nothing_else_begins(start: Start) -> None:
    run = start(FIRST, SECOND, REST, statuses={"a": RunStatus.FAILED})

    assert {"a": RunStatus.FAILED, "b": RunStatus.SUCCEEDED} == run.statuses
    assert "c d e f" == run.not_begun
    assert "1 failed in the wave first, which tolerates 0" == run.result.stopped
    assert [f"note {run.result.stopped}: no more spokes are started"] == [
        text for text in run.hands.seen if "note" in text
    ]
    assert "so it was" == run.result.outcomes["spoke-a"].reason
    assert ["wave first: 3 by 2"] == [text for text in run.hands.seen if text.startswith("wave")]


def test_as_many_may_fail_as_are_tolerated(start: Start) -> None:
    run = start({**FIRST, "tolerance": 1}, SECOND, REST, statuses={"a": RunStatus.FAILED, "d": RunStatus.FAILED})

    assert "f" == run.not_begun
    assert "1 failed in the wave second, which tolerates 0" == run.result.stopped
    assert {"a": RunStatus.FAILED, "d": RunStatus.FAILED} == {
        name: status for name, status in run.statuses.items() if status is not RunStatus.SUCCEEDED
    }


def test_a_share_is_of_those_that_run(start: Start) -> None:
    run = start({**REST, "tolerance": "34%"}, statuses=dict.fromkeys("abc", RunStatus.FAILED), width=1)

    assert "3 failed in the wave rest, which tolerates 2" == run.result.stopped
    assert "d e f" == run.not_begun


@pytest.mark.parametrize("status", [RunStatus.INTERRUPTED, RunStatus.SUCCEEDED_ELSEWHERE, RunStatus.PREVIEWED])
def test_only_failures_count_as_such(start: Start, status: RunStatus) -> None:
    run = start(FIRST, REST, statuses=dict.fromkeys("abc", status))

    assert "" == run.result.stopped
    assert 6 == len(run.statuses)


@pytest.mark.parametrize("status", [RunStatus.FAILED, RunStatus.NOT_STARTED])
def test_once_credentials_have_ended_no_spoke_begins_however_many_may_fail(start: Start, status: RunStatus) -> None:
    run = start(
        {**FIRST, "tolerance": 3},
        REST,
        statuses={"a": (status, "they have ended"), "b": (RunStatus.SUCCEEDED, "b says so too")},
    )

    assert "they have ended" == run.result.stopped
    assert ["note they have ended. No more spokes are started"] == [text for text in run.hands.seen if "note" in text]
    assert {"c", "d", "e", "f"} <= set(run.not_begun.split())
    assert ("a" in run.not_begun.split()) is (status is RunStatus.NOT_STARTED)
    assert RunStatus.SUCCEEDED is run.statuses["b"]


def test_a_wave_that_is_wider_than_the_memory_goes_is_warned_of(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = list[int]()

    def shortage(width: int) -> str:
        asked.append(width)
        return "memory is short"

    monkeypatch.setattr(module, "shortage", shortage)
    here = start({**REST, "concurrency": 40})
    there = start({**REST, "concurrency": 40}, is_here=False)

    assert [6] == asked, "no more than there are to run, and of this machine alone"
    assert "note warning: memory is short" in here.hands.seen
    assert [] == [text for text in there.hands.seen if "memory" in text]


def test_a_spoke_is_told_how_long_it_took_last(start: Start, tmp_path: Path) -> None:
    """So that it can be held against the life of the credentials."""
    done = deployed(inventory(tmp_path, spokes(tmp_path, **ACCOUNTS)))
    record = done.records["spoke-a"]
    assert isinstance(record, Record)
    records = {**done.records, "spoke-a": record.model_copy(update={"cost": Cost(seconds=417)})}
    run = start(plan=make_plan(replace(done, records=records)), forced=True)

    assert 417 == run.hands.tasks["spoke-a"].took


def test_a_worker_that_is_gone_has_failed_and_the_others_go_on(start: Start) -> None:
    run = start({**REST, "tolerance": 1}, statuses={"b": ConnectionError("the worker\n was killed")})

    assert RunStatus.FAILED is run.statuses["b"]
    assert "its worker failed: ConnectionError: the worker was killed" == run.result.outcomes["spoke-b"].reason
    assert 6 == len(run.statuses)


def test_somebody_is_asked_before_a_wave_that_wants_it(start: Start) -> None:
    run = start(FIRST, {**SECOND, "approve": True}, REST)

    assert [("second", 2)] == run.asked
    assert 6 == len(run.statuses)


def test_without_a_yes_neither_the_wave_nor_a_later_one_begins(start: Start) -> None:
    run = start(FIRST, {**SECOND, "approve": True}, REST, yes=False)

    assert dict.fromkeys("abc", RunStatus.SUCCEEDED) == run.statuses
    assert "d e f" == run.not_begun
    assert "the wave second waits for approval: --approve second" == run.result.stopped


def test_nobody_is_asked_for_a_preview_or_for_a_wave_without_work(start: Start) -> None:
    waves = ({**FIRST, "approve": True}, {**REST, "approve": True})

    assert [] == start(*waves, operation=Operation.PREVIEW, yes=False).asked
    assert [("rest", 3)] == start(*waves, wanted="def").asked


def test_nobody_is_asked_before_a_version_is_taken_back(start: Start, tmp_path: Path) -> None:
    waves = ({**FIRST, "approve": True, "bake": "1h"}, REST)
    done = deployed(inventory(tmp_path, spokes(tmp_path, **ACCOUNTS), settings=fleet(*waves)))
    record = done.records["spoke-a"]
    assert isinstance(record, Record)
    parts = {**record.parts, "offer of search": "that of 1.0.0"}
    plan = make_plan(replace(done, records={**done.records, "spoke-a": record.model_copy(update={"parts": parts})}))
    verdict, held = plan.verdicts["spoke-a"], Hold(version="1.0.0", instead_of="1.0.1", reason="slow", lasting=True)
    assert verdict.wanted
    back = replace(verdict, wanted=replace(verdict.wanted, held={"search": (held, "~1.0")}))
    run = start(plan=replace(plan, verdicts={**plan.verdicts, "spoke-a": back}), yes=False)
    other = start(plan=plan, yes=False)

    assert ([], {"a": RunStatus.SUCCEEDED}) == (run.asked, run.statuses)
    assert {"search": held} == run.hands.tasks["spoke-a"].taken_back
    assert [("first", 1)] == other.asked


def test_only_who_is_wanted_runs_and_a_wave_without_work_is_not_told(start: Start) -> None:
    run = start(FIRST, SECOND, REST, wanted="bf")

    assert ["wave first: 1 by 2", "+b", "-b", "wave rest: 1 by 2", "+f", "-f"] == run.hands.seen


def test_what_is_where_it_is_wanted_runs_only_by_force(start: Start, tmp_path: Path) -> None:
    done = deployed(inventory(tmp_path, spokes(tmp_path, **ACCOUNTS)))
    plan = make_plan(replace(done, tags={**done.tags, "spoke-c": "other"}))

    assert {"c"} == start(plan=plan).statuses.keys()
    forced = start(plan=plan, forced=True)
    assert set("abcdef") == forced.statuses.keys()
    assert {True} == {task.forced for task in forced.hands.tasks.values()}


def test_whoever_is_refused_has_failed_without_running(start: Start, tmp_path: Path) -> None:
    plan = refusing(tmp_path, {**REST, "tolerance": 1})
    run = start(plan=plan)

    assert RunStatus.FAILED is run.statuses["a"]
    assert "lunches: is not a known key" in run.result.outcomes["spoke-a"].reason
    assert "spoke-a" not in run.hands.tasks
    assert 6 == len(run.statuses)


def test_nothing_begins_where_more_are_refused_than_are_tolerated(start: Start, tmp_path: Path) -> None:
    run = start(plan=refusing(tmp_path, FIRST, REST))

    assert {"a": RunStatus.FAILED} == run.statuses
    assert "b c d e f" == run.not_begun
    assert "1 failed in the wave first, which tolerates 0" == run.result.stopped


def test_a_share_is_of_those_that_are_refused_too(start: Start, tmp_path: Path) -> None:
    assert "" == start(plan=refusing(tmp_path, {**FIRST, "tolerance": "34%"}, REST)).result.stopped


def test_an_interrupt_lets_what_runs_come_to_its_end(start: Start) -> None:
    run = start(FIRST, REST, interrupts=1)

    assert dict.fromkeys("ab", RunStatus.SUCCEEDED) == run.statuses
    assert "c d e f" == run.not_begun
    assert ("interrupted", 1) == (run.result.stopped, run.interrupted)


def test_a_second_interrupt_is_passed_on_too(start: Start) -> None:
    run = start(FIRST, REST, interrupts=2, statuses={"a": RunStatus.FAILED})

    assert 2 == run.interrupted
    assert "interrupted" == run.result.stopped
    assert {"a", "b"} == run.statuses.keys()


@pytest.mark.parametrize("is_here", [True, False])
def test_a_worker_is_told_all_that_it_needs(start: Start, tmp_path: Path, is_here: bool) -> None:  # noqa: FBT001 - both ways
    plan = make_plan(inventory(tmp_path, spokes(tmp_path, **ACCOUNTS)))
    verdict = plan.verdicts["spoke-a"]

    task = start(plan=plan, is_here=is_here).hands.tasks["spoke-a"]

    assert str(tmp_path) * is_here == task.root
    assert (verdict.parts, verdict.fingerprint, verdict.contract) == (task.parts, task.fingerprint, task.contract)
    assert CODE.keys() | verdict.spoke.parts.keys() == task.own
    assert (BEGUN, plan.inventory.day, Operation.UP, ".fleet/runs/1") == (
        task.begun,
        task.day,
        task.operation,
        task.logs,
    )


def refusing(folder: Path, *waves: Mapping[str, Any]) -> FleetPlan:
    """Plan a rollout in which the first spoke's settings are wrong."""
    made = {**spokes(folder, **ACCOUNTS), "spoke-a": spoke(folder, "a", ACCOUNTS["a"], lunches=[])}
    return make_plan(inventory(folder, made, settings=fleet(*waves)))
