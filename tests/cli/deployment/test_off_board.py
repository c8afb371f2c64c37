"""An account leaves only when somebody has said that what it runs may end."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from cli.deployment import off_board
from cli.exit_codes import ExitCode
from fleet.engine import Engine
from fleet.show.account_launches import AccountLaunch, AccountLaunches
from tests.support.command_line import Command
from tests.support.fake_account import always, noting
from tests.support.launched import provisioned
from tests.support.paths import ROOT

RESEARCH = "333344445555"
LAUNCH = SimpleNamespace(name="scoring", version="1.0.0", region="eu-central-1", status="AVAILABLE")


@pytest.fixture
def destroyed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give the commands that are run in front of a person; the research account runs one launch."""
    for stack in ("hub", "spoke-research"):
        (tmp_path / f"Pulumi.{stack}.yaml").write_text((ROOT / f"Pulumi.{stack}.yaml").read_text())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PULUMI_BACKEND_URL", tmp_path.as_uri())
    running = [SimpleNamespace(product="scorer", deployed=LAUNCH)]
    monkeypatch.setattr(off_board, "launches_of", always(running))
    monkeypatch.setattr("cli.launched.launches_everywhere", always(in_accounts()))
    found: list[str] = []
    monkeypatch.setattr(Engine, "attended", noting(found, 0))
    return found


def in_accounts(*names: str) -> AccountLaunches:
    """Give launches that no stack declares."""
    launches = [
        AccountLaunch(
            provisioned=provisioned(name=name),
            product="scorer",
            original_key="scorer",
            version="1.1.0",
            state="active",
            stack="",
        )
        for name in names
    ]
    return AccountLaunches(launches=launches, read={RESEARCH}, unread={}, unknown=[])


def test_what_no_stack_declares_is_named_and_nothing_ends_under_it(
    destroyed: list[str], command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its roles were deleted under it, and the account was said to be empty."""
    monkeypatch.setattr("cli.launched.launches_everywhere", always(in_accounts("mine")))

    ended = command("spoke", "off-board", "research", "--acknowledge", RESEARCH)

    assert ExitCode.NOT_REACHED == ended.code
    assert ("launches-undeclared", "spoke-research") == ended.refusal
    assert f"\n  scorer 1.1.0: mine in {RESEARCH} (eu-central-1, AVAILABLE; no stack's, launched by" in ended.err
    assert [] == destroyed


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


def test_another_stack_of_the_account_keeps_what_it_launched_and_what_is_shared_with_the_account(
    destroyed: list[str], command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = in_accounts("risk-search")
    [launch] = found.launches
    tagged = replace(launch, provisioned=replace(launch.provisioned, tags={"model-catalog-spoke": "spoke-risk"}))
    monkeypatch.setattr("cli.launched.launches_everywhere", always(replace(found, launches=[tagged])))

    ended = command("spoke", "off-board", "research", "--acknowledge", RESEARCH)

    assert 0 == ended.code
    assert ["spoke spoke-research destroy"] == destroyed
    assert f"spoke-risk launches in {RESEARCH} still, so leave what the hub shares with it." in ended.out
