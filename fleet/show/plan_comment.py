"""A plan as a comment on a pull request: which spokes a rollout would run, why, and what a month costs then."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from fleet.plan.verdicts import FleetPlan, Kind, Verdict
from fleet.show.markdown import cell, marked, table
from fleet.store.records import Record
from shared.catalog.cost import Estimate, together
from spoke.launches.cost import estimate_launch

SUBJECT: Final = "the fleet"
_MOST_ROWS: Final = 100
_HEAD: Final = ("wave", "spoke", "", "why", "a month now", "then")


def in_markdown(plan: FleetPlan) -> str:
    """Write it."""
    return marked(SUBJECT, _parts(plan))


def _parts(plan: FleetPlan) -> Iterator[str]:
    counts = Counter(verdict.kind for verdict in plan.verdicts.values())
    told = ", ".join(f"{counts[kind]} {kind}" for kind in Kind if counts[kind])
    yield f"### Rollout: {told or 'no spokes'}"
    places = {members.wave.name: number for number, members in enumerate(plan.waves)}
    running = sorted(
        (each for each in plan.verdicts.values() if each.kind not in (Kind.UNCHANGED, Kind.LEFT_OUT)),
        key=lambda each: (places.get(each.wave, len(places)), each.spoke.stack),
    )
    if running:
        yield table(_HEAD, map(_row, running[:_MOST_ROWS], [plan] * len(running)))
    if len(running) > _MOST_ROWS:
        yield f"and {len(running) - _MOST_ROWS} more: `model-catalog fleet plan` lists all of them."
    if any(each.kind in (Kind.CHANGED, Kind.NEW) for each in running):
        now = [each for verdict in running for each in _deployed(verdict, plan)]
        then = [each for verdict in running for each in _wanted(verdict)]
        yield f"Together: {_sum(now) or 'nothing'} a month now, {_sum(then) or 'nothing'} then (estimate, list prices)."
        yield (
            "What is replaced inside launches: `model-catalog stack plan` of a spoke. Waves that ask are begun by "
            "whoever approves them."
        )
    if plan.notes:
        yield "\n".join(f"- {cell(note)}" for note in plan.notes)


def _row(verdict: Verdict, plan: FleetPlan) -> tuple[str, ...]:
    cost = _sum(_deployed(verdict, plan)), _sum(_wanted(verdict))
    return (verdict.wave, verdict.spoke.stack, str(verdict.kind), "; ".join(verdict.reasons), *cost)


def _deployed(verdict: Verdict, plan: FleetPlan) -> list[Estimate]:
    record = plan.inventory.records.get(verdict.spoke.stack)
    launches = record.launches if isinstance(record, Record) else ()
    return [each.estimated_monthly_cost for each in launches if each.estimated_monthly_cost]


def _wanted(verdict: Verdict) -> list[Estimate]:
    return [found for each in verdict.resolved_launches if (found := estimate_launch(each))]


def _sum(found: list[Estimate]) -> str:
    return together(found).partition(" a month")[0] if found else ""
