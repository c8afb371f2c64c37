"""Which stacks have launches to plan."""

import pytest

from cli import plan


def test_a_hub_has_no_launches_to_plan(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["plan", "--stack", "hub"])

    assert 1 == plan.main()
    assert "STACK: found 'hub'. Only spokes have launches to plan: make preview-hub" in capsys.readouterr().err
