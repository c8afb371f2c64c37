"""Runs one stack from its lease to its record, on this machine or on a worker's: what is the same for every kind."""

import os
import signal
import socket
from abc import ABC, abstractmethod
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar, Final, Generic, TypeVar

from tenacity import retry_if_result

from fleet.engine import STOPPING, Cost, Engine, Finished
from fleet.errors import FleetError
from fleet.patience import is_throttled, patiently
from fleet.run.credentials import CredentialsError, blamed, refuse_ending
from fleet.run.engine_events import EngineEvents, Step
from fleet.run.engine_log import Log, changes_in, is_cut_off, is_locked, reason_in
from fleet.run.events import event_of
from fleet.run.memory import why_killed
from fleet.run.preparation import Preparation
from fleet.run.recovery import POLL_SECONDS, Recovery, end_session
from fleet.run.tasks import Operation, Outcome, RunStatus, Task
from fleet.store.free_space import refuse_full_disk
from fleet.store.history import FAILED, INTERRUPTED, SUCCEEDED, History
from fleet.store.leases import HeldLease, Lease, Leases
from fleet.store.locations import states_at
from fleet.store.records import EventRef, Record, Records
from fleet.store.states import State
from fleet.store.storage import Storage, StorageError, error_text
from shared.aws.lifetime import means_expired
from shared.catalog.contract import Contract
from shared.errors import CatalogError
from shared.stack.names import project_of
from shared.stack.own_state import refuse_other_account
from shared.stack.settings import AccountSettings

_KILLS: Final = 2
"""So many kills of its processes are no accident: more tries would end like these."""


S = TypeVar("S", bound=AccountSettings)


class StackRun(ABC, Generic[S]):
    """One run of one stack. What is of its kind alone, each kind says itself.

    Attributes:
        region: Where AWS is asked how long the credentials last; empty before the settings are read.
    """

    _flags: ClassVar[tuple[str, ...]] = ()
    """What Pulumi is told when it deploys a stack of this kind."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._folder = task.stack.partition("-")[0]
        self._root = Path(task.root) if task.root else Path.cwd()
        self._engine = Engine(self._root)
        self._states = states_at(task.locations.backend, self._engine, project_of(task.stack))
        self._storage = Storage(task.locations.records)
        self._records = Records(self._storage)
        self._leases = Leases(self._storage)
        self._tries = self._kills = self._throttled = 0
        self._steps: tuple[Step, ...] = ()
        self._cost = Cost()
        self.region = ""
        self.log = Log(self._root / task.logs / f"{task.stack}.log")
        self._recovery = Recovery(task.stack, self._engine, self._states, self.log)

    @abstractmethod
    def _settings(self) -> S:
        """Read the stack's settings, which must be those that the plan was made with, as must the code.

        Raises:
            FleetError: they are not.
        """

    @abstractmethod
    def _prepared(self, settings: S) -> Preparation:
        """Look at what the run needs to be told. Raises CatalogError."""

    @abstractmethod
    def _record(self, state: State, settings: S, event: EventRef) -> Record:
        """Make the record of a success. Raises CatalogError: what the result depends on cannot be said."""

    @abstractmethod
    def _contract_after_failure(self, settings: S) -> Contract | None:
        """Give the contract that launches are looked up in after a run that failed; None where there are none."""

    def run(self) -> Outcome:
        """Run it; whatever goes wrong is told in the outcome."""
        try:
            outcome = self._go()
        except CredentialsError as problem:
            outcome = self.outcome(RunStatus.NOT_STARTED, reason=str(problem), stops=str(problem))
        except CatalogError as problem:
            outcome = self.outcome(RunStatus.FAILED, reason=str(problem))
        except StorageError as problem:
            reason = f"records and history are out of reach: {error_text(problem)}"
            outcome = self.outcome(RunStatus.FAILED, reason=reason)
        finally:
            self.log.close()
        return blamed(outcome, self.region)

    def _go(self) -> Outcome:
        settings = self._settings()
        self.region = settings.region
        refuse_ending(self._task.took, self.region)
        if self._task.operation is Operation.PREVIEW:
            found = self._states.read(self._task.stack)
            refuse_other_account(self._task.stack, found.accounts if found else (), settings.account_id)
            self._make_stack()
            finished, text = self._attempt(None, settings)
            return self._told(RunStatus.PREVIEWED if finished.code == 0 else RunStatus.FAILED, finished, text)
        refuse_full_disk(self._task.locations.backend, self._task.stack)
        with self._leased() as held:
            if record := self._done_meanwhile():
                return self.outcome(RunStatus.SUCCEEDED_ELSEWHERE, record=record)
            self._recovery.clear_up(held.abandoned, settings)
            self._make_stack()
            before = self._states.read(self._task.stack)
            finished, text = self._patiently(held, settings)
            if finished.code != 0:
                self._noted_failure(before, settings)
                stopped = STOPPING.is_set()
                return self._told(RunStatus.INTERRUPTED if stopped else RunStatus.FAILED, finished, text)
            return self._recorded(text, settings)

    def outcome(
        self,
        status: RunStatus,
        *,
        reason: str = "",
        changes: str = "",
        record: Record | None = None,
        stops: str = "",
    ) -> Outcome:
        """Word what became of it."""
        return Outcome(
            stack=self._task.stack,
            status=status,
            reason=reason,
            changes=changes,
            notes=(*self._recovery.notes, *filter(None, [self.log.close()])),
            contract=record.contract.content_hash if record else "",
            fingerprint=record.fingerprint if record else "",
            log=str(self.log.path) if self._tries else "",
            worker=f"{socket.gethostname()} {os.getpid()}",
            tries=self._tries,
            kills=self._kills,
            throttled=self._throttled,
            steps=self._steps,
            cost=self._cost,
            stops=stops,
        )

    @contextmanager
    def _leased(self) -> Generator[HeldLease]:
        """Acquire the stack's lease, as soon as no other fleet has it."""
        waited = False
        while isinstance(found := self._leases.acquire(self._task.stack), Lease):
            if STOPPING.wait(POLL_SECONDS):
                raise FleetError(f"interrupted while it waited for another rollout ({found})", code="interrupted")
            if not waited:
                self._recovery.notes.append(f"waited for another rollout ({found})")
            waited = True
        self._engine.lease = found
        try:
            yield found
        finally:
            self._engine.lease = None
            found.release()

    def _done_meanwhile(self) -> Record | None:
        """Give the record of somebody who brought the spoke to where we want it, after we had planned to."""
        record = self._records.of(self._task.stack)
        if not isinstance(record, Record) or record.fingerprint != self._task.fingerprint:
            return None
        state = self._states.read(self._task.stack)
        current = state is not None and state.tag == record.state
        return record if current and (record.finished >= self._task.begun or not self._task.forced) else None

    def _make_stack(self) -> None:
        if self._states.read(self._task.stack) is None:
            self._engine.create(self._folder, self._task.stack)

    def _patiently(self, held: HeldLease, settings: S) -> tuple[Finished, str]:
        """Run it again, later and later, while AWS throttles, another run has the stack or Pulumi itself is killed."""
        patient = patiently(retry_if_result(lambda result: self._is_worth_another_try(*result)))
        return patient(self._attempt, held, settings)

    def _attempt(self, held: HeldLease | None, settings: S) -> tuple[Finished, str]:
        since, engines = self.log.size, list[int]()
        prepared = self._prepared(settings)
        self._recovery.notes += [note for note in prepared.notes if note not in self._recovery.notes]
        run = self._engine.up if held else self._engine.preview
        with EngineEvents(self.log.path, wanted=self._task.traced) as events:
            # A preview has the flags anyway.
            options = [*(self._flags if held else ()), *prepared.options, *events.options]
            finished = run(self._task.stack, self.log.file, engines.append, *options, project=self._folder)
        self._steps += events.steps
        self._tries += 1
        self._cost = Cost(
            seconds=round(self._cost.seconds + finished.cost.seconds, 2),
            cpu_seconds=round(self._cost.cpu_seconds + finished.cost.cpu_seconds, 2),
            peak_mib=max(self._cost.peak_mib, finished.cost.peak_mib),
        )
        text = self.log.text(since)
        if held and finished.code != 0:
            held.check()
        self._kills += _was_killed(finished, text)
        if self._kills == _KILLS:
            self._recovery.notes.append(why_killed(_KILLS))
        if finished.code == -signal.SIGKILL and held:
            self._recovery.notes.append("its Pulumi process was killed")
            end_session(engines[0])
            self._recovery.clear_up(None, settings)
        elif finished.code != 0 and is_cut_off(text) and held:
            self._recovery.notes.append("a plug-in of its Pulumi process was killed")
            self._recovery.look_for_unknown(settings)
        elif finished.code != 0 and is_throttled(text):
            self._throttled += 1
            self._recovery.notes.append("throttled by AWS: tried again later")
        elif is_locked(text):
            self._recovery.await_lock()
        return finished, text

    def _noted_failure(self, before: State | None, settings: S) -> None:
        """Append a run that failed to the history, where it changed the stack; its own reason is what matters."""
        try:
            state = self._states.read(self._task.stack)
            if state and (before is None or state.tag != before.tag):
                contract = self._contract_after_failure(settings)
                self._appended(state, INTERRUPTED if STOPPING.is_set() else FAILED, settings, contract)
        except CatalogError as problem:
            self._recovery.notes.append(f"the run is not in the history: {problem}")
        except StorageError as problem:
            self._recovery.notes.append(f"the run is not in the history: {error_text(problem)}")

    def _appended(self, state: State, outcome: str, settings: S, contract: Contract | None = None) -> EventRef:
        event = event_of(
            self._task.stack,
            state,
            root=self._root,
            account=settings.account_id,
            region=settings.region,
            role=settings.assume_role,
            operation=Operation.UP,
            outcome=outcome,
            contract=contract,
        )
        return History(self._storage).append(event.model_copy(update={"reasons": self._task.reasons}))

    def _recorded(self, text: str, settings: S) -> Outcome:
        """Append a success to the history, and write its record.

        Raises:
            CatalogError: nobody can say any more what it was made from.
        """
        state = self._states.read(self._task.stack)
        if state is None:
            raise FleetError("the stack was removed right after its run. Run it again.", code="stack-removed")
        event = self._appended(state, SUCCEEDED, settings)
        record = self._record(state, settings, event)
        self._records.write(record)
        return self.outcome(RunStatus.SUCCEEDED, changes=changes_in(text), record=record)

    def _is_worth_another_try(self, finished: Finished, text: str) -> bool:
        if _was_killed(finished, text):
            return self._kills < _KILLS
        return finished.code != 0 and (is_throttled(text) or is_locked(text)) and not means_expired(text)

    def _told(self, status: RunStatus, finished: Finished, text: str) -> Outcome:
        reason = "" if finished.code == 0 else reason_in(text)
        if finished.code < 0:
            reason = f"its Pulumi process was ended by signal {-finished.code}"
        return self.outcome(status, reason=reason, changes=changes_in(text))


def _was_killed(finished: Finished, text: str) -> bool:
    return finished.code == -signal.SIGKILL or (finished.code != 0 and is_cut_off(text))
