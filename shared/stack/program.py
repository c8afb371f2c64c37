"""Starts a program in such a way that the engine adds nothing to what it refuses."""

import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pulumi
from pulumi.runtime import resource as registration
from pulumi.runtime.proto import source_pb2

from shared.aws.reach import begin_asking
from shared.catalog.lifecycle import refuse_to_look_ahead
from shared.errors import CatalogError
from shared.stack.engines import remember_own
from shared.stack.own_state import refuse_half_done

_CHECKOUT: Final = Path("..")
"""Relative to a project's folder, where Pulumi runs the program."""

_TOLD: Final = 32
"""Ends a program that has said itself what is wrong. After any other exit code the engine adds "an unhandled error
occurred" (source: pulumi 3.250, pulumi-language-python-exec)."""

SDK_DEBUG: Final = "MODEL_CATALOG_SDK_DEBUG"
"""The environment's variable that has the SDK tell what it does, for `pulumi up --debug`. Without it nothing is told:
each message is a call to the engine that is waited for, three to five hundred in a run, a tenth of its CPU. With it
the state has the line that each resource is made in, too."""


def start(run: Callable[[], None]) -> None:
    """Run a program; what it refuses, now or once an output is known, is told and ends it."""
    if not os.environ.get(SDK_DEBUG):
        pulumi.log.debug = _nothing
        registration._get_stack_trace = _nowhere  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - the SDK has no setting for it
    begin_asking()
    if task := asyncio.current_task():  # Pulumi's, which ends when the last resource is declared
        task.add_done_callback(_end)
    refuse_half_done()
    if not pulumi.runtime.is_dry_run():
        refuse_to_look_ahead()
        remember_own(_CHECKOUT, pulumi.get_stack())
    run()


def _nothing(msg: str, *_: object, **__: object) -> None:
    """Tell the engine nothing, in place of `pulumi.log.debug`."""
    del msg


def _nowhere() -> source_pb2.StackTrace:
    """Give no stack trace, in place of the SDK's own of each resource.

    They were two fifths of a hub's state, which a first deployment writes hundreds of times. And they named folders of
    whoever ran it: from another checkout, or after a line was added, an unchanged run wrote the state once a resource.
    """
    return source_pb2.StackTrace()


def _end(task: asyncio.Task[Any]) -> None:
    if not task.cancelled() and isinstance(problem := task.exception(), CatalogError):
        pulumi.log.error(str(problem))
        sys.exit(_TOLD)
