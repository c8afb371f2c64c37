"""What git has of a file: a patch is for those who have that, and not what lies beside it in a checkout."""

import subprocess
from pathlib import Path
from typing import Final

from fleet.checkout import harmless_environment

_SECONDS: Final = 60


def committed(path: Path) -> str | None:
    """Give a file as the last commit has it; None where that does not have it, or there is none."""
    return _git("show", f"HEAD:./{path.as_posix()}")


def clean_checkout(branch: str) -> str:
    """Write the commands that make a checkout of the last commit, on a branch, and go to the same folder of it."""
    above, _, inside = (_git("rev-parse", "--show-cdup", "--show-prefix") or "\n").partition("\n")
    place = f"{above}../{branch}"
    return f"git worktree add -b {branch} {place} && cd {place}/{inside.strip()}".rstrip("/")


def _git(*words: str) -> str | None:
    """Ask git; None where there is none, or where it knows nothing."""
    try:
        done = subprocess.run(
            ["git", *words], capture_output=True, check=True, timeout=_SECONDS, env=harmless_environment()
        )
        return done.stdout.decode().replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError, subprocess.SubprocessError):
        return None
