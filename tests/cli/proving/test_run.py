"""A run, however a step ends: what was made is removed, and the report is whole."""

from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest

from cli.errors import RehearsalError
from cli.exit_codes import ExitCode
from cli.proving import run
from cli.proving.record import FILE, FOLDER, Observation, Record, StepRecord, read_record
from cli.proving.rehearsal import ACCOUNTS
from cli.proving.stage import Stage
from cli.proving.step import Proof, Step
from shared.files import write_file
from tests.support.proving import PROFILES, World

OPTIONS = run.Options(profiles=PROFILES, throw_away=list(ACCOUNTS.values()), plugin="stand-in")


class Making(Step):
    name = "making"
    what = "makes a role"
    undo = "deletes it"
    problem: ClassVar[BaseException | None] = None

    def run(self, proof: Proof) -> None:
        proof.record.intend("hub", "role", f"{proof.mark}-x")
        proof.client("hub", "iam").create_role(RoleName=f"{proof.mark}-x", AssumeRolePolicyDocument="{}")
        proof.fact("made", "a role")
        if self.problem:
            raise self.problem


@pytest.fixture
def one_step(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """Let a proof have one step, and need neither a copy of the project nor Pulumi."""
    monkeypatch.setattr(run, "STEPS", (Making,))

    def nothing(of: object) -> str:
        return str(of)

    monkeypatch.setattr(run, "refuse_tools", nothing)
    monkeypatch.setattr(Stage, "make", nothing)
    return world


def only_run() -> Record:
    (path,) = FOLDER.glob(f"*/{FILE}")
    return read_record(path)


def ends_with(problem: BaseException | None, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(Making, "problem", problem)
    return run.prove(OPTIONS)


def test_a_run_that_is_done_leaves_nothing_and_says_so(one_step: World, monkeypatch: pytest.MonkeyPatch) -> None:
    before = one_step.items()

    assert ExitCode.DONE == ends_with(None, monkeypatch)

    record = only_run()
    assert before == one_step.items()
    assert ("done", [("hub", "role", f"{record.mark}-x")]) == (
        record.steps[0].state,
        [(each.part, each.kind, each.name) for each in record.making],
    )


def test_credentials_that_end_are_told_of_before_anything_is_made(
    one_step: World, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    _ = ends_with(None, monkeypatch)
    assert "warning" not in capfd.readouterr().err
    given = one_step.client("spoke", "sts").get_session_token()["Credentials"]
    profile = f"[profile short]\naws_access_key_id = {ACCOUNTS['spoke']}\naws_secret_access_key = x\n"
    with Path("config").open("a") as config:
        config.write(f"\n{profile}aws_session_token = {given['SessionToken']}\nregion = eu-central-1\n")

    _ = run.prove(replace(OPTIONS, profiles={**PROFILES, "spoke": "short"}))

    assert "warning: the credentials of short end, and are not renewed by themselves." in capfd.readouterr().err


def test_a_step_that_fails_ends_the_run_and_what_was_made_is_removed(
    one_step: World, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    before = one_step.items()

    assert ExitCode.FAILED == ends_with(RehearsalError("stack up hub: no"), monkeypatch)

    record = only_run()
    assert before == one_step.items()
    assert record.removed
    assert ("failed", "RehearsalError: stack up hub: no") == (record.steps[0].state, record.steps[0].problem)
    assert "Step “making” failed" in (record.folder / "proof.md").read_text()
    assert "failed: stack up hub: no" in capfd.readouterr().err


@pytest.mark.parametrize("problem", [KeyboardInterrupt(), ValueError("nobody thought of it")])
def test_an_interrupt_and_a_bug_of_ours_leave_nothing_behind_either(
    one_step: World, monkeypatch: pytest.MonkeyPatch, problem: BaseException
) -> None:
    before = one_step.items()

    with pytest.raises(type(problem)):
        ends_with(problem, monkeypatch)

    assert before == one_step.items()
    assert only_run().removed


def test_the_report_has_what_is_not_as_in_the_run_that_it_is_compared_with(
    one_step: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    expected = one_step.proof().record
    step = StepRecord.model_validate({"name": "making", "what": "", "undo": "", "began": "2026-11-27T00:00:00Z"})
    step.facts = [Observation(name="made", value="two roles")]
    expected.steps = [step]
    write_file(Path("expected.json"), expected.model_dump_json())

    def rehearsed(_: run.Options) -> Record:  # as on AWS
        return read_record(Path("expected.json"))

    monkeypatch.setattr(run, "rehearsed", rehearsed)

    assert ExitCode.DONE == ends_with(None, monkeypatch)

    assert "observations that differ from the sandbox: 1" in capsys.readouterr().out
    text = (only_run().folder / "proof.md").read_text()
    assert "| making: made | two roles | a role |" in text


def test_steps_that_need_no_trust_do_not_turn_it_on() -> None:
    chosen = {step.name for step in run.chosen_steps(["tests", "measures"])}

    assert not {"trust", "no-trust", "tests", "measures"} & chosen
    assert {"trust", "no-trust"} <= {step.name for step in run.chosen_steps(["tests"])}
