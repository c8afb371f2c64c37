"""What tests of proposals have in common."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cli.exit_codes import ExitCode
from tests.support.command_line import Command

Publish = Callable[..., None]
BRANCH = "upgrades/risk-fraud/embedder"
ENDS = {"deprecated_on": "2026-12-01", "retires_on": "2027-03-01", "replacement": "1.1.0", "reason": "It drifts."}


def git(root: Path, *words: str) -> str:
    """Run git."""
    return subprocess.run(["git", "-C", str(root), *words], check=True, capture_output=True, text=True).stdout


def commit(root: Path) -> None:
    """Commit all that is there."""
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--allow-empty", "-m", "What there is")


def proposed(command: Command, *options: str) -> Any:  # noqa: ANN401 - JSON
    """Run it, and read the index."""
    done = command("fleet", "propose", "--json", *options)
    assert done.code == ExitCode.DONE, done.err
    return json.loads(done.out)


def statuses(found: dict[str, Any]) -> dict[str, str]:
    """Give what became of each branch."""
    return {each["branch"]: each["status"] for each in found["proposals"]}


def tips(root: Path) -> str:
    """Give all branches of proposals with their commits."""
    return git(root, "for-each-ref", "refs/heads/upgrades")
