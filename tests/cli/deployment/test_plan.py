"""Which stacks have launches to plan."""

from pathlib import Path

import pytest

from cli.exit_codes import ExitCode
from tests.support.command_line import Command


def test_a_hub_has_no_launches_to_plan(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "Pulumi.hub.yaml").touch()
    monkeypatch.chdir(tmp_path)

    ended = command("stack", "plan", "hub")

    assert ExitCode.MISTAKE == ended.code
    assert "error: STACK: invalid value 'hub'. Expected a stack of a spoke." in ended.err
