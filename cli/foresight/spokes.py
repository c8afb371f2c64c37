"""What becomes of every spoke when the catalog changes: two plans are compared, one of today and one of then."""

from collections.abc import Iterator, Mapping

from cli.foresight.deployed import Running, running
from cli.foresight.launches import Templates, ended, foreseen, kept, refusal_of, told
from cli.foresight.permissions import permission_changes
from cli.foresight.start import Scenario
from fleet.engine import Engine
from fleet.plan.inventory import Inventory
from fleet.plan.verdicts import FleetPlan, Kind, Verdict, make_plan
from fleet.store.locations import locations_of, states_at
from fleet.store.states import States
from pages.foresight.shapes import (
    ForeseenChange,
    ForeseenLaunch,
    ForeseenSpoke,
    Foresight,
    PermissionChange,
    Refusal,
    SpokeOutcome,
)
from shared.catalog.contract import Product
from shared.errors import CatalogError
from spoke.launches.portfolios import roles_in_use, wanted_portfolios


def look_ahead(change: ForeseenChange, scenario: Scenario, only: frozenset[str] | None = None) -> Foresight:
    """Say what a change would do to all spokes, or to some.

    Raises:
        CatalogError: settings of the fleet are wrong, or records or states are out of reach.
    """
    before, after = make_plan(scenario.before), make_plan(scenario.after)
    states, templates = _states(scenario.before), Templates(scenario.templates)
    spokes: list[ForeseenSpoke] = []
    for stack, then in sorted(after.verdicts.items()):
        if only is None or stack in only:
            there = running(before.verdicts[stack], scenario.before, states, assumed=scenario.assumed)
            spokes.append(_spoke(then, there, before, after, templates))
    return Foresight(change=change, day=scenario.after.day, spokes=spokes, notes=list(scenario.notes))


def _states(inventory: Inventory) -> States | None:
    """Open the states of spokes; None where nothing is deployed."""
    if not inventory.tags:
        return None
    return states_at(locations_of(inventory.settings.records).backend, Engine(inventory.root))


def _spoke(
    then: Verdict, there: Mapping[str, Running], before: FleetPlan, after: FleetPlan, templates: Templates
) -> ForeseenSpoke:
    stack = then.spoke.stack
    now = before.verdicts[stack]
    launches = list(_launches(there, then, templates))
    refusals = [*_of_run(then), *(each.refusal for each in launches if each.refusal)]
    earlier = _refused_before(now, there)
    runs = then.kind is not Kind.REFUSED and dict(now.parts) != dict(then.parts)
    return ForeseenSpoke(
        stack=stack,
        account=then.spoke.account,
        outcome=_outcome(launches, refusals, earlier, runs=runs, moving=_moving(now, then)),
        runs=runs,
        deployed=stack in before.inventory.tags,
        pending=list(now.reasons) if now.kind not in (Kind.UNCHANGED, Kind.NEW) else [],
        refusals=refusals,
        launches=launches,
        permissions=list(_permissions(now, then, before, after)) if runs else [],
    )


def _launches(there: Mapping[str, Running], then: Verdict, templates: Templates) -> Iterator[ForeseenLaunch]:
    if then.kind is Kind.REFUSED:
        yield from map(kept, there.values())
        return
    wanted = {each.launch.name for each in then.resolved_launches}
    for each in then.resolved_launches:
        yield foreseen(there.get(each.launch.name), each, then.spoke.account, templates)
    yield from (ended(each) for name, each in there.items() if name not in wanted)


def _of_run(verdict: Verdict) -> list[Refusal]:
    """Say why a run is refused before the engine starts."""
    if verdict.kind is not Kind.REFUSED:
        return []
    if verdict.problem is None:
        return [Refusal(code="settings-wrong", place=verdict.spoke.file, message=reason) for reason in verdict.reasons]
    return [told(each) for each in verdict.problem.all]


def _refused_before(now: Verdict, there: Mapping[str, Running]) -> list[Refusal]:
    found = (refusal_of(there.get(each.launch.name), each) for each in now.resolved_launches)
    return [*_of_run(now), *(each for each in found if each)]


def _moving(now: Verdict, then: Verdict) -> set[str]:
    """Name the launches for which the change selects another version than today's catalog does."""
    today = {each.launch.name: each.choice.version.id for each in now.resolved_launches}
    return {
        each.launch.name for each in then.resolved_launches if today.get(each.launch.name) != each.choice.version.id
    }


def _outcome(
    launches: list[ForeseenLaunch],
    refusals: list[Refusal],
    earlier: list[Refusal],
    *,
    runs: bool,
    moving: set[str],
) -> SpokeOutcome:
    if refusals:
        return "refused already" if earlier else "refused"
    if not runs:
        return "unaffected"
    if any(each.outcome == "moves" and each.launch in moving for each in launches):
        return "follows"
    return "updated" if any(each.outcome != "stays" for each in launches) else "stays"


def _permissions(now: Verdict, then: Verdict, before: FleetPlan, after: FleetPlan) -> Iterator[PermissionChange]:
    made = _made(then, after)
    earlier = _offered(before, made) if now.kind is Kind.REFUSED else _made(now, before)
    return permission_changes(earlier, made)


def _offered(before: FleetPlan, made: Mapping[str, Product]) -> Mapping[str, Product]:
    """Give the products of a spoke that is refused today, as far as they are offered today."""
    keys = {product.original_key for product in made.values()}
    hubs = before.inventory.hubs.published().values()
    regions = [region for hub in hubs for region in hub.contract.regions.values()]
    return {
        key: product for region in regions for key, product in region.products.items() if product.original_key in keys
    }


def _made(verdict: Verdict, plan: FleetPlan) -> Mapping[str, Product]:
    """Give the products whose roles the spoke makes."""
    settings = verdict.wanted.settings if verdict.wanted else None
    if settings is None:
        return {}
    try:
        contract = plan.inventory.hubs.contract(settings, where=verdict.spoke.file)
        launches = list(verdict.resolved_launches)
        portfolios = wanted_portfolios(settings, contract, launches, where=verdict.spoke.file)
        return roles_in_use(settings, contract, portfolios, launches, where=verdict.spoke.file).made
    except CatalogError:  # the plan has said so
        return {}
