"""Leases as tests put and find them in a storage."""

import datetime as dt
import os
from pathlib import Path
from typing import Final

from fleet.store.leases import HeldLease, Lease, Leases
from fleet.store.storage import Storage
from shared.stack.process import Process

FOLDER: Final = ".fleet/claims/spoke-a"
FIRST: Final = f"{FOLDER}/000001"
HERE: Final = Process.of(os.getpid())
ELSEWHERE: Final = HERE.model_copy(update={"namespace": "pid:[1]"})
"""A process of this number in another container of this host's name."""


def taken(storage: Storage) -> HeldLease:
    """Lease the spoke, which has to succeed."""
    held = Leases(storage).acquire("spoke-a")
    assert isinstance(held, HeldLease)
    return held


def put(
    storage: Storage,
    generation: int,
    *,
    owner: Process,
    renewed: dt.datetime | None = None,
    engine: Process | None = None,
) -> Lease:
    """Put somebody's lease there."""
    lease = Lease(token="t", owner=owner, renewed=renewed or dt.datetime.now(dt.UTC), engine=engine)  # noqa: S106 - no secret
    storage.write(f"{FOLDER}/{generation:06}", lease.model_dump_json().encode())
    return lease


def age(storage: Storage, by: dt.timedelta) -> None:
    """Let the lease have been written that long ago."""
    path = Path(storage.url.removeprefix("file://")) / FIRST
    then = path.stat().st_mtime - by.total_seconds()
    os.utime(path, (then, then))


def content(storage: Storage) -> bytes:
    """Read what is there of the lease."""
    return getattr(storage.read(FIRST), "content", b"")


def current(storage: Storage) -> Lease:
    """Read the lease."""
    return Lease.model_validate_json(content(storage))
