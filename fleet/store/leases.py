"""Leases: who runs a stack at the moment, so that two fleets never run the same one.

A lease is an object that is replaced only where it still is as it was read: of several who want it, or of a new owner
and the former one, exactly one succeeds. Each who takes it counts its generation up. The owner renews it every now and
then. Whoever wants the lease of an owner that cannot be seen from here measures its silence by the storage's own time.
The engine of an owner that could not renew is ended before that silence is long enough (fleet/guard.py).
"""

import datetime as dt
import os
import threading
import time
import uuid
from collections.abc import Callable
from typing import ClassVar, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from fleet.engine import STOPPING
from fleet.errors import FleetError
from fleet.store.storage import Found, Storage, StorageError
from shared.stack.process import Process

EXPIRY: Final = dt.timedelta(minutes=2)
"""An owner that cannot be seen from here and has been silent for so long is gone, and so is its engine."""

ALLOWED_SECONDS: Final = 90
"""So long after its last renewal an owner's engine may run: it is ended well before others take the lease."""

RENEW_SECONDS: Final = 20
HANDOVER_SECONDS: Final = 30
"""A former owner that lives all the same has noticed by then that its lease is lost, and ended its engine."""

_FOLDER: Final = ".fleet/claims"  # what releases before this word wrote, and what permissions in use name
_FIRST: Final = "000001"


class Lease(BaseModel):
    """Somebody's lease of a stack.

    Attributes:
        token: Of this taking, and no other.
        generation: How often the lease was taken.
        engine: The Pulumi process that works for the owner.
        renewed: For people, and for releases before this one: by the owner's clock, which is nobody else's.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="ignore")

    token: str
    generation: int = 0
    owner: Process
    engine: Process | None = None
    renewed: dt.datetime

    def __str__(self) -> str:
        """Say who has it."""
        return f"process {self.owner.pid} on {self.owner.host}"


class _Released(BaseModel):
    """A lease that nobody has, which stays, so that generations go on. Former releases cannot read it, and take it."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="ignore")

    generation: int
    released: bool = Field(strict=True)


_UNKNOWN: Final = Lease(
    token="", owner=Process(host="an unknown machine", pid=0), renewed=dt.datetime.min.replace(tzinfo=dt.UTC)
)
"""Stands for the owner of what another release wrote and this one cannot read."""


class HeldLease:
    """A lease that is ours until it is released or lost.

    Attributes:
        abandoned: The lease of an owner that is gone: whatever it began may be half done.
    """

    def __init__(self, storage: Storage, path: str, lease: Lease, written: Found, begun: float) -> None:
        self.abandoned: Lease | None = None
        self._storage = storage
        self._path = path
        self._lease = lease
        self._written = written
        self._until = begun + ALLOWED_SECONDS
        self._lost = False
        self._lock = threading.RLock()
        self._ended = threading.Event()
        self._listener: Callable[[float], None] | None = None
        self._keeper = threading.Thread(target=self._keep, daemon=True)
        self._keeper.start()

    @property
    def is_lost(self) -> bool:
        """Whether somebody else has it, or may have it by now."""
        with self._lock:
            self._lost = self._lost or elapsed() > self._until
            return self._lost

    def check(self) -> None:
        """Refuse to go on without it. Raises FleetError."""
        if self.is_lost:
            raise FleetError(
                "the lease was lost: it could not be renewed in time, or somebody removed it. Its Pulumi process was "
                "ended. Run it again.",
                code="lease-lost",
                place=self._path.removeprefix(f"{_FOLDER}/").partition("/")[0],
            )

    def listen(self, listener: Callable[[float], None] | None) -> None:
        """Tell somebody, now and after every renewal, until when the engine may run, by `elapsed`; 0: no more."""
        with self._lock:
            self._listener = listener
            self._tell()

    def set_engine(self, engine: int) -> None:
        """Write down which Pulumi process works for us, before it begins.

        Raises:
            FleetError: the lease is lost.
            BaseError, OSError: the storage is out of reach.
        """
        with self._lock:
            self.check()
            self._renew(self._lease.model_copy(update={"engine": Process.of(engine)}))
            self.check()

    def release(self) -> None:
        """Let others have the stack; what they have already is left to them."""
        self._ended.set()
        self._keeper.join()
        with self._lock:
            self._lost = True
            if found := self._own():
                free = _Released(generation=self._lease.generation, released=True)
                _ = self._storage.replace(self._path, found, free.model_dump_json().encode())

    def _keep(self) -> None:
        while not self._ended.wait(RENEW_SECONDS):
            with self._lock:
                try:
                    self._renew(self._lease)
                except StorageError:
                    continue  # the next time may go better; until then the lease lasts
                finally:
                    self._tell()

    def _renew(self, lease: Lease) -> None:
        if self.is_lost:
            return
        begun = elapsed()
        lease = lease.model_copy(update={"renewed": dt.datetime.now(dt.UTC)})
        written = self._storage.replace(self._path, self._written, lease.model_dump_json().encode())
        # Without an answer a client asks again, and then finds that what it wanted to replace is as it wanted it.
        written = written or self._own()
        if written is None:
            self._lost = True
        else:
            self._lease, self._written, self._until = lease, written, begun + ALLOWED_SECONDS

    def _own(self) -> Found | None:
        """Give our lease as it lies in the storage; None where it is somebody else's, or gone."""
        found = self._storage.read(self._path)
        known = _parsed(found.content) if found else None
        return found if isinstance(known, Lease) and known.token == self._lease.token else None

    def _tell(self) -> None:
        if self._listener:
            self._listener(0 if self.is_lost else self._until)


class Leases:
    """The leases of all fleets that use a storage."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._silent: dict[str, tuple[str, float]] = {}
        """Of what was seen of a path: its tag, and since when it had been there, by `elapsed`."""

    def acquire(self, stack: str) -> HeldLease | Lease:
        """Acquire a stack's lease, or give that of whoever has it."""
        while True:
            path = max((entry.path for entry in self._storage.list(f"{_FOLDER}/{stack}")), default="")
            found = self._storage.read(path) if path else None
            before = _parsed(found.content) if found else None
            if found and not isinstance(before, _Released) and self._is_held(before, path, found.tag):
                return before or _UNKNOWN
            lease = Lease(
                token=uuid.uuid4().hex,
                generation=before.generation + 1 if before else 1,
                owner=Process.of(os.getpid()),
                renewed=dt.datetime.now(dt.UTC),
            )
            path, content, begun = path or f"{_FOLDER}/{stack}/{_FIRST}", lease.model_dump_json().encode(), elapsed()
            write = self._storage
            written = write.replace(path, found, content) if found else write.create(path, content)
            if written:
                return self._taken(HeldLease(write, path, lease, written, begun), before)

    def _taken(self, held: HeldLease, before: Lease | _Released | None) -> HeldLease:
        if isinstance(before, Lease):
            held.abandoned = before
            if before.engine and not before.engine.is_here and STOPPING.wait(HANDOVER_SECONDS):
                held.release()
                raise FleetError(f"interrupted while it waited for another rollout ({before}).", code="interrupted")
        return held

    def _is_held(self, lease: Lease | None, path: str, tag: str) -> bool:
        """Say whether an owner lives; of one that cannot be seen from here, whether it was heard of lately."""
        if lease and lease.owner.is_here:
            return lease.owner.lives
        known, since = self._silent.get(path, ("", 0.0))
        if known != tag:
            try:
                since = elapsed() - self._storage.age(path).total_seconds()
            except FileNotFoundError:
                return True  # it is going this very moment: look again
            self._silent[path] = (tag, since)
        return elapsed() - since <= EXPIRY.total_seconds()


def elapsed() -> float:
    """Give seconds that no clock's correction changes and that go on while the machine sleeps."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def _parsed(content: bytes) -> Lease | _Released | None:
    for model in (_Released, Lease):
        try:
            return model.model_validate_json(content)
        except ValidationError:
            continue
    return None
