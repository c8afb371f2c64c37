"""Whether the disk that a backend is on takes a run: Pulumi writes the whole state at each step.

A disk that fills up on the way takes minutes to fail, and leaves the state and the copy of it torn. So it is looked at
before.
"""

import os
from pathlib import Path
from typing import Final

from fleet.errors import StateError
from fleet.store.storage import folder_of
from shared.stack.names import project_of

LEAST: Final = 32 << 20
"""Bytes that a run needs beside its state: locks, history, backups, records."""

COPIES: Final = 10
"""Of the state: the one before, that of the history, and those of a run that grows."""


def refuse_full_disk(backend: str, stack: str) -> None:
    """Refuse to begin a run on a disk that may not take it; a bucket takes everything.

    Args:
        backend: Its address.
        stack: Whose state is written.

    Raises:
        StateError: says how much is free, and how much is needed.
    """
    folder = folder_of(backend)
    if folder is None:
        return
    there = next(each for each in (folder, *folder.parents) if each.exists())
    disk = os.statvfs(there)
    free, needed = disk.f_bavail * disk.f_frsize, LEAST + COPIES * _size(folder, stack)
    if free < needed:
        found = f"{_mebibytes(free)} MiB are free, and a run of {stack} needs {_mebibytes(needed)}"
    elif disk.f_files and not disk.f_favail:
        found = "no more files can be made"
    else:
        return
    raise StateError(
        f"{found}. A disk that fills up on the way tears the state. Nothing was changed. Free some space there, and "
        f"run it again.",
        code="disk-full",
        place=str(folder),
    )


def _size(folder: Path, stack: str) -> int:
    states = folder / ".pulumi" / "stacks" / project_of(stack)
    files = (states / f"{stack}.json", states / f"{stack}.json.gz")
    return max((path.stat().st_size for path in files if path.exists()), default=0)


def _mebibytes(count: int) -> int:
    return count >> 20
