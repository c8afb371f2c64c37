"""Starts a program in such a way that the engine adds nothing to what it refuses."""

import asyncio
import sys
from collections.abc import Callable
from typing import Any, Final

import pulumi

from shared.errors import CatalogError
from shared.stack.own_state import refuse_half_done

_TOLD: Final = 32
"""Ends a program that has said itself what is wrong. After any other exit code the engine adds "an unhandled error
occurred" (source: pulumi 3.250, pulumi-language-python-exec)."""


def start(run: Callable[[], None]) -> None:
    """Run a program; what it refuses, now or once an output is known, is told and ends it."""
    if task := asyncio.current_task():  # Pulumi's, which ends when the last resource is declared
        task.add_done_callback(_end)
    refuse_half_done()
    run()


def _end(task: asyncio.Task[Any]) -> None:
    if not task.cancelled() and isinstance(problem := task.exception(), CatalogError):
        pulumi.log.error(str(problem))
        sys.exit(_TOLD)
