"""Clears up after a run of a stack that has died: its processes, its lock, and what was half done."""

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

import psutil

from fleet.engine import STOPPING, Engine
from fleet.errors import FleetError, PreviewError
from fleet.patience import is_throttled
from fleet.recover.reconcile import Reconciled, name_of, unseen_reason
from fleet.recover.stack import Target, settle_pending, settle_planned
from fleet.run.engine_log import Log
from fleet.store.leases import Lease
from fleet.store.locks import Lock
from fleet.store.states import States
from shared.stack import engines
from shared.stack.own_state import refuse_other_account
from shared.stack.process import Process
from shared.stack.settings import AccountSettings

POLL_SECONDS: Final = 0.5

_MARGIN_SECONDS: Final = 10
"""What is left of a killed run ends by itself within seconds: a plug-in looks whether its engine is still there."""

_LOCK_PATIENCE: Final = 600
"""Seconds to wait for a run that is nobody's we know."""

_HOST: Final = "pulumi-language"


class Recovery:
    """Brings what an earlier run of a stack left behind to an end.

    Attributes:
        notes: What was found, in words.
    """

    def __init__(self, stack: str, engine: Engine, states: States, log: Log) -> None:
        self.notes: list[str] = []
        self._stack = stack
        self._folder = stack.partition("-")[0]
        self._engine = engine
        self._states = states
        self._log = log

    def clear_up(self, abandoned: Lease | None, settings: AccountSettings) -> None:
        """Clear up after the owner of a lease, or after a run of our own.

        Raises:
            CatalogError: the account is out of reach, or another run has the stack for too long.
        """
        if abandoned:
            self.notes.append(f"an earlier rollout ({abandoned}) was killed while it ran this spoke")
            await_orphan(abandoned.engine)
            if abandoned.engine and abandoned.engine.is_here:
                end_session(abandoned.engine.pid)
        self.await_lock(abandoned)  # before a file is touched: a live run writes them
        self.notes += self._states.repair(self._stack)
        state = self._states.read(self._stack)
        refuse_other_account(self._stack, state.accounts if state else (), settings.account_id)
        target = Target(project=self._folder, stack=self._stack, engine=self._engine, settings=settings)
        if state and state.pending:
            self._settled(settle_pending(target, self._log.file))
        # A rollout may have been killed while it looked, which begins with a deployment of the provider that succeeds.
        if state and (abandoned or self._states.failed_last(self._stack)):
            self.look_for_unknown(settings)

    def look_for_unknown(self, settings: AccountSettings) -> None:
        """Look for what the last run may have made without writing it down, because its plug-in died.

        Raises:
            CatalogError: the account is out of reach, AWS throttles, or somebody has to decide on something.
        """
        target = Target(project=self._folder, stack=self._stack, engine=self._engine, settings=settings)
        try:
            done = settle_planned(target, self._log.file)
        except PreviewError as problem:
            if is_throttled(str(problem)):
                raise  # a run might get through, and make a second of what is there
            # What else stands in the way of a preview, the run will tell by itself.
            self.notes.append(f"not looked for what the last run may have left: {problem}")
        else:
            self._settled(done)

    def _settled(self, done: Reconciled) -> None:
        self.notes += [*done.told, *done.foreign]
        if done.unseen:
            self.notes.append(
                f"{len(done.unseen)} that a failed run may have left were not looked for, {unseen_reason(done)}"
            )
        if done.left:
            operation, reason = done.left[0]
            raise FleetError(
                f"a run died while it was {operation['type']} {name_of(operation)}: {reason}. Settle it: model-catalog "
                f"stack recover {self._stack}",
                code="operations-left",
            )

    def await_lock(self, abandoned: Lease | None = None) -> None:
        """Remove the lock of a dead run, or wait for a live one.

        Raises:
            FleetError: it lasts too long.
        """
        deadline = time.monotonic() + _LOCK_PATIENCE
        while lock := self._states.lock(self._stack):
            if may_unlock(self._engine.root, self._stack, lock, abandoned):
                self._states.unlock(self._stack, lock)
                self.notes.append(f"removed the lock of a dead run: {lock}")
                return
            if time.monotonic() > deadline or STOPPING.wait(POLL_SECONDS):
                raise FleetError(
                    f"locked by {lock}. Wait for that run to end. If it has died: model-catalog stack recover "
                    f"{self._stack} --force",
                    code="stack-locked",
                )


def await_orphan(process: Process | None) -> None:
    """Wait for a Pulumi process that a killed fleet left behind: it goes on to its end, and writes it down."""
    while process and process.lives:
        time.sleep(0.5)


def end_session(pid: int) -> None:
    """Wait until nothing is left of a killed Pulumi process, and end what does not end by itself.

    A language host touches nothing and would stay for minutes; a plug-in may be in the middle of a call.
    """
    deadline = time.monotonic() + _MARGIN_SECONDS
    while left := list(_session(pid)):
        for process in left:
            with suppress(psutil.NoSuchProcess):  # it has ended by itself this very moment
                if process.name().startswith(_HOST) or time.monotonic() > deadline:
                    process.kill()
        time.sleep(0.1)


def may_unlock(root: Path, stack: str, lock: Lock, abandoned: Lease | None) -> bool:
    """Say whether a lock is known to be of an engine that is gone.

    It is where the engine is of an abandoned lease and cannot be seen to live: one that cannot be seen from here was
    ended by its guard. It is too where it was started from this checkout, in this process namespace, and is gone; and
    where the whole machine has no such process. A host name and a number say nothing: containers share both.
    """
    engine = abandoned.engine if abandoned else None
    if engine and engine.boot and (engine.host, engine.pid) == (lock.host, lock.pid):
        return not engine.lives
    return lock.is_dead or engines.is_dead(root, stack, lock.host, lock.pid)


def _session(pid: int) -> Iterator[psutil.Process]:
    """List the processes of the session that a process had been started in."""
    for process in psutil.process_iter():
        try:
            if process.pid != pid and os.getsid(process.pid) == pid and process.status() != psutil.STATUS_ZOMBIE:
                yield process
        except (OSError, psutil.Error):
            continue
