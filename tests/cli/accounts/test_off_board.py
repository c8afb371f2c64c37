"""An account leaves only when somebody has said that what it runs may end."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from cli.accounts import off_board
from cli.exit_codes import ExitCode
from fleet.engine import Engine
from tests.support.command_line import Command
from tests.support.fake_account import always, noting
from tests.support.paths import ROOT

RESEARCH = "333344445555"
LAUNCH = SimpleNamespace(name="scoring", version="1.0.0", region="eu-central-1", status="AVAILABLE")


@pytest.fixture
def destroyed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give the commands that are run in front of a person; the research account runs one launch."""
    for stack in ("hub", "spoke-research"):
        (tmp_path / f"Pulumi.{stack}.yaml").write_text((ROOT / f"Pulumi.{stack}.yaml").read_text())
    monkeypatch.chdir(tmp_path)
    running = [SimpleNamespace(product="scorer", deployed=LAUNCH)]
    monkeypatch.setattr(off_board, "launches_of", always(running))
    found: list[str] = []
    monkeypatch.setattr(Engine, "attended", noting(found, 0))
    return found


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], f"1 launches of {RESEARCH} would be terminated"),
        (["--acknowledge", "444455556666"], "invalid value '444455556666', which is not the account's id."),
    ],
)
def test_what_it_runs_is_listed_and_nothing_ends_unacknowledged(
    destroyed: list[str], command: Command, words: list[str], message: str
) -> None:
    ended = command("spoke", "off-board", "research", *words)

    assert ExitCode.NOT_REACHED == ended.code
    assert "spoke-research runs scoring: scorer 1.0.0 in eu-central-1 (AVAILABLE)" in ended.out
    assert ("launches-not-acknowledged", "--acknowledge") == ended.refusal
    assert message in ended.err
    assert [] == destroyed


def test_once_it_is_acknowledged_the_stack_is_destroyed_and_what_is_left_is_told(
    destroyed: list[str], command: Command
) -> None:
    ended = command("spoke", "off-board", "research", "--acknowledge", RESEARCH)

    assert 0 == ended.code
    assert ["spoke spoke-research destroy"] == destroyed
    assert "  - portfolio: batch-inference, type: ACCOUNT\n" in ended.out
    assert "pulumi -C spoke stack rm spoke-research" in ended.out


def test_a_destruction_that_failed_is_told_as_pulumis(
    destroyed: list[str], command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Engine, "attended", always(1))

    ended = command("spoke", "off-board", "research", "--acknowledge", RESEARCH)

    assert [] == destroyed
    assert ExitCode.FAILED == ended.code
    assert "spoke-research is not empty" in ended.out
    assert "What is left to do" not in ended.out
