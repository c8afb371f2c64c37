"""What is left of a Pulumi process that was killed: its plug-ins may be in the middle of a call."""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import psutil

_LONGEST_SECONDS: Final = 10
"""A plug-in looks every now and then whether its engine is still there, and ends within seconds."""

_SHORTEST_SECONDS: Final = 1
_STARTER: Final = "pulumi"


def await_left(folder: Path) -> None:
    """Wait until no process works in a program's folder that has lost its engine."""
    begun = time.monotonic()
    while (waited := time.monotonic() - begun) < _LONGEST_SECONDS:
        if waited >= _SHORTEST_SECONDS and not any(_left(folder.resolve())):
            return
        time.sleep(0.2)


def _left(folder: Path) -> Iterator[psutil.Process]:
    for process in psutil.process_iter():
        try:
            if Path(process.cwd()) != folder or process.pid == os.getpid() or process.status() == psutil.STATUS_ZOMBIE:
                continue
            if not any(each.name() == _STARTER for each in process.parents()):
                yield process
        except (OSError, psutil.Error):
            continue
