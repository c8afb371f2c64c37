"""A run of one stack in front of a person, written down as a rollout writes down its own: its event, and its record."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from fleet.engine import Cost, Engine
from fleet.errors import FleetError
from fleet.plan.fingerprint import code_parts
from fleet.plan.hub_contracts import Hubs
from fleet.plan.hub_parts import CatalogParts
from fleet.plan.parameter_values import parts_at_hand
from fleet.plan.settings import read_settings
from fleet.plan.spokes import read_spoke
from fleet.plan.upstream import Upstream
from fleet.run.events import event_of
from fleet.run.recording import parts_against, record_of
from fleet.run.upstream_recording import look_at, record_of_upstream
from fleet.store.deployments import deployed_contract
from fleet.store.free_space import refuse_full_disk
from fleet.store.history import FAILED, SUCCEEDED, History
from fleet.store.locations import Locations, locations_of, states_at
from fleet.store.records import EventRef, Record, Records
from fleet.store.states import State, States
from fleet.store.storage import Storage, StorageError, backend_url, error_text
from shared.catalog.contract import Contract
from shared.catalog.lifecycle import as_of
from shared.errors import CatalogError
from shared.stack.names import project_of
from shared.stack.stack_file import StackFile
from spoke.config import SpokeSettings
from spoke.launches.contract_dependencies import Parts
from spoke.launches.holds import Holds, variables_of
from spoke.launches.launches_file import platform_digest

_Looked = tuple[Upstream, CatalogParts]
"""A stack that comes before the spokes, and the catalog of the day."""

_WHOLE: Final = (
    "--yes", "-y", "--skip-preview", "-f", "--diff", "--suppress-outputs", "--suppress-progress", "--refresh", "-r",
    "--replace", "--message", "-m", "--parallel", "-p", "--color", "--non-interactive", "--json", "--verbose", "-v",
    "--logtostderr", "--show-reads", "--show-sames", "--show-config", "--show-full-output", "--expect-no-changes",
)  # fmt: skip
"""Options of an `up` that deploys all of the stack, by its settings as they are. After any other there is no record of
success, and the next rollout runs the spoke again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attended:
    """What became of a run.

    Attributes:
        code: Pulumi's exit code.
        notes: What a person should know of it.
        problem: Why it could not be written down; empty where it was, or where nothing was to be.
    """

    code: int
    notes: Sequence[str] = ()
    problem: str = ""


def run_attended(engine: Engine, project: str, stack: str, operation: str, *options: str) -> Attended:
    """Run `up` or `destroy`, and append what became of it to the stack's history.

    A run that ended before it changed anything, because somebody said no or a program refused, leaves no event.

    Raises:
        EngineError: there is no Pulumi.
        CatalogError: fleet.yaml is wrong, the stack's state is damaged, or the disk is full; nothing ran.
    """
    refuse_full_disk(backend_url(), stack)
    book, missing = None, Attended(code=0)
    try:
        book = _Book(engine, stack, operation, locations_of(read_settings(engine.root).records))
    except CatalogError as problem:
        if problem.code != "records-without-address":
            raise
        missing = Attended(code=0, notes=[f"no history is kept: {problem}"])
    except StorageError as problem:
        missing = Attended(code=0, problem=f"the run could not be written into the history: {error_text(problem)}")
    engine.told = variables_of(book.held) if book else {}
    code = engine.attended(project, stack, operation, *options)
    if book is None:
        return replace(missing, code=code)
    try:
        return Attended(code=code, notes=book.write(code, options))
    except CatalogError as problem:
        return Attended(code=code, problem=f"the run could not be written into the history: {problem}")
    except StorageError as problem:
        return Attended(
            code=code,
            problem=f"the run could not be written into the history: {error_text(problem)}. Whoever runs it has to "
            f"write to .fleet/history/{stack} and .fleet/records/{stack}.json (docs/iam/state-spoke.json).",
        )


class _Book:
    """Writes a run down. It is opened before the run, since what counts is what the run began with."""

    def __init__(self, engine: Engine, stack: str, operation: str, locations: Locations) -> None:
        self._engine = engine
        self._stack = stack
        self._operation = operation
        self._states: States = states_at(locations.backend, engine, project_of(stack))
        self._storage = Storage(locations.records)
        self._day = as_of()
        self._file = engine.root / f"Pulumi.{stack}.yaml"
        self.held = held_back(self._storage, stack)
        self._own = self._own_parts()
        self._upstream = self._upstream_now()
        self._platform = platform_digest(engine.root)
        self._values = self._value_parts()
        before = self._states.read(stack)
        self._before = before.tag if before else ""

    def write(self, code: int, options: Sequence[str]) -> list[str]:
        """Append the event, and write the record of a spoke's success; gives what a person should know.

        Raises:
            CatalogError, BaseError, OSError: it cannot be written.
        """
        state = self._states.read(self._stack)
        if state is None and self._operation == "destroy" and code == 0 and self._before:
            state = State(tag="")  # its stack went with it
        if state is None or (code != 0 and state.tag == self._before):
            return []
        settings = read_spoke(self._file).settings if self._is_spoke else None
        event = event_of(
            self._stack,
            state,
            root=self._engine.root,
            account=StackFile(self._file).account,
            region=_setting(self._file, "aws:region"),
            role=_setting(self._file, f"{project_of(self._stack)}:assumeRole"),
            operation=self._operation,
            outcome=SUCCEEDED if code == 0 else FAILED,
            contract=contract_at_hand(self._engine, settings, self._stack) if settings and code != 0 else None,
        )
        appended = History(self._storage).append(event)
        if code == 0 and self._operation == "up" and not self._is_spoke:
            return self._record_upstream(state, options, appended)
        if code != 0 or settings is None or self._operation != "up":
            return []
        try:
            self._record(state, settings, options, appended)
        except FleetError as problem:
            return [f"no record of success, so the next rollout runs it again: {problem}"]
        return []

    @property
    def _is_spoke(self) -> bool:
        return self._stack.startswith("spoke-")

    def _upstream_now(self) -> _Looked | None:
        """Look at a stack that comes before the spokes; None where that cannot be, or where it is a spoke."""
        if self._is_spoke or self._operation != "up":
            return None
        try:
            found, catalog = look_at(self._engine.root, self._stack, self._day)
        except CatalogError:
            return None
        return (found, catalog) if found.parts else None

    def _record_upstream(self, state: State, options: Sequence[str], event: EventRef) -> list[str]:
        """Write the record of success; whoever may not write it is told, since nothing else depends on it."""
        try:
            _refuse_part(options)
            upstream = _same(self._upstream, self._upstream_now())
            Records(self._storage).write(record_of_upstream(*upstream, state, Cost(), event))
        except FleetError as problem:
            return [f"no record of success, so a rollout runs it again: {problem}"]
        except StorageError as problem:
            remedy = f"Whoever runs it has to write to .fleet/records/{self._stack}.json (docs/iam/state-hub.json)"
            return [f"no record of success, so a rollout runs it again: {error_text(problem)}. {remedy}"]
        return []

    def _own_parts(self) -> Parts:
        """Give what a spoke's result depends on beside its hub; nothing where that cannot be said."""
        if not self._is_spoke:
            return {}
        try:
            return {**code_parts(self._engine.root), **read_spoke(self._file).parts}
        except CatalogError:
            return {}

    def _value_parts(self) -> Parts:
        """Give what stands for parameters' values from elsewhere, before the run takes them itself."""
        settings = read_spoke(self._file).settings if self._is_spoke and self._operation == "up" else None
        if settings is None or not (self._platform or settings.has_sources):
            return {}
        contract = contract_at_hand(self._engine, settings, self._stack)
        return parts_at_hand(self._engine, settings, contract, stack=self._stack, day=self._day)

    def _record(self, state: State, settings: SpokeSettings, options: Sequence[str], event: EventRef) -> None:
        """Write the record of success.

        Raises:
            FleetError: the run was not of the whole stack, or nobody can say what it was made from.
        """
        _refuse_part(options)
        same = self._own == self._own_parts() and self._platform == platform_digest(self._engine.root)
        if not self._own or not same:
            raise FleetError("settings or code changed while it ran.", code="checkout-changed")
        record = record_of(
            self._stack,
            state,
            parts_against(
                deployed_contract(state),
                self._engine,
                settings,
                stack=self._stack,
                own=self._own,
                day=self._day,
                values=self._values,
                holds=self.held,
            ),
            settings,
            Cost(),
            Records(self._storage).of(self._stack),
            event,
            self.held,
        )
        Records(self._storage).write(record)


def held_back(storage: Storage, stack: str) -> Holds:
    """Give the launches of a spoke whose settings mean a version that a rollout has taken back, by its record.

    Raises:
        RecordsError: a newer release wrote it.
    """
    record = Records(storage).of(stack) if stack.startswith("spoke-") else None
    return record.held if isinstance(record, Record) else {}


def _same(before: _Looked | None, now: _Looked | None) -> _Looked:
    """Give what a run began with, which has to be what is there now. Raises FleetError."""
    if before is None or now is None or now[0].parts != before[0].parts:
        raise FleetError("settings, catalog or code changed while it ran.", code="checkout-changed")
    return before


def _refuse_part(options: Sequence[str]) -> None:
    """Refuse to call a run one of the whole stack that was of a part, or with other settings. Raises FleetError."""
    if partial := [each for each in options if each.startswith("-") and each.partition("=")[0] not in _WHOLE]:
        raise FleetError(f"it ran with {' '.join(partial)}.", code="run-in-part")


def contract_at_hand(engine: Engine, settings: SpokeSettings, stack: str) -> Contract | None:
    """Give what a spoke's hub publishes now; None where it cannot be read."""
    try:
        return Hubs(engine, settings.hub_stacks).contract(settings, where=f"Pulumi.{stack}.yaml")
    except CatalogError:
        return None


def _setting(file: Path, key: str) -> str:
    try:
        return StackFile(file).given.get(key, "")
    except CatalogError:
        return ""
