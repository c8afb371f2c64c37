"""One spoke from its lease to its record, with an engine that only pretends."""

from pathlib import Path

import pytest

from fleet.engine import STOPPING
from fleet.run import spoke_run
from fleet.run.preparation import Preparation
from fleet.run.spoke_run import run_spoke
from fleet.run.tasks import Operation, RunStatus
from fleet.store.history import FAILED, INTERRUPTED, SUCCEEDED, History
from fleet.store.leases import HeldLease, Leases
from fleet.store.records import EventRef, Record, Records
from fleet.store.storage import Storage
from tests.support.fake_account import always
from tests.support.fleet.events import ADA
from tests.support.fleet.making import spoke
from tests.support.fleet.pretended import HASH, STACK, Begin

THROTTLED = "Diagnostics:\n  aws:iam:Role (x):\n    error: operation error IAM: ThrottlingException: Rate exceeded\n"
LOCKED = "error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end\n"


def test_a_launch_that_failed_when_it_was_launched_is_replaced_and_told(
    begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spoke_run, "prepare", always(Preparation(replaced=["urn:1"], notes=["it is launched anew"])))
    task, engine = begin((1, THROTTLED), (0, ""))

    outcome = run_spoke(task)

    assert ["--replace", "urn:1"] * 2 == engine.options
    assert 1 == outcome.notes.count("it is launched anew")


def test_a_success_is_recorded_with_what_it_was_made_of(begin: Begin) -> None:
    task, engine = begin()

    outcome = run_spoke(task)

    record = Records(Storage(task.locations.records)).of(STACK)
    assert isinstance(record, Record)
    assert (RunStatus.SUCCEEDED, "1 unchanged", 1) == (outcome.status, outcome.changes, outcome.tries)
    assert (task.fingerprint, HASH) == (record.fingerprint, record.contract.content_hash)
    assert ["create", "up"] == engine.ran
    assert isinstance(Leases(Storage(task.locations.records)).acquire(STACK), HeldLease)


def test_a_success_is_in_the_history_and_its_record_names_the_event(begin: Begin) -> None:
    task, _ = begin()

    run_spoke(task)

    storage = Storage(task.locations.records)
    record = Records(storage).of(STACK)
    [chain] = History(storage).chains({})
    assert isinstance(record, Record)
    assert [(1, SUCCEEDED, "up", ADA, "300000000001")] == [
        (each.number, each.outcome, each.operation, each.actor, each.account) for each in chain.events
    ]
    assert EventRef(number=1, digest=chain.stored[0].digest) == record.event


@pytest.mark.parametrize(("stopping", "outcome"), [(False, FAILED), (True, INTERRUPTED)])
def test_a_failure_is_in_the_history_where_it_changed_the_stack(begin: Begin, stopping: bool, outcome: str) -> None:  # noqa: FBT001 - a case
    task, engine = begin((255, "error: it broke\n"), (255, "error: it broke\n"))
    run_spoke(task)
    assert [] == History(Storage(task.locations.records)).chains({})
    engine.leaves = {"contract": {"hub": "hub", "content_hash": HASH}}
    if stopping:
        STOPPING.set()

    run_spoke(task)

    [chain] = History(Storage(task.locations.records)).chains({})
    assert [outcome] == [each.outcome for each in chain.events]


def test_a_success_that_the_history_does_not_take_is_no_success(begin: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    task, _ = begin()

    def append(*_: object) -> None:
        raise OSError("read-only")

    monkeypatch.setattr(History, "append", append)

    outcome = run_spoke(task)

    assert RunStatus.FAILED is outcome.status
    assert "records and history are out of reach: read-only" == outcome.reason
    assert None is Records(Storage(task.locations.records)).of(STACK)


def test_a_failure_is_told_and_not_recorded(begin: Begin) -> None:
    task, _ = begin((255, "Diagnostics:\n  x:\n    error: it broke\n"))

    outcome = run_spoke(task)

    assert (RunStatus.FAILED, "it broke") == (outcome.status, outcome.reason)
    assert Path(outcome.log).read_text().rstrip().endswith("it broke")
    assert Records(Storage(task.locations.records)).of(STACK) is None


def test_a_spoke_that_aws_throttles_is_tried_again(begin: Begin) -> None:
    task, engine = begin((255, THROTTLED), (255, THROTTLED))

    outcome = run_spoke(task)

    assert (RunStatus.SUCCEEDED, 3) == (outcome.status, outcome.tries)
    assert ["create", "up", "up", "up"] == engine.ran
    assert ("throttled by AWS: tried again later",) * 2 == outcome.notes
    assert 6 == outcome.cost.cpu_seconds


def test_a_spoke_that_is_throttled_for_ever_fails_in_aws_s_words(begin: Begin) -> None:
    task, _ = begin(*[(255, THROTTLED)] * 9)

    outcome = run_spoke(task)

    assert (RunStatus.FAILED, 6) == (outcome.status, outcome.tries)
    assert "Rate exceeded" in outcome.reason


def test_a_stack_that_somebody_else_has_locked_is_tried_again(begin: Begin) -> None:
    task, _ = begin((255, LOCKED))

    assert (RunStatus.SUCCEEDED, 2) == ((outcome := run_spoke(task)).status, outcome.tries)


def test_what_another_fleet_has_done_meanwhile_is_not_repeated(begin: Begin) -> None:
    task, engine = begin()
    assert RunStatus.SUCCEEDED is run_spoke(task).status

    assert RunStatus.SUCCEEDED_ELSEWHERE is run_spoke(task).status
    assert ["create", "up"] == engine.ran


def test_a_forced_spoke_is_repeated_unless_somebody_did_it_since_the_fleet_began(begin: Begin) -> None:
    first, _ = begin()
    assert RunStatus.SUCCEEDED is run_spoke(first).status
    later, engine = begin(forced=True)

    assert RunStatus.SUCCEEDED is run_spoke(later).status
    assert ["up"] == engine.ran
    assert RunStatus.SUCCEEDED_ELSEWHERE is run_spoke(later).status


def test_settings_that_are_not_those_of_the_plan_are_refused(begin: Begin, tmp_path: Path) -> None:
    task, engine = begin()
    _ = spoke(tmp_path, "a", "300000000002")

    outcome = run_spoke(task)

    assert RunStatus.FAILED is outcome.status
    assert "the plan was made with another Pulumi.spoke-a.yaml" in outcome.reason
    assert [] == engine.ran


def test_a_preview_acquires_nothing_and_records_nothing(begin: Begin) -> None:
    task, engine = begin(operation=Operation.PREVIEW)
    held = Leases(Storage(task.locations.records)).acquire(STACK)
    assert isinstance(held, HeldLease)

    assert RunStatus.PREVIEWED is run_spoke(task).status
    assert ["create", "preview"] == engine.ran
    assert Records(Storage(task.locations.records)).of(STACK) is None
    held.release()


def test_a_fleet_that_is_stopped_tries_nothing_again(begin: Begin) -> None:
    task, engine = begin((255, THROTTLED))
    STOPPING.set()

    assert RunStatus.INTERRUPTED is run_spoke(task).status
    assert 1 == engine.ran.count("up")
