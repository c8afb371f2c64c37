"""Starts a process that serves a sandbox, and stops it."""

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from cli.errors import RehearsalError

ROOT: Final = Path(__file__).resolve().parents[2]
ADDRESS: Final = "url"
_PATIENCE_SECONDS: Final = 30


def started(command: Sequence[str], log: Path, *, may_outlast: bool = False) -> "tuple[subprocess.Popen[str], str]":
    """Start a sandbox, and give its process and where it listens, once it accepts calls.

    Its address is written beside the log: its command line tells by this in which folder its state is.

    Args:
        command: What starts it.
        log: Gets what it says.
        may_outlast: Whether it can go on after this process, and the terminal that this was started in.

    Raises:
        RehearsalError: it did not start.
    """
    address = ["--ready-file", str(log.absolute().with_name(ADDRESS))]
    with log.open("w") as errors:
        process = subprocess.Popen(
            [*command, *address],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            start_new_session=may_outlast,
        )
    line = process.stdout.readline() if process.stdout else ""
    if not line.startswith("ready "):
        stop(process)
        raise RehearsalError(f"the sandbox did not start ({log}): {log.read_text().strip()[-500:]}")
    return process, line.split()[1]


def stop(process: "subprocess.Popen[str]") -> None:
    """End it, by force where it does not end by itself."""
    process.terminate()
    try:
        process.wait(timeout=_PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
