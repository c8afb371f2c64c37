"""What a spoke runs before a change: by its settings, or by its state where that is behind them."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

from fleet.errors import FleetError
from fleet.plan.hub_contracts import Hubs
from fleet.plan.inventory import Inventory
from fleet.plan.verdicts import Kind, Verdict
from fleet.store.records import Record
from fleet.store.states import LaunchedResource, States
from fleet.store.storage import StorageError
from hub.definitions.updates.values import Untold
from shared.catalog.cost import Estimate
from shared.errors import CatalogError
from spoke.launches.cost import estimate_launch
from spoke.launches.resolution import ResolvedLaunch, resolve_launches

Parameters = Mapping[str, str]
"""By name; of a secret, and of what is elsewhere, an `Untold`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A launch before the change.

    Attributes:
        version: Its number; what AWS calls the version, where no hub offers it any more.
        template: The hash of its template; empty where nobody can say.
        parameters: None where the state keeps all of them encrypted.
        tags: Those that were handed over; None where nobody can say.
        deployed: It runs; otherwise it is only asked for.
    """

    name: str
    product: str
    product_id: str
    version: str
    version_id: str
    region: str
    template: str
    parameters: Parameters | None
    tags: Mapping[str, str] | None
    cost: Estimate | None
    deployed: bool


def running(verdict: Verdict, inventory: Inventory, states: States | None, *, assumed: bool) -> dict[str, Running]:
    """Tell what a spoke runs, by the names of its launches.

    Args:
        verdict: Of a plan with what is deployed today.
        inventory: What that plan was made from.
        states: Where the spoke's state is read; None where there is no backend.
        assumed: What is asked for stands for what runs.
    """
    asked = {
        each.launch.name: each for each in verdict.resolved_launches or (_good(verdict, inventory) if assumed else ())
    }
    if assumed or verdict.kind in (Kind.UNCHANGED, Kind.NEW):
        there = assumed or verdict.kind is Kind.UNCHANGED
        return {name: _asked(each, deployed=there) for name, each in asked.items()}
    stack = verdict.spoke.stack
    launched = _launched(states, stack) if states and stack in inventory.tags else None
    if launched is None:
        record = inventory.records.get(stack)
        names = {each.name for each in record.launches} if isinstance(record, Record) else set[str]()
        return {name: _asked(each, deployed=name in names) for name, each in asked.items()}
    costs = _costs(inventory, stack)
    return {
        name: _in_state(name, each, inventory.hubs, asked.get(name), costs.get(name)) for name, each in launched.items()
    }


def given(resolved: ResolvedLaunch) -> dict[str, str]:
    """Give the parameters that a launch is made with."""
    return {
        name: value if isinstance(value, str) else Untold(f"{resolved.launch.name}.{name}")
        for name, value in resolved.parameters.items()
    }


def _good(verdict: Verdict, inventory: Inventory) -> Iterator[ResolvedLaunch]:
    """Give those launches that would not be refused, of a spoke of which others are."""
    settings, where = verdict.spoke.settings, verdict.spoke.file
    if settings is None:
        return
    for launch in settings.launches:
        with suppress(CatalogError):
            alone = settings.model_copy(update={"launches": [launch]})
            contract = inventory.hubs.contract(alone, where=where)
            yield from resolve_launches(alone, contract, inventory.day, where=where)


def _asked(resolved: ResolvedLaunch, *, deployed: bool) -> Running:
    return Running(
        name=resolved.launch.name,
        product=resolved.key,
        product_id=resolved.product.id,
        version=resolved.choice.number,
        version_id=resolved.choice.version.id,
        region=resolved.region,
        template=resolved.choice.version.template_sha256,
        parameters=given(resolved),
        tags=resolved.tags,
        cost=estimate_launch(resolved),
        deployed=deployed,
    )


def _in_state(
    name: str, found: LaunchedResource, hubs: Hubs, asked: ResolvedLaunch | None, cost: Estimate | None
) -> Running:
    known = hubs.product_with_id(found.product_id, found.region)
    versions = known[1].versions if known else {}
    number = next((number for number, each in versions.items() if each.id == found.artifact_id), "")
    untold = {each: Untold(f"{name}.{each}") for each in found.secrets}
    if asked:  # whose value is elsewhere still stands for the one that was taken from there
        untold |= {each: Untold(f"{name}.{each}") for each in (*asked.secrets, *asked.elsewhere)}
    return Running(
        name=name,
        product=known[0] if known else found.product_id,
        product_id=found.product_id,
        version=number or found.artifact_id,
        version_id=found.artifact_id,
        region=found.region,
        template=versions[number].template_sha256 if number else "",
        parameters=None if found.parameters is None else {**found.parameters, **untold},
        tags=asked.tags if asked else None,
        cost=cost,
        deployed=True,
    )


def _launched(states: States, stack: str) -> Mapping[str, LaunchedResource] | None:
    try:
        state = states.read(stack)
    except (FleetError, *StorageError):
        return None
    return state.launched if state else None


def _costs(inventory: Inventory, stack: str) -> Mapping[str, Estimate | None]:
    record = inventory.records.get(stack)
    return {each.name: each.estimated_monthly_cost for each in record.launches} if isinstance(record, Record) else {}
