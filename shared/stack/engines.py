"""Which engines were started from this checkout: what tells the lock of a dead run from that of a live one.

Pulumi's lock names a host and a number of a process, and containers share both. So each engine's process is noted here
by what nobody else has, from its start to its end; a note whose process is gone says that this engine was killed.
"""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from shared.files import is_aside, write_file
from shared.stack.process import Process, name_of, parent_of

_FOLDER: Final = Path(".fleet") / "engines"
_ENGINE: Final = "pulumi"


def remember(root: Path, stack: str, pid: int) -> None:
    """Note an engine, where the disk takes it: without a note its lock is taken for a live one."""
    with contextlib.suppress(OSError):
        write_file(_path(root, stack, pid), Process.of(pid).model_dump_json())


def forget(root: Path, stack: str, pid: int) -> None:
    """Remove the note of an engine that has come to its end."""
    with contextlib.suppress(OSError):
        _path(root, stack, pid).unlink()


def remember_own(root: Path, stack: str) -> None:
    """Note the engine that runs this program. It has the stack, so whatever had it before is settled."""
    pid = os.getppid()
    while pid and name_of(pid) != _ENGINE:
        pid = parent_of(pid)
    if pid:
        remember(root, stack, pid)
    for path, process in list(_notes(root, stack)):
        if process.is_here and not process.lives:
            with contextlib.suppress(OSError):
                path.unlink()


def is_dead(root: Path, stack: str, host: str, pid: int) -> bool:
    """Say whether the engine that a lock names was started from here and is gone."""
    found = [each for _, each in _notes(root, stack) if (each.host, each.pid) == (host, pid)]
    return bool(found) and all(each.is_here and not each.lives for each in found)


def _notes(root: Path, stack: str) -> Iterator[tuple[Path, Process]]:
    for path in (root / _FOLDER / stack).glob("*"):
        if not is_aside(path.name):
            with contextlib.suppress(OSError, ValidationError):
                yield path, Process.model_validate_json(path.read_bytes())


def _path(root: Path, stack: str, pid: int) -> Path:
    """Give the place of an engine's note: containers that share a checkout have engines of one number."""
    process = Process.of(pid)
    return root / _FOLDER / stack / f"{process.pid}-{process.boot}-{process.namespace.strip('pid:[]')}.json"
