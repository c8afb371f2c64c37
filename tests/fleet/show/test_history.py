"""What was run and when, from the reports kept here and each spoke's last success."""

import datetime as dt
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from fleet.commands import planned
from fleet.show.history import events_of, show_history
from fleet.store.records import Records
from fleet.store.storage import Storage
from tests.support.command_line import command_line
from tests.support.fleet.making import deployed, recorded

REPORT: dict[str, Any] = {
    "stack": "spoke-a",
    "why": ["scoring moves from 1.0.0 to 1.0.1"],
    "ending": "done",
    "reason": "",
    "changes": "1 updated",
    "contract": "sha256:0123456789abcdef",
}


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """Give the folder of two rollouts, the later one of which failed, and of one whose report is torn."""
    folder = tmp_path / "runs"
    for name, text in {
        "20261106T101500000000": json.dumps({"spokes": [REPORT]}),
        "20261107T101500000000": json.dumps(
            {"spokes": [{**REPORT, "ending": "failed", "why": [], "reason": "no role"}]}
        ),
        "20261108T101500000000": '{"spokes": [',
        "something-else": json.dumps({"spokes": [REPORT]}),
    }.items():
        (folder / name).mkdir(parents=True)
        (folder / name / "report.json").write_text(text)
    return folder


def test_rollouts_are_listed_in_their_order_and_a_torn_report_tells_nothing(runs: Path, storage: Storage) -> None:
    first, second = events_of(runs, Records(storage))

    assert dt.datetime(2026, 11, 6, 10, 15, tzinfo=dt.UTC) == first.when
    assert ("spoke-a", "done", "scoring moves from 1.0.0 to 1.0.1", "1 updated") == (
        first.stack,
        first.status,
        first.why,
        first.changes,
    )
    assert ("failed", "no role") == (second.status, second.why)


def test_a_success_that_is_known_from_its_record_alone_is_listed(tmp_path: Path, root: Path, storage: Storage) -> None:
    record = recorded(deployed(planned(root).inventory), "spoke-a")
    Records(storage).write(record)

    [event] = events_of(tmp_path / "nothing", Records(storage))

    assert (record.finished, "spoke-a", "last success", "record") == (
        event.when,
        event.stack,
        event.status,
        event.source,
    )


def test_the_table_names_all_of_it(runs: Path, storage: Storage) -> None:
    console = Console(file=StringIO(), width=400, highlight=False)

    show_history(events_of(runs, Records(storage)), console)

    assert isinstance(console.file, StringIO)
    said = " ".join(console.file.getvalue().split())
    assert "2026-11-06 10:15 spoke-a done 1 updated scoring moves from 1.0.0 to 1.0.1 01234567" in said


def test_the_command_lists_one_spoke_or_all(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    report = root / ".fleet" / "runs" / "20261106T101500000000" / "report.json"
    report.parent.mkdir(parents=True)
    report.write_text(json.dumps({"spokes": [REPORT]}))
    monkeypatch.chdir(root)
    command = command_line(monkeypatch, capsys)

    assert ["spoke-a"] == [each["stack"] for each in json.loads(command("fleet", "history", "--json").out)]
    assert "[]\n" == command("fleet", "history", "--spoke", "b", "--json").out
    assert "Nothing was rolled out yet.\n" == command("fleet", "history", "--spoke", "b").out
