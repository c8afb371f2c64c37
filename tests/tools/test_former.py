"""Commands that the documentation of earlier releases names still work, and say what they are called now."""

import subprocess
import sys

import pytest

from tests.support.paths import ROOT


@pytest.mark.parametrize(
    ("former", "now"),
    [
        ("tools.adopt --stack nothing", "stack adopt nothing"),
        ("tools.adopt --stack=nothing --settle", "stack adopt nothing --settle"),
        ("tools.plan --stack nothing --json", "stack plan nothing --json"),
    ],
)
def test_a_former_command_runs_the_verb_that_took_its_place(former: str, now: str) -> None:
    done = run(former)

    said, error, *_ = done.stderr.splitlines()
    assert said.endswith(f" is now: model-catalog {now}")
    assert "error: STACK: invalid value 'nothing'. Expected a stack of" in error
    assert 2 == done.returncode


def test_the_fleet_keeps_its_own_name() -> None:
    done = run("fleet --help")

    assert 0 == done.returncode
    assert "Usage: model-catalog fleet" in done.stdout
    assert 2 == run("fleet upp").returncode


def run(command: str) -> subprocess.CompletedProcess[str]:
    """Run a module in the project's folder."""
    return subprocess.run(
        [sys.executable, "-m", *command.split()], cwd=ROOT, capture_output=True, text=True, check=False
    )
