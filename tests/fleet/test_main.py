"""The command line: a user's mistake is one line on standard error, and exit code 2."""

import csv
import json
import subprocess
import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from fleet.show.status import COLUMNS
from tests.support.command_line import command_line
from tests.support.paths import ROOT

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def command(root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Give a way to run a command in a checkout with two new spokes."""
    monkeypatch.chdir(root)
    run = command_line(monkeypatch, capsys)

    def command(*words: str) -> tuple[int, str, str]:
        ended = run("fleet", *words)
        return ended.code, ended.out, ended.err

    return command


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("plan --why nobody", "error: --why: invalid value 'nobody': no such spoke. The spokes are: spoke-a, spoke-b."),
        ("up --only nobody", "error: --only: invalid value 'nobody': no such spoke. The spokes are: spoke-a, spoke-b."),
        (
            "up --shard 3/2",
            "error: --shard: invalid value '3/2'. Expected a part and how many there are, for example 2/5.",
        ),
        ("up --wave x", "error: --wave: invalid value 'x'. The waves are: all."),
        ("up --approve x", "error: --approve: invalid value 'x'. The waves are: all."),
        ("up --only a --exclude a", "error: No spokes match --only and --exclude. Widen one of them."),
        ("drift --sample x", "error: --sample: invalid value 'x'. Expected a number of spokes, or a share such as 5%."),
        ("shards 2 --format x", "error: --format: invalid value 'x'. The formats are: github, gitlab."),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(command: Command, arguments: str, message: str) -> None:
    assert (2, "", f"{message}\n") == command(*arguments.split())


@pytest.mark.parametrize("arguments", ["upp", "up --no", "shards", "shards 0", "shards 257", "shards many"])
def test_what_is_no_command_is_exit_code_2_too(command: Command, arguments: str) -> None:
    code, _, said = command(*arguments.split())

    assert 2 == code
    assert "Traceback" not in said


def test_a_mistake_in_the_settings_ends_every_command(command: Command, root: Path) -> None:
    (root / "fleet.yaml").write_text("waves: [{name: a}]")

    for arguments in (["plan"], ["up"], ["status"], ["drift"], ["shards", "2"]):
        code, out, said = command(*arguments)
        assert (2, "") == (code, out)
        assert said.startswith("error: fleet.yaml: waves[0]: the wave 'a' names nobody.")


def test_a_plan_is_shown(command: Command) -> None:
    code, out, _ = command("plan")

    assert 0 == code
    assert "it was never deployed" in out
    assert out.endswith("2 spokes: 2 new\n")


def test_a_plan_is_written_for_machines(command: Command) -> None:
    code, out, _ = command("plan", "--json")

    assert 0 == code
    plan: dict[str, Any] = json.loads(out)
    assert [("spoke-a", "new"), ("spoke-b", "new")] == [(each["stack"], each["verdict"]) for each in plan["spokes"]]
    assert ["spoke-b"] == plan["spokes_without_account"]


def test_one_spoke_is_explained(command: Command) -> None:
    code, out, _ = command("plan", "--why", "b")

    assert 0 == code
    assert out.startswith("spoke-b: new\n  it was never deployed\n  wave all; last success unknown\n")
    assert "  + setting region\n" in out
    assert "spoke-a" not in out


def test_the_status_is_written_for_machines(command: Command) -> None:
    code, out, _ = command("status", "--json")
    assert 0 == code
    assert ["spoke-a", "spoke-b"] == [row["stack"] for row in json.loads(out)]

    code, out, _ = command("status", "--csv")
    assert 0 == code
    rows = list(csv.reader(StringIO(out)))
    assert COLUMNS == rows[0]
    assert ["spoke-a", "spoke-b"] == [row[0] for row in rows[1:]]


def test_a_state_that_cannot_be_read_is_the_exit_code_of_a_status(command: Command, root: Path) -> None:
    state = root.parent / "backend" / ".pulumi" / "stacks" / "model-catalog-spoke" / "spoke-a.json"
    state.parent.mkdir(parents=True)
    state.write_text('{"checkpoint": {"la')

    code, out, _ = command("status", "--json")

    assert 1 == code
    assert [True, False] == ["spoke-a.json is torn" in row["problem"] for row in json.loads(out)]


def test_the_status_of_one_product_is_of_nothing_else(command: Command) -> None:
    assert [] == json.loads(command("status", "--json", "--product", "embedder")[1])
    assert [] == json.loads(command("status", "--json", "--version", "1.0.0")[1])


def test_a_matrix_is_written(command: Command) -> None:
    assert (0, '{"shard": ["1/1"]}\n', "") == command("shards", "1")


def test_help_is_given_without_a_checkout(tmp_path: Path) -> None:
    done = run("--help", folder=tmp_path)

    assert 0 == done.returncode
    for name in ("plan", "up", "status", "drift", "shards"):
        assert f" {name} " in done.stdout


def test_without_a_backend_there_is_a_line_of_advice_and_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "hub").mkdir()

    done = run("plan", folder=tmp_path)

    assert (2, "") == (done.returncode, done.stdout)
    assert done.stderr.startswith("error: Pulumi has no backend: run pulumi login, or set PULUMI_BACKEND_URL")
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
