"""A fleet of one spoke, in a container of its own with a clock of its own: it waits for the lease, and runs an engine.

Run as: python -m tests.support.fleet.contender STORAGE ROOT CLOCK NAMESPACE, with the seconds that its clock is off and
a namespace to claim where the machine gives it none of its own.
"""

import datetime as dt
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Final

from fleet import engine_answers as engines
from fleet.engine import Engine
from fleet.store import leases as module
from fleet.store.leases import HeldLease, Leases
from fleet.store.storage import Storage
from shared.errors import CatalogError
from shared.stack import process

RENEW: Final = 0.2
ALLOWED: Final = 2.0
EXPIRY: Final = 3.0
HANDOVER: Final = 0.5


def _shorten() -> None:
    """Let everything happen in seconds that takes minutes."""
    for name, value in {"RENEW_SECONDS": RENEW, "ALLOWED_SECONDS": ALLOWED, "HANDOVER_SECONDS": HANDOVER}.items():
        setattr(module, name, value)
    module.EXPIRY = dt.timedelta(seconds=EXPIRY)  # pyright: ignore[reportConstantRedefinition]
    engines._ASKED_SECONDS = 0.2  # pyright: ignore[reportPrivateUsage, reportConstantRedefinition]


def _set_clock(off: float) -> None:
    """Let this process's clock be wrong."""
    right = time.time

    class Clock(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> "Clock":
            return cls.fromtimestamp(right() + off, tz)

    time.time = lambda: right() + off
    module.dt = SimpleNamespace(datetime=Clock, timedelta=dt.timedelta, UTC=dt.UTC)  # pyright: ignore[reportAttributeAccessIssue]


def main(storage: str, root: str, clock: float, namespace: str) -> None:
    """Run the spoke once it is ours; say how that ended."""
    _shorten()
    _set_clock(clock)
    if namespace:
        boot = process.here()[0]
        process.here = lambda: (boot, namespace)
    leases = Leases(Storage(storage))
    while not isinstance(held := leases.acquire("spoke-a"), HeldLease):
        time.sleep(0.1)
    engine = Engine(Path(root))
    engine.lease = held
    try:
        code = engine.up("spoke-a", None, lambda _: None).code
        held.check()
        said = f"ended with {code}"
    except CatalogError as problem:
        said = problem.code
    sys.stdout.write(f"{said}\n")
    sys.stdout.flush()
    held.release()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]), sys.argv[4])
