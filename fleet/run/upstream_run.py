"""Runs a stack that comes before the spokes, and makes its record."""

from typing import ClassVar, Final

from fleet.errors import FleetError
from fleet.plan.hub_parts import CatalogParts
from fleet.plan.upstream import Upstream
from fleet.run.preparation import Preparation
from fleet.run.stack_run import StackRun
from fleet.run.tasks import Outcome, Task
from fleet.run.upstream_recording import look_at, record_of_upstream
from fleet.store.records import EventRef, Record
from fleet.store.states import State
from shared.catalog.contract import Contract
from shared.stack.settings import AccountSettings

_NOTHING: Final = Preparation()


def run_upstream(task: Task) -> Outcome:
    """Run one stack of the organization's or the hub's; whatever goes wrong is told in the outcome."""
    return _UpstreamRun(task).run()


class _UpstreamRun(StackRun[AccountSettings]):
    _flags: ClassVar[tuple[str, ...]] = ("--suppress-outputs",)
    """A hub's output is its whole contract, which `pulumi stack output` shows."""

    def _settings(self) -> AccountSettings:
        found, _ = self._here()
        if found.settings is None:
            raise FleetError(found.problem, code="settings-refused")
        if any(self._task.parts.get(name) != part for name, part in found.parts.items()):
            raise FleetError(
                f"the plan was made with another {found.file}, catalog or other code. Run it again.",
                code="checkout-differs",
                place=found.stack,
            )
        return found.settings

    def _prepared(self, settings: AccountSettings) -> Preparation:
        del settings
        return _NOTHING

    def _contract_after_failure(self, settings: AccountSettings) -> Contract | None:
        del settings

    def _record(self, state: State, settings: AccountSettings, event: EventRef) -> Record:
        del settings
        found, catalog = self._here()
        if any(self._task.parts.get(name) != part for name, part in found.parts.items()):
            raise FleetError(
                "settings, catalog or code changed while it ran. Run it again.",
                code="checkout-changed",
                place=found.stack,
            )
        return record_of_upstream(found, catalog, state, self._cost, event)

    def _here(self) -> tuple[Upstream, CatalogParts]:
        return look_at(self._root, self._task.stack, self._task.day)
