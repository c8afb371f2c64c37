"""What a run may have made without knowing is looked for, and never in another account."""

import pytest

from fleet.errors import PreviewError
from fleet.recover.reconcile import Reconciled
from fleet.recover.stack import Target
from fleet.run import recovery
from fleet.run.spoke_run import run_spoke
from fleet.run.tasks import Operation, RunStatus
from fleet.store.states import State, StoredStates
from tests.support.fake_account import always
from tests.support.fleet.pretended import STACK, Begin

CUT_OFF = "error: rpc error: code = Unavailable desc = error reading from server: EOF\n"


def test_a_plug_in_that_died_is_looked_after_and_the_spoke_tried_again(
    begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []

    def look(target: Target, _: object) -> Reconciled:
        looked.append(target.stack)
        return Reconciled(told=["scorer-launch had been created, and was taken into the state: x"], taken=1)

    monkeypatch.setattr(recovery, "settle_planned", look)
    task, engine = begin((1, CUT_OFF), (0, ""))

    outcome = run_spoke(task)

    assert (RunStatus.SUCCEEDED, 2) == (outcome.status, outcome.tries)
    assert ["spoke-a"] == looked
    assert ["create", "up", "up"] == engine.ran
    assert "a plug-in of its Pulumi process was killed" in outcome.notes
    assert "scorer-launch had been created, and was taken into the state: x" in outcome.notes


def test_what_nobody_can_tell_fails_the_spoke_with_the_command_that_settles_it(
    begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    operation = {"type": "creating", "resource": {"urn": "urn:x::a::b::scorer-launch"}}
    monkeypatch.setattr(recovery, "settle_planned", always(Reconciled(left=[(operation, "it is there 2 times")])))
    task, _ = begin((1, CUT_OFF))

    outcome = run_spoke(task)

    assert RunStatus.FAILED is outcome.status
    assert (
        "creating scorer-launch: it is there 2 times. Settle it: model-catalog stack recover spoke-a" in outcome.reason
    )


@pytest.mark.parametrize("problem", [None, PreviewError("the program refuses", code="preview-failed")])
def test_what_the_last_run_left_is_looked_for_where_it_failed(
    begin: Begin, monkeypatch: pytest.MonkeyPatch, problem: PreviewError | None
) -> None:
    looked: list[str] = []

    def look(target: Target, _: object) -> Reconciled:
        looked.append(target.stack)
        if problem:
            raise problem
        return Reconciled()

    monkeypatch.setattr(recovery, "settle_planned", look)
    monkeypatch.setattr(StoredStates, "failed_last", always(answer=True))
    task, engine = begin()
    engine.write(STACK, {})

    outcome = run_spoke(task)

    assert (RunStatus.SUCCEEDED, ["spoke-a"]) == (outcome.status, looked)
    expected = ["not looked for what the last run may have left: the program refuses"] if problem else []
    assert expected == list(outcome.notes)


def test_a_spoke_fails_whose_look_aws_throttles_for_good(begin: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    def look(*_: object) -> Reconciled:
        raise PreviewError("ThrottlingException: Rate exceeded", code="preview-failed")

    monkeypatch.setattr(recovery, "settle_planned", look)
    task, engine = begin((1, CUT_OFF), (0, ""))

    outcome = run_spoke(task)

    assert (RunStatus.FAILED, ["create", "up"]) == (outcome.status, engine.ran)
    assert "ThrottlingException" in outcome.reason


@pytest.mark.parametrize("operation", [Operation.UP, Operation.PREVIEW])
def test_a_spoke_that_is_deployed_to_another_account_is_refused_before_anything_runs(
    begin: Begin, monkeypatch: pytest.MonkeyPatch, operation: Operation
) -> None:
    monkeypatch.setattr(
        StoredStates, "read", always(State(tag="t", accounts=("999988887777",), pending=("creating x",)))
    )
    task, engine = begin(operation=operation)

    outcome = run_spoke(task)

    assert (RunStatus.FAILED, []) == (outcome.status, engine.ran)
    assert "spoke-a is deployed to 999988887777" in outcome.reason
