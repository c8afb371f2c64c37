"""Leases: who runs a spoke at the moment, so that two fleets never run the same one.

A lease is an object that can be created only once. It has a generation in its name: whoever finds that the owner of
the newest one is gone creates the next generation, and of several who try, one succeeds. The owner renews it every now
and then.
"""

import datetime as dt
import os
import socket
import threading
import uuid
from typing import ClassVar, Final

import psutil
from pydantic import BaseModel, ConfigDict, ValidationError

from fleet.store.storage import Storage, StorageError

EXPIRY: Final = dt.timedelta(minutes=2)
"""An owner on another machine that has not been heard of for so long is gone."""

_RENEW_SECONDS: Final = 30
_FOLDER: Final = ".fleet/claims"  # what releases before this word wrote, and what permissions in use name


class Process(BaseModel):
    """A process, told apart from a later one with the same number."""

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="ignore")

    host: str
    pid: int
    started: float

    @classmethod
    def of(cls, pid: int) -> "Process":
        """Describe a process of this machine."""
        return cls(host=socket.gethostname(), pid=pid, started=_started(pid) or 0.0)

    @property
    def is_here(self) -> bool:
        """Whether it ran on this machine."""
        return self.host == socket.gethostname()

    @property
    def lives(self) -> bool:
        """Whether it runs on this machine, now."""
        return self.is_here and _started(self.pid) == self.started


class Lease(BaseModel):
    """Somebody's lease of a spoke.

    Attributes:
        engine: The Pulumi process that works for the owner.
        renewed: When the owner was last heard of.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="ignore")

    token: str
    owner: Process
    engine: Process | None = None
    renewed: dt.datetime

    @property
    def is_abandoned(self) -> bool:
        """Whether its owner is gone."""
        if self.owner.is_here:
            return not self.owner.lives
        return dt.datetime.now(dt.UTC) - self.renewed > EXPIRY

    def __str__(self) -> str:
        """Say who has it."""
        return f"process {self.owner.pid} on {self.owner.host}"


class HeldLease:
    """A lease that is ours until it is released."""

    def __init__(self, storage: Storage, stack: str, generation: int, lease: Lease, abandoned: Lease | None) -> None:
        self.abandoned = abandoned
        """The lease of an owner that is gone: whatever it began may be half done."""
        self._storage = storage
        self._folder = f"{_FOLDER}/{stack}"
        self._generation = generation
        self._lease = lease
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._keeper = threading.Thread(target=self._keep, daemon=True)
        self._keeper.start()

    def set_engine(self, engine: int) -> None:
        """Write down which Pulumi process works for us."""
        with self._lock:
            self._lease = self._lease.model_copy(update={"engine": Process.of(engine)})
            self._write()

    def release(self) -> None:
        """Let others have the spoke."""
        self._ended.set()
        self._keeper.join()
        for generation in range(1, self._generation + 1):  # ours last, so that nobody finds a gap
            self._storage.remove(f"{self._folder}/{generation:06}")

    def _keep(self) -> None:
        while not self._ended.wait(_RENEW_SECONDS):
            with self._lock:
                try:
                    self._write()
                except StorageError:
                    continue  # the next time may go better; until then the lease lasts

    def _write(self) -> None:
        self._lease = self._lease.model_copy(update={"renewed": dt.datetime.now(dt.UTC)})
        self._storage.write(f"{self._folder}/{self._generation:06}", self._lease.model_dump_json().encode())


class Leases:
    """The leases of all fleets that use a storage."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def acquire(self, stack: str) -> HeldLease | Lease:
        """Acquire a spoke's lease, or give that of whoever has it."""
        newest, found = self._newest(stack)
        if found is not None and not found.is_abandoned:
            return found
        lease = Lease(token=uuid.uuid4().hex, owner=Process.of(os.getpid()), renewed=dt.datetime.now(dt.UTC))
        path = f"{_FOLDER}/{stack}/{newest + 1:06}"
        if not self._storage.create(path, lease.model_dump_json().encode()):
            return self._newest(stack)[1] or lease
        if rival := self._rival(stack, path):
            self._storage.remove(path)
            return rival
        return HeldLease(self._storage, stack, newest + 1, lease, found)

    def _rival(self, stack: str, own: str) -> Lease | None:
        """Look once more: between our look and our lease others may have come, gone and begun again at the first."""
        for entry in self._storage.list(f"{_FOLDER}/{stack}"):
            if entry.path < own and (other := self._read(entry.path)) and not other.is_abandoned:
                return other
        return None

    def _newest(self, stack: str) -> tuple[int, Lease | None]:
        paths = sorted(entry.path for entry in self._storage.list(f"{_FOLDER}/{stack}"))
        if not paths:
            return 0, None
        return int(paths[-1].rpartition("/")[2]), self._read(paths[-1])

    def _read(self, path: str) -> Lease | None:
        found = self._storage.read(path)
        try:
            return Lease.model_validate_json(found[0]) if found else None
        except ValidationError:
            return None


def _started(pid: int) -> float | None:
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else process.create_time()
    except psutil.Error:
        return None
