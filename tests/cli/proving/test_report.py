"""The report: differences from the sandbox, measures beyond what the project waits for, and how it all ended."""

import datetime as dt
from pathlib import Path

from cli.proving.record import Fact, Making, Measure, Observation, Process, Record, StepRecord
from cli.proving.report import differences, write_report

NOW = dt.datetime(2026, 11, 27, 10, 0, tzinfo=dt.UTC)


def run(*steps: StepRecord, removed: bool = True) -> Record:
    return Record(
        run="2026-11-27-abc123",
        mark="proof-abc123",
        region="eu-central-1",
        profiles={"hub": "h"},
        accounts={"hub": "222233334444"},
        plugin="official",
        on="AWS",
        process=Process(pid=1, began=0),
        estimate=[("calls", 1.2)],
        steps=list(steps),
        removed=removed,
    )


def step(name: str, state: str = "done", problem: str = "", **facts: Fact) -> StepRecord:
    observations = [Observation(name=key, value=value) for key, value in facts.items()]
    return StepRecord.model_validate(
        {"name": name, "what": "w", "undo": "u", "began": NOW, "seconds": 2, "state": state, "problem": problem}
        | {"facts": observations}
    )


def test_what_was_observed_otherwise_is_a_difference_also_where_one_side_has_nothing() -> None:
    there = run(step("hub", made="26 created", shares=["accepted True"], gone="x"), step("refresh", hub="26 unchanged"))
    here = run(step("hub", made="26 created", shares=["accepted False"], more=3))

    assert [
        ("hub: shares", "accepted True", "accepted False"),
        ("hub: more", "did not happen", "3"),
        ("hub: gone", "x", "did not happen"),
    ] == differences(here, there)


def test_steps_that_did_not_run_here_are_no_differences() -> None:
    assert [] == differences(run(step("hub")), run(step("hub"), step("tests", a="holds")))


def test_the_report_says_what_waits_too_short(folder: Path) -> None:
    slow = step("measures", state="done")
    slow.measures = [
        Measure(name="IAM", seconds=[3.0, 21.0, 9.0], sandbox=10, relied_on=15, by="a spoke"),
        Measure(name="a share", seconds=[40.0], relied_on=900, by="the plug-in"),
    ]
    write_report(run(slow), run(slow))
    text = (folder / ".proof/2026-11-27-abc123/proof.md").read_text()

    assert "| IAM | measures | 3 | 3.0 s | 9.0 s | 21.0 s | 10 s | **15 s by a spoke: too short** |" in text
    assert "| a share | measures | 1 | 40.0 s | 40.0 s | 40.0 s |  | 900 s by the plug-in |" in text
    assert "0 differ" in text


def test_the_report_of_a_run_that_fails_tells_the_step_and_that_it_is_not_removed(folder: Path) -> None:
    failed = run(step("hub", "failed", "RehearsalError: stack up hub: no"), removed=False)
    failed.making = [Making(part="hub", kind="bucket", name="b")]
    write_report(failed, None)
    text = (folder / ".proof/2026-11-27-abc123/proof.md").read_text()

    assert "**Step “hub” failed: RehearsalError: stack up hub: no It is not removed (yet): see the end.**" in text
    assert "`model-catalog proof remove 2026-11-27-abc123`" in text


def test_a_fact_of_the_sandbox_that_fails_on_aws_is_told_and_those_that_hold_are_counted(folder: Path) -> None:
    there = run(step("tests", **{"test_shares: test_a": "holds", "test_shares: test_b": "holds"}))
    here = run(step("tests", **{"test_shares: test_a": "holds", "test_shares: test_b": "fails"}))
    write_report(here, there)
    text = (folder / ".proof/2026-11-27-abc123/proof.md").read_text()

    assert "- 1 facts of the sandbox hold" in text
    assert "| tests: test_shares: test_b | holds | fails |" in text
