"""Rolls a plan out, wave after wave."""

import datetime as dt
from collections import Counter, deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

from fleet.engine import interrupt
from fleet.plan.differences import OFFER
from fleet.plan.settings import Wave
from fleet.plan.spokes import named
from fleet.plan.upstream_verdicts import UpstreamVerdict
from fleet.plan.verdicts import FleetPlan, Kind, Verdict
from fleet.plan.waves import Members
from fleet.run.executors import Workforce
from fleet.run.memory import shortage
from fleet.run.preparation import Kept, kept_by
from fleet.run.spoke_run import run_spoke
from fleet.run.tasks import Operation, Outcome, RunStatus, Task
from fleet.run.upstream_run import run_upstream
from fleet.run.width import MeasuredWidth, SetWidth, Width
from fleet.store.bakes import BakeResult
from fleet.store.locations import Locations
from fleet.store.records import Record

_TICK_SECONDS: Final = 0.5

Approver = Callable[[Wave, int], bool]
"""Asks whether a wave of so many spokes may begin."""


class Board(Protocol):
    """Where a rollout tells what it does."""

    def wave(self, name: str, spokes: int, width: int) -> None:
        """Tell that a wave begins."""
        ...

    def started(self, task: Task) -> None:
        """Tell that a spoke begins."""
        ...

    def ended(self, outcome: Outcome) -> None:
        """Tell what became of a spoke."""
        ...

    def note(self, text: str) -> None:
        """Tell something else."""
        ...

    def tick(self) -> None:
        """Let time pass."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked of a rollout.

    Attributes:
        wanted: The stacks to bring to their fingerprints.
        forced: They run even where nothing changed.
        logs: The folder, below the checkout, of this run's logs.
        judged: What became of versions that baked, before it began.
        traced: Somebody wants to know what is done to each resource.
    """

    wanted: frozenset[str]
    operation: Operation
    forced: bool
    begun: dt.datetime
    locations: Locations
    logs: str
    judged: Sequence[BakeResult] = ()
    traced: bool = False


@dataclass(slots=True)
class Result:
    """What a rollout came to.

    Attributes:
        stopped: Why it ended before its end, in words.
    """

    outcomes: dict[str, Outcome] = field(default_factory=dict[str, Outcome])
    not_begun: list[str] = field(default_factory=list[str])
    stopped: str = ""


def runs(verdict: Verdict | UpstreamVerdict, *, forced: bool) -> bool:
    """Whether a rollout runs a stack; where it is forced, also one that nothing changed for."""
    return verdict.kind in (Kind.CHANGED, Kind.NEW) or (forced and verdict.kind is Kind.UNCHANGED)


def running_in(plan: FleetPlan, request: Request) -> Counter[str]:
    """Count what a rollout runs in each of its stages and waves."""
    return Counter(
        verdict.wave
        for verdict in (*plan.upstream.values(), *plan.verdicts.values())
        if verdict.stack in request.wanted and runs(verdict, forced=request.forced)
    )


class Rollout:
    """One rollout. It keeps no queue: a wave's spokes are handed over as others end."""

    def __init__(
        self,
        plan: FleetPlan,
        request: Request,
        workers: Workforce,
        board: Board,
        approve: Approver,
        earlier: Result | None = None,
    ) -> None:
        """Take what is to be done, by whom, and what has come of it so far, to which it adds."""
        self._plan = plan
        self._request = request
        self._workers = workers
        self._board = board
        self._approve = approve
        self._result = earlier or Result()

    def run(self) -> Result:
        """Go through the waves until the end, or until too many spokes have failed or somebody says no."""
        for members in self._stages():
            verdicts = [self._plan.verdict_of(stack) for stack in members.stacks if stack in self._request.wanted]
            tasks = [self._task(verdict) for verdict in verdicts if runs(verdict, forced=self._request.forced)]
            refused = [verdict for verdict in verdicts if verdict.kind is Kind.REFUSED]
            if self._result.stopped:
                self._result.not_begun += [task.stack for task in tasks]
                continue
            if tasks and not self._approved(members.wave, tasks):
                continue
            for verdict in refused:
                self._ended(Outcome(stack=verdict.stack, status=RunStatus.FAILED, reason="\n".join(verdict.reasons)))
            if tasks or refused:
                self._run_wave(members.wave, tasks, len(refused))
        return self._result

    def _approved(self, wave: Wave, tasks: Sequence[Task]) -> bool:
        asks = wave.approve and self._request.operation is Operation.UP
        if not asks or all(map(self._only_goes_back, tasks)) or self._approve(wave, len(tasks)):
            return True
        self._result.stopped = f"the wave {wave.name} waits for approval: --approve {wave.name}"
        self._result.not_begun += [task.stack for task in tasks]
        return False

    def _only_goes_back(self, task: Task) -> bool:
        """Whether all that is done to a spoke is to take a version back, for which nobody has to be asked."""
        record = self._plan.inventory.records.get(task.stack)
        before = record.parts if isinstance(record, Record) else dict[str, str]()
        differing = {name for name in before.keys() | task.parts.keys() if before.get(name) != task.parts.get(name)}
        return bool(differing) and differing <= {f"{OFFER}{name}" for name in task.taken_back}

    def _run_wave(self, wave: Wave, tasks: Sequence[Task], failed: int) -> None:
        width = self._width(wave)
        tolerated = wave.tolerated(len(tasks) + failed)
        waiting, running = deque(tasks), dict[Future[Outcome], Task]()
        self._board.wave(wave.name, len(tasks), width.first)
        if self._workers.is_here and (short := shortage(min(width.first, len(tasks)))):
            self._board.note(f"warning: {short}")
        self._stop_after(failed, tolerated, wave)
        while running or (waiting and not self._result.stopped):
            try:
                while waiting and width.allows(len(running)) and not self._result.stopped:
                    task = waiting.popleft()
                    width.begun()
                    running[self._submit(task)] = task
                    self._board.started(task)
                ended, _ = wait(running, timeout=_TICK_SECONDS, return_when=FIRST_COMPLETED)
                for future in ended:
                    outcome = self._explained(_outcome(future, running.pop(future)))
                    failed += outcome.status is RunStatus.FAILED
                    self._ended(outcome)
                    self._stop_for(outcome.stops)
                    if news := width.learn(outcome, len(running)):
                        self._board.note(f"note: {news}")
                self._board.tick()
            except KeyboardInterrupt:
                self._board.note("interrupted: the running spokes are brought to their ends; Ctrl-C again hurries them")
                interrupt()
                self._result.stopped = "interrupted"
            self._stop_after(failed, tolerated, wave)
        self._result.not_begun += [task.stack for task in waiting]

    def _width(self, wave: Wave) -> Width:
        if wave.concurrency or self._workers.processor is None:
            return SetWidth(wave.concurrency or self._workers.width)
        return MeasuredWidth(self._workers.processor)

    def _explained(self, outcome: Outcome) -> Outcome:
        """A spoke whose account was suspended or closed on the way has not failed: nobody can want it any more."""
        organization, account = self._plan.inventory.organization, self._plan.verdict_of(outcome.stack).account_id
        if outcome.status is not RunStatus.FAILED or organization is None:
            return outcome
        status = organization.status_of(account)
        if status == "ACTIVE":
            return outcome
        reason = f"the account {account} is {status.lower().replace('_', ' ')} since the rollout began"
        return replace(outcome, status=RunStatus.LEFT_OUT, reason=reason)

    def _stop_after(self, failed: int, tolerated: int, wave: Wave) -> None:
        if failed > tolerated and not self._result.stopped:
            self._result.stopped = f"{failed} failed in the wave {wave.name}, which tolerates {tolerated}"
            self._board.note(f"{self._result.stopped}: no more spokes are started")

    def _stop_for(self, reason: str) -> None:
        if reason and not self._result.stopped:
            self._result.stopped = reason
            self._board.note(f"{reason}. No more spokes are started")

    def _ended(self, outcome: Outcome) -> None:
        if outcome.status is RunStatus.NOT_STARTED:
            self._result.not_begun.append(outcome.stack)
        else:
            self._result.outcomes[outcome.stack] = outcome
        self._board.ended(outcome)

    def _stages(self) -> Sequence[Members]:
        """Give what is gone through, in its order."""
        return self._plan.waves

    def _submit(self, task: Task) -> Future[Outcome]:
        return self._workers.executor.submit(run_spoke, task)

    def _task(self, verdict: Verdict | UpstreamVerdict) -> Task:
        inventory = self._plan.inventory
        record = inventory.records.get(verdict.stack)
        own = verdict.spoke.parts if isinstance(verdict, Verdict) else verdict.upstream.parts
        return Task(
            stack=verdict.stack,
            operation=self._request.operation,
            root=str(inventory.root) if self._workers.is_here else "",
            locations=self._request.locations,
            fingerprint=verdict.fingerprint,
            parts=verdict.parts,
            own=frozenset(inventory.code) | frozenset(own),
            contract=verdict.contract if isinstance(verdict, Verdict) else "",
            day=inventory.day,
            begun=self._request.begun,
            forced=self._request.forced,
            logs=self._request.logs,
            traced=self._request.traced,
            platform=inventory.platform.digest,
            kept=_kept(verdict, self._plan) if isinstance(verdict, Verdict) else None,
            took=record.cost.seconds if isinstance(record, Record) else 0,
            holds=verdict.holds if isinstance(verdict, Verdict) else {},
        )


class UpstreamRollout(Rollout):
    """The rollout of the stacks before the spokes: the organization's, then the hub's, all of these side by side."""

    def _stages(self) -> Sequence[Members]:
        return self._plan.stages

    def _submit(self, task: Task) -> Future[Outcome]:
        return self._workers.executor.submit(run_upstream, task)

    def _run_wave(self, wave: Wave, tasks: Sequence[Task], failed: int) -> None:
        super()._run_wave(wave, tasks, failed)
        bad = [stack for stack, each in self._result.outcomes.items() if not each.is_good]
        if bad and not self._result.stopped:
            self._result.stopped = f"{named(bad)} failed, which others come after"


def _kept(verdict: Verdict, plan: FleetPlan) -> Kept | None:
    settings = verdict.spoke.settings
    if settings is None:
        return None
    contract = plan.inventory.hubs.contract(settings, where=verdict.spoke.file)
    return kept_by(settings, contract, verdict.resolved_launches, where=verdict.spoke.file)


def _outcome(future: Future[Outcome], task: Task) -> Outcome:
    """Give what a worker brought back; a worker that died brings back its own end."""
    try:
        return future.result()
    except Exception as problem:  # noqa: BLE001 - whatever an executor raises for a worker that is gone
        return Outcome(
            stack=task.stack,
            status=RunStatus.FAILED,
            reason=f"its worker failed: {type(problem).__name__}: {' '.join(str(problem).split())}",
        )
