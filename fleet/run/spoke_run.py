"""Runs one spoke: what a run of it is told beforehand, and what its record is made from."""

import socket

from fleet.errors import FleetError
from fleet.plan.fingerprint import code_parts
from fleet.plan.parameter_values import recorded_values
from fleet.plan.spokes import read_spoke
from fleet.run.attended_run import contract_at_hand
from fleet.run.preparation import Preparation, prepare
from fleet.run.recording import parts_against, record_of
from fleet.run.stack_run import StackRun
from fleet.run.tasks import Outcome, Task
from fleet.store.deployments import deployed_contract
from fleet.store.records import EventRef, Record
from fleet.store.states import State
from shared.catalog.contract import Contract
from spoke.config import SpokeSettings
from spoke.launches.holds import variables_of
from spoke.launches.launches_file import LAUNCHES_FILE, platform_digest


def run_spoke(task: Task) -> Outcome:
    """Run one spoke; whatever goes wrong is told in the outcome."""
    return _SpokeRun(task).run()


class _SpokeRun(StackRun[SpokeSettings]):
    def __init__(self, task: Task) -> None:
        super().__init__(task)
        self._engine.told = variables_of(task.holds)

    def _settings(self) -> SpokeSettings:
        spoke = read_spoke(self._root / f"Pulumi.{self._task.stack}.yaml")
        here = spoke.parts if self._task.root else {**spoke.parts, **code_parts(self._root)}
        if spoke.settings is None:
            raise FleetError(spoke.problem, code="settings-refused")
        same = self._task.platform == platform_digest(self._root)
        if not same or any(self._task.parts.get(name) != part for name, part in here.items()):
            raise FleetError(
                f"the plan was made with another {spoke.file}, {LAUNCHES_FILE} or other code. Bring this checkout to "
                f"the same commit, and run it again.",
                code="checkout-differs",
                place=f"the checkout on {socket.gethostname()}",
            )
        return spoke.settings

    def _prepared(self, settings: SpokeSettings) -> Preparation:
        state = self._states.read(self._task.stack)
        return prepare(self._task.stack, state, settings, self._task.kept)

    def _contract_after_failure(self, settings: SpokeSettings) -> Contract | None:
        return contract_at_hand(self._engine, settings, self._task.stack)

    def _record(self, state: State, settings: SpokeSettings, event: EventRef) -> Record:
        task, used = self._task, deployed_contract(state)
        parts = task.parts
        if used.content_hash != task.contract:
            own = {name: part for name, part in parts.items() if name in task.own}
            values = recorded_values(parts)
            parts = parts_against(
                used, self._engine, settings, stack=task.stack, own=own, day=task.day, values=values, holds=task.holds
            )
            self._recovery.notes.append(f"the hub's contract changed after the plan: deployed with {used.content_hash}")
        earlier = self._records.of(task.stack)
        return record_of(task.stack, state, parts, settings, self._cost, earlier, event, task.taken_back)
