"""The command line: a user's mistake is one line on standard error, and exit code 2."""

import csv
import json
import subprocess
import sys
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from fleet.plan.account_inventory import AccountInventory
from fleet.show import account_launches
from fleet.show.status import COLUMNS
from tests.support.command_line import Command, command_line
from tests.support.fake_account import always
from tests.support.launched import OWNER, provisioned
from tests.support.paths import ROOT


@pytest.fixture
def command(root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Give a way to run a command in a checkout with two new spokes."""
    monkeypatch.chdir(root)
    return partial(command_line(monkeypatch, capsys), "fleet")


@pytest.mark.parametrize(
    ("arguments", "refusal"),
    [
        ("plan --why nobody", ("spoke-unknown", "--why")),
        ("up --only nobody", ("spoke-unknown", "--only")),
        ("up --shard 3/2", ("invalid-shard", "--shard")),
        ("up --wave x", ("wave-unknown", "--wave")),
        ("up --approve x", ("wave-unknown", "--approve")),
        ("up --only a --exclude a", ("no-spokes-match", "")),
        ("drift --sample x", ("invalid-sample", "--sample")),
        ("drift --sample 0", ("invalid-sample", "--sample")),
        ("shards 2 --format x", ("format-unknown", "--format")),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(command: Command, arguments: str, refusal: tuple[str, str]) -> None:
    ended = command(*arguments.split())

    assert (2, "", refusal) == (ended.code, ended.out, ended.refusal)
    assert 1 == len(ended.err.splitlines())
    assert ended.err.startswith(f"error: {refusal[1]}")


@pytest.mark.parametrize("arguments", ["upp", "up --no", "shards", "shards 0", "shards 257", "shards many"])
def test_what_is_no_command_is_exit_code_2_too(command: Command, arguments: str) -> None:
    ended = command(*arguments.split())

    assert 2 == ended.code
    assert "Traceback" not in ended.err


def test_a_mistake_in_the_settings_ends_every_command(command: Command, root: Path) -> None:
    (root / "fleet.yaml").write_text("waves: [{name: a}]")

    for arguments in (["plan"], ["up"], ["status"], ["drift"], ["shards", "2"]):
        ended = command(*arguments)
        assert (2, "") == (ended.code, ended.out)
        assert ("wave-names-no-spokes", "fleet.yaml: waves[0]") == ended.refusal


def test_a_plan_is_shown(command: Command) -> None:
    ended = command("plan")

    assert 0 == ended.code
    assert "it was never deployed" in ended.out
    assert ended.out.endswith("2 spokes: 2 new\n")


def test_a_plan_is_written_for_machines(command: Command) -> None:
    ended = command("plan", "--json")

    assert 0 == ended.code
    plan: dict[str, Any] = json.loads(ended.out)
    assert [("spoke-a", "new"), ("spoke-b", "new")] == [(each["stack"], each["verdict"]) for each in plan["spokes"]]
    assert ["spoke-b"] == plan["spokes_without_account"]


def test_one_spoke_is_explained(command: Command) -> None:
    ended = command("plan", "--why", "b")

    assert 0 == ended.code
    assert ended.out.startswith("spoke-b: new\n  it was never deployed\n  wave all; last success unknown\n")
    assert "  + setting region\n" in ended.out
    assert "spoke-a" not in ended.out


def test_the_status_asks_accounts_and_is_not_reached_where_one_does_not_answer(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_hand = provisioned(account="300000000001", product_id="prod-scorer")
    unread = {"300000000002": "not authorized"}
    monkeypatch.setattr(account_launches, "read_accounts", always(AccountInventory(found=[by_hand], unread=unread)))

    shown, written = command("status"), command("status", "--json")

    assert (1, 1) == (shown.code, written.code)
    assert "1 launch that no stack declares:\n" in shown.out
    assert "not looked at: 300000000002: not authorized\n" in shown.out
    assert [("", "scoring", OWNER)] == [
        (row["stack"], row["launch"], row["launched_by"]) for row in json.loads(written.out) if row["launched_by"]
    ]


def test_the_status_is_written_for_machines(command: Command) -> None:
    ended = command("status", "--recorded", "--json")
    assert 0 == ended.code
    assert ["spoke-a", "spoke-b"] == [row["stack"] for row in json.loads(ended.out)]

    ended = command("status", "--recorded", "--csv")
    assert 0 == ended.code
    rows = list(csv.reader(StringIO(ended.out)))
    assert COLUMNS == rows[0]
    assert ["spoke-a", "spoke-b"] == [row[0] for row in rows[1:]]


@pytest.mark.parametrize("words", ["status --recorded", "history"])
def test_an_answer_in_two_forms_is_refused(command: Command, words: str) -> None:
    ended = command(*words.split(), "--csv", "--json")

    assert (2, "") == (ended.code, ended.out)
    assert "--json and --csv" in ended.err


def test_a_state_that_cannot_be_read_is_the_exit_code_of_a_status(command: Command, root: Path) -> None:
    state = root.parent / "backend" / ".pulumi" / "stacks" / "model-catalog-spoke" / "spoke-a.json"
    state.parent.mkdir(parents=True)
    state.write_text('{"checkpoint": {"la')

    ended = command("status", "--json")

    assert 1 == ended.code
    assert [True, False] == ["spoke-a.json: is damaged" in row["problem"] for row in json.loads(ended.out)]


def test_the_status_of_one_product_is_of_nothing_else(command: Command) -> None:
    assert [] == json.loads(command("status", "--json", "--product", "embedder").out)
    assert [] == json.loads(command("status", "--json", "--version", "1.0.0").out)


def test_a_matrix_is_written(command: Command) -> None:
    assert '{"shard": ["1/1"]}\n' == command("shards", "1").out


def test_help_is_given_without_a_checkout(tmp_path: Path) -> None:
    done = run("--help", folder=tmp_path)

    assert 0 == done.returncode
    for name in ("plan", "up", "status", "drift", "shards"):
        assert f" {name} " in done.stdout


def test_without_a_backend_there_is_a_line_of_advice_and_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "hub").mkdir()

    done = run("plan", folder=tmp_path)

    assert (2, "") == (done.returncode, done.stdout)
    assert done.stderr.startswith("error: Pulumi has no backend. Run pulumi login")
    assert 1 == len(done.stderr.splitlines())


def run(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the command line as a process of its own, which knows nothing of this one's environment."""
    environment = {"PYTHONPATH": str(ROOT), "PULUMI_HOME": str(folder), "HOME": str(folder), "PATH": str(folder)}
    return subprocess.run(
        [sys.executable, "-m", "fleet", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
