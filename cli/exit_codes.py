"""How a command ends: the one table of exit codes, and the one place that applies it.

| code | means |
| --- | --- |
| 0 | done |
| 1 | wanted and not reached: a check that found something, a launch still in use, a rollout that is not through |
| 2 | a mistake of the caller's: of the command line, of a file, of a setting, of credentials |
| 3 | AWS or Pulumi failed; their own words say why |
| 130 | interrupted |
"""

import signal
import sys
from enum import IntEnum
from typing import NoReturn

import typer

PULUMI_NOT_REACHED = (7, 8)
"""Exit codes of Pulumi: `--expect-no-changes` found changes; somebody said no (source: pulumi 3.250, exit_codes.go)."""

PULUMI_MISTAKE = (2, 6)
"""A flag or setting of its own is wrong; there is no such stack."""


class ExitCode(IntEnum):
    """What the caller learns from a command's end."""

    DONE = 0
    NOT_REACHED = 1
    MISTAKE = 2
    FAILED = 3


def of_pulumi(code: int) -> ExitCode:
    """Translate an exit code of Pulumi's; a program of ours that refused is told from nothing else that failed."""
    if code == 0:
        return ExitCode.DONE
    if code in PULUMI_NOT_REACHED:
        return ExitCode.NOT_REACHED
    return ExitCode.MISTAKE if code in PULUMI_MISTAKE else ExitCode.FAILED


def reached(*, reached: bool) -> ExitCode:
    """Give the code of a command that has looked or tried."""
    return ExitCode.DONE if reached else ExitCode.NOT_REACHED


def run(app: typer.Typer, name: str) -> NoReturn:
    """Run a command line to its end: what a person can put right is one line on standard error, without a traceback."""
    listen_to_interrupts()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        app(prog_name=name)
    except Exception as problem:
        found = _ending(problem)
        if found is None:
            raise
        code, text = found
        sys.stderr.write(f"error: {text}\n")
        sys.exit(code)
    sys.exit(ExitCode.DONE)


def listen_to_interrupts() -> None:
    """Undo what a shell does for the commands that it runs in the background: it has them ignore interrupts.

    A Pulumi CLI that inherits this waits five seconds at its end for nothing. It is done once, by the process that
    starts others: what a fork does before it becomes another program may wait for a thread that it does not have
    (source: Python, "subprocess", preexec_fn).
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _ending(problem: Exception) -> tuple[ExitCode, str] | None:
    """Give code and words of an error that is nobody's bug; loaded here, because most commands end well."""
    from botocore.exceptions import BotoCoreError, ClientError
    from obstore.exceptions import BaseError

    from cli.errors import NotReachedError, RehearsalError
    from fleet.errors import EngineError
    from fleet.store.storage import error_text as storage_text
    from shared.aws.session import error_text
    from shared.errors import CatalogError, UnreachableError

    match problem:
        case NotReachedError():
            return ExitCode.NOT_REACHED, str(problem)
        case EngineError() | RehearsalError() | UnreachableError():
            return ExitCode.FAILED, str(problem)
        case CatalogError():
            return ExitCode.MISTAKE, str(problem)
        case BotoCoreError() | ClientError() | BaseError():
            storage = isinstance(problem, BaseError)
            who = "The storage of states and records" if storage else "AWS"
            said = storage_text(problem) if storage else error_text(problem)
            return ExitCode.FAILED, f"{who} cannot be reached, or refuses: {said}"
        case OSError() if problem.strerror:
            where = f"{problem.filename}: " if problem.filename else ""
            return ExitCode.NOT_REACHED, f"{where}{problem.strerror}"
        case _:
            return None
