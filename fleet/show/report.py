"""A rollout's report: what became of each spoke, wave by wave. It is beside the logs, and is written while it runs."""

import datetime as dt
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import ClassVar, Final, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from fleet.plan.upstream_verdicts import UpstreamVerdict
from fleet.plan.verdicts import FleetPlan, Kind, Verdict
from fleet.run.rollout import Board, Request, Result, running_in
from fleet.run.tasks import Outcome, Task
from fleet.store.bakes import BakeResult
from shared.files import write_file

RUNS: Final = ".fleet/runs"
FILE: Final = "report.json"
_STAMP: Final = "%Y%m%dT%H%M%S%f"
_PAUSE_SECONDS: Final = 2
_SHARE: Final = 20
"""Writing takes at most this part of a rollout's time, however many spokes it has."""


class _Part(BaseModel):
    model_config: ClassVar[ConfigDict] = ConfigDict(extra="ignore")


class ReportedWave(_Part):
    """A wave.

    Attributes:
        spokes: How many of it run.
        width: How many at a time; None until it begins.
        begun: None where it did not begin.
        ended: None where it did not end.
    """

    name: str
    spokes: int
    width: int | None = None
    begun: dt.datetime | None = None
    ended: dt.datetime | None = None


class RunningSpoke(_Part):
    """A spoke that is being run."""

    stack: str
    wave: str
    why: list[str]
    begun: dt.datetime


class ReportedSpoke(_Part):
    """What became of a spoke.

    Attributes:
        why: Why it was run.
        reason: Why it failed.
        wave: Empty in reports of releases that did not say it, as are the times.
        begun: None where it was refused before it began.
    """

    stack: str
    why: list[str] = []
    ending: str
    reason: str = ""
    changes: str = ""
    notes: list[str] = []
    contract: str = ""
    fingerprint: str = ""
    log: str = ""
    worker: str = ""
    tries: int = 0
    seconds: float = 0
    cpu_seconds: float = 0
    peak_mib: float = 0
    wave: str = ""
    begun: dt.datetime | None = None
    ended: dt.datetime | None = None


class RolloutReport(_Part):
    """A rollout, as it is or as it ended.

    Attributes:
        state: `running` until the last look is over.
        written: When the report was; one that runs writes it every few seconds.
        behind: Who was not where they are wanted when everything was looked at once more, and why.
        last_look: Why nobody could look.
        bakes: What became of versions that baked in a wave, before it began.
    """

    state: Literal["running", "ended"] = "ended"
    operation: str = ""
    begun: dt.datetime | None = None
    ended: dt.datetime | None = None
    written: dt.datetime | None = None
    stopped: str = ""
    not_begun: list[str] = []
    left_out: dict[str, list[str]] = {}
    behind: dict[str, list[str]] = {}
    last_look: str = ""
    waves: list[ReportedWave] = []
    running: list[RunningSpoke] = []
    spokes: list[ReportedSpoke] = []
    bakes: list[BakeResult] = []


@dataclass(frozen=True, slots=True)
class LastLook:
    """What was found when everything was looked at once more after a rollout.

    Attributes:
        behind: Who is not where they are wanted.
        problem: Why nobody could look.
    """

    behind: Sequence[Verdict | UpstreamVerdict] = ()
    problem: str = ""


class Journal:
    """Writes a rollout's report while it runs, and hands on to a board what it is told."""

    def __init__(self, board: Board, plan: FleetPlan, request: Request, root: Path) -> None:
        self._board = board
        self._plan = plan
        self._path = root / request.logs / FILE
        self._due = 0.0
        self._waves: dict[str, ReportedWave] = {}
        self._running: dict[str, RunningSpoke] = {}
        self._report = RolloutReport(
            state="running",
            operation=request.operation,
            begun=request.begun,
            left_out={
                verdict.spoke.stack: list(verdict.reasons)
                for verdict in plan.verdicts.values()
                if verdict.kind is Kind.LEFT_OUT
            },
            waves=_waves(plan, request),
            bakes=list(request.judged),
        )

    def replan(self, plan: FleetPlan, request: Request) -> None:
        """Take another plan for what has not begun: the stacks before the spokes may have changed what these get."""
        self._plan = plan
        begun = [each for each in self._report.waves if each.begun]
        names = {each.name for each in begun}
        self._report.waves = [*begun, *(each for each in _waves(plan, request) if each.name not in names)]

    def wave(self, name: str, spokes: int, width: int) -> None:
        """Tell that a wave begins."""
        self._end_wave()
        found = next((each for each in self._report.waves if each.name == name), None)
        if found is None:
            found = ReportedWave(name=name, spokes=spokes)
            self._report.waves.append(found)
        found.begun, found.width = _now(), width
        self._board.wave(name, spokes, width)
        self._write_if_due(at_once=True)

    def started(self, task: Task) -> None:
        """Tell that a spoke begins."""
        verdict = self._plan.verdict_of(task.stack)
        self._running[task.stack] = RunningSpoke(
            stack=task.stack, wave=verdict.wave, why=list(verdict.reasons), begun=_now()
        )
        self._board.started(task)

    def ended(self, outcome: Outcome) -> None:
        """Tell what became of a spoke."""
        running = self._running.pop(outcome.stack, None)
        verdict = self._plan.verdict_of(outcome.stack)
        self._report.spokes.append(_reported(outcome, verdict, begun=running.begun if running else None))
        self._board.ended(outcome)

    def note(self, text: str) -> None:
        """Tell something else."""
        self._board.note(text)

    def tick(self) -> None:
        """Let time pass."""
        self._write_if_due()
        self._board.tick()

    def close(self, result: Result, look: LastLook) -> str:
        """Write how it ended; gives why that could not be done, where the disk does not take it."""
        self._end_wave()
        report, self._running = self._report, {}
        report.state, report.ended = "ended", _now()
        report.stopped, report.not_begun, report.last_look = result.stopped, result.not_begun, look.problem
        report.behind = {verdict.stack: list(verdict.reasons) for verdict in look.behind}
        try:
            self._write()
        except OSError as problem:
            return f"no report of it: {self._path}: {problem.strerror}"
        return ""

    def _end_wave(self) -> None:
        for each in self._report.waves:
            if each.begun and not each.ended:
                each.ended = _now()

    def _write_if_due(self, *, at_once: bool = False) -> None:
        begun = time.monotonic()
        if begun < self._due and not at_once:
            return
        with suppress(OSError):  # told at the end, when it is written once more
            self._write()
        took = time.monotonic() - begun
        self._due = begun + max(_PAUSE_SECONDS, took * _SHARE)

    def _write(self) -> None:
        self._report.written, self._report.running = _now(), list(self._running.values())
        write_file(self._path, self._report.model_dump_json(indent=1))


def report_folders(root: Path) -> list[Path]:
    """List the folders of rollouts that have a report, the newest first."""
    return sorted((path.parent for path in (root / RUNS).glob(f"*/{FILE}")), reverse=True)


def read_report(folder: Path) -> RolloutReport | None:
    """Read a rollout's report, whatever release wrote it; None where it is none."""
    try:
        report = RolloutReport.model_validate_json((folder / FILE).read_bytes())
    except (OSError, ValidationError):
        return None
    if report.begun is None:
        report.begun = _begun(folder.name)
    return report


def folder_name(begun: dt.datetime) -> str:
    """Name the folder of a rollout, below the checkout."""
    return f"{RUNS}/{begun:{_STAMP}}"


def _begun(name: str) -> dt.datetime | None:
    try:
        return dt.datetime.strptime(name, _STAMP).replace(tzinfo=dt.UTC)
    except ValueError:
        return None


def _waves(plan: FleetPlan, request: Request) -> list[ReportedWave]:
    """List the stages and waves in which something runs."""
    counts = running_in(plan, request)
    names = [each.wave.name for each in (*plan.stages, *plan.waves)]
    return [ReportedWave(name=name, spokes=counts[name]) for name in names if counts[name]]


def _reported(outcome: Outcome, verdict: Verdict | UpstreamVerdict, *, begun: dt.datetime | None) -> ReportedSpoke:
    return ReportedSpoke(
        stack=outcome.stack,
        why=list(verdict.reasons),
        ending=outcome.status,
        reason=outcome.reason,
        changes=outcome.changes,
        notes=list(outcome.notes),
        contract=outcome.contract,
        fingerprint=outcome.fingerprint,
        log=outcome.log,
        worker=outcome.worker,
        tries=outcome.tries,
        **asdict(outcome.cost),
        wave=verdict.wave,
        begun=begun,
        ended=_now(),
    )


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
