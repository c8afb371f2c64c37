"""Versions that a hub's run would retire, while launches run them that no stack declares and nobody would tell."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from fleet.engine import Engine
from fleet.plan.approvals import published_states
from fleet.plan.comparison import Kind
from fleet.plan.hub_parts import CatalogParts
from fleet.plan.upstream_verdicts import UpstreamVerdict
from fleet.plan.verdicts import FleetPlan
from fleet.run.rollout import runs
from fleet.show.account_launches import AccountLaunch, in_lines, launches_everywhere
from fleet.store.locations import locations_of, states_at
from hub.config import HubSettings
from shared.stack.names import CATALOG_OUTPUT

Version = tuple[str, str]
"""A product's original key, and a number."""


def ending_versions(settings: HubSettings, catalog: CatalogParts, published: Mapping[str, Any]) -> set[Version]:
    """Give what a run would retire.

    Args:
        settings: The stack's.
        catalog: What the files say on the day.
        published: The contract that the stack wrote last, in plain values.
    """
    before = published_states(published, settings.region)
    return {
        (outline.original_key, number)
        for outline, number, state in catalog.states(settings)
        if state == "retired" and before.get((outline.key, number), "retired") != "retired"
    }


def without_endings_in_use(plan: FleetPlan, root: Path, wanted: Iterable[str], *, forced: bool) -> FleetPlan:
    """Refuse, of the hub's stacks that a rollout would run, those that would retire what somebody runs undeclared.

    Raises:
        CatalogError: an account, a record or a state cannot be read.
    """
    asked = [plan.upstream[stack] for stack in wanted]
    ending = {each.stack: found for each in asked if runs(each, forced=forced) and (found := _ending(each, plan))}
    if not ending:
        return plan
    undeclared = launches_everywhere(root).undeclared
    refused = dict(_refused(plan, ending, undeclared))
    return replace(plan, upstream={**plan.upstream, **refused}) if refused else plan


def _refused(
    plan: FleetPlan, ending: Mapping[str, set[Version]], undeclared: Sequence[AccountLaunch]
) -> Iterator[tuple[str, UpstreamVerdict]]:
    for stack, versions in ending.items():
        if users := [each for each in undeclared if (each.original_key, each.version) in versions]:
            reason = (
                f"a run would retire versions that launches run which no stack declares. Have who launched them move "
                f"or terminate them. If they may stay behind so: model-catalog stack up {stack} "
                f"--acknowledge-launches{in_lines(users)}"
            )
            yield stack, replace(plan.upstream[stack], kind=Kind.REFUSED, reasons=(reason,), parts={})


def _ending(verdict: UpstreamVerdict, plan: FleetPlan) -> set[Version]:
    inventory, settings = plan.inventory, verdict.upstream.settings
    if not isinstance(settings, HubSettings) or inventory.before.catalog is None:
        return set()
    backend = locations_of(inventory.settings.records).backend
    state = states_at(backend, Engine(inventory.root), verdict.upstream.project).read(verdict.stack)
    output: object = state.outputs.get(CATALOG_OUTPUT) if state else None
    published = cast("Mapping[str, Any]", output) if isinstance(output, dict) else dict[str, Any]()
    return ending_versions(settings, inventory.before.catalog, published)
