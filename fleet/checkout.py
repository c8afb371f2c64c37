"""Asks git which commit a checkout is of."""

import os
import subprocess
from pathlib import Path
from typing import Any, Final

_COMMITS: Final = ("GITHUB_SHA", "CI_COMMIT_SHA")
"""Where jobs of GitHub's and GitLab's have no git at hand."""
_SECONDS: Final = 20
"""For git, which compares every file; a file system that does not answer is no reason not to deploy."""

_HARMLESS: Final = ("PATH", "HOME", "SYSTEMROOT", "TMPDIR", "LANG", "LC_ALL")


def harmless_environment() -> dict[str, str]:
    """Give what a program needs of the environment that works on files alone: no passphrase, and no credentials."""
    return {name: value for name, value in os.environ.items() if name in _HARMLESS or name.startswith("GIT_")}


def commit_of(root: Path) -> str:
    """Give the commit of a checkout, with `-dirty` at its end where something in it was changed; empty without git."""
    command = ["git", "-C", str(root), "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    try:
        options: dict[str, Any] = {"timeout": _SECONDS, "env": harmless_environment()}
        found = subprocess.run(command, capture_output=True, text=True, check=True, **options).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        found = ""
    return found or next((os.environ[name] for name in _COMMITS if os.environ.get(name)), "")
