"""What the engine does to each resource is read while it does it, and leaves nothing behind."""

import json
from pathlib import Path
from typing import Any

import pytest

from fleet.run import engine_events
from fleet.run.engine_events import EngineEvents

URN = "urn:pulumi:spoke-a::model-catalog-spoke::aws:s3/bucket:Bucket::data"


def event(kind: str, operation: str = "create", urn: str = URN) -> str:
    """Give a line as the engine writes it."""
    metadata: dict[str, Any] = {"op": operation, "urn": urn, "type": "aws:s3/bucket:Bucket", "old": None, "new": None}
    return json.dumps({"sequence": 1, "timestamp": 1, kind: {"metadata": metadata}}) + "\n"


def said(message: str, severity: str = "error") -> str:
    """Give what the engine says of a resource."""
    diagnostic = {"urn": URN, "message": message, "severity": severity, "color": "never"}
    return json.dumps({"diagnosticEvent": diagnostic}) + "\n"


def write(options: tuple[str, ...], *texts: str) -> None:
    """Append to the file that the options name."""
    with Path(options[1]).open("a") as file:
        for text in texts:
            file.write(text)
            file.flush()


def test_an_operation_lasts_from_its_beginning_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_events, "_LOOK_SECONDS", 0.001)
    with EngineEvents(tmp_path / "spoke-a.log", wanted=True) as events:
        whole = event("resourcePreEvent")
        write(events.options, whole[:30])
        write(events.options, whole[30:], event("resOutputsEvent"), event("resourcePreEvent", "delete-replaced"))

    made, cut_off = events.steps
    assert ("create", URN, "aws:s3/bucket:Bucket", "") == (made.operation, made.urn, made.type, made.problem)
    assert made.begun <= made.ended
    assert ("delete-replaced", 0) == (cut_off.operation, cut_off.ended)
    assert [] == list(tmp_path.iterdir())


def test_what_failed_says_why(tmp_path: Path) -> None:
    with EngineEvents(tmp_path / "spoke-a.log", wanted=True) as events:
        write(events.options, event("resourcePreEvent"), said("slow", "warning"), said("no access"))
        write(events.options, event("resOpFailedEvent"))

    assert ["no access"] == [step.problem for step in events.steps]


def test_lines_that_say_nothing_are_passed_over(tmp_path: Path) -> None:
    with EngineEvents(tmp_path / "spoke-a.log", wanted=True) as events:
        write(events.options, '{"preludeEvent": {"config": {}}}\n', "[]\n", '{"resourcePreEvent": {}}\n', "{cut")

    assert () == events.steps


def test_nobody_but_its_owner_reads_the_events(tmp_path: Path) -> None:
    with EngineEvents(tmp_path / "spoke-a.log", wanted=True) as events:
        assert 0o600 == Path(events.options[1]).stat().st_mode & 0o777


@pytest.mark.parametrize(("folder", "wanted"), [("", False), ("missing", True)])
def test_a_run_goes_on_without_them(tmp_path: Path, folder: str, wanted: bool) -> None:  # noqa: FBT001 - a value of the table
    with EngineEvents(tmp_path / folder / "spoke-a.log", wanted=wanted) as events:
        assert () == events.options

    assert () == events.steps
