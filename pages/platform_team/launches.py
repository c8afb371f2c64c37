"""Who runs what, in the order in which somebody should look at it."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Final

from fleet.plan.verdicts import FleetPlan
from fleet.show.status import Row
from pages.platform_team.shapes import Attention, PlatformLaunch

FAILED: Final = ("ERROR", "TAINTED", "gone")
SOON: Final = dt.timedelta(days=90)
_ORDER: Final = {attention: place for place, attention in enumerate(Attention)}


def launches_of(plan: FleetPlan, rows: Iterable[Row], team_tag: str) -> list[PlatformLaunch]:
    """Give what `fleet status` says of each launch, with its team: what failed first, then by the day of its end."""
    day, teams, names = plan.inventory.day, teams_of(plan, team_tag), names_of(plan)
    found = [_launch(row, day, teams, names) for row in rows]
    return sorted(found, key=_place)


def teams_of(plan: FleetPlan, tag: str) -> Mapping[tuple[str, str], str]:
    """Give the value that a tag of each launch has, by stack and launch: its own, or the catalog's."""
    found: dict[tuple[str, str], str] = {}
    for stack, verdict in plan.verdicts.items():
        for launch in verdict.spoke.settings.launches if verdict.spoke.settings else ():
            found[stack, launch.name] = launch.tags.get(tag, "")
        for resolved in verdict.resolved_launches:
            found[stack, resolved.launch.name] = resolved.tags.get(tag, "")
    return found


def names_of(plan: FleetPlan) -> Mapping[str, str]:
    """Give the names of the accounts by id; none where the organization could not be read."""
    organization = plan.inventory.organization
    return {account.id: account.name for account in organization.accounts.values()} if organization else {}


def _launch(row: Row, day: dt.date, teams: Mapping[tuple[str, str], str], names: Mapping[str, str]) -> PlatformLaunch:
    ends, next_state = _end(row, day)
    return PlatformLaunch(
        attention=_attention(row, day, ends),
        stack=row.stack,
        account=row.account,
        account_name=names.get(row.account, ""),
        unit=row.unit,
        launch=row.launch,
        product=row.product,
        version=row.version,
        newest=row.newest,
        versions_behind=row.versions_behind,
        state=row.state,
        status=row.status,
        region=row.region,
        since=row.since,
        ends=ends,
        days_left=(ends - day).days if ends else None,
        next_state=next_state,
        version_reason=row.version_reason,
        behind=row.behind,
        reason=row.reason,
        problem=row.problem,
        own_model=row.own_model,
        launched_by=row.launched_by,
        team=teams.get((row.stack, row.launch), ""),
        cost=row.estimated_monthly_cost,
    )


def _end(row: Row, day: dt.date) -> tuple[dt.date | None, str]:
    """Say when a version changes its state next, and to what."""
    dates = [(date, state) for date, state in ((row.deprecated_on, "deprecated"), (row.retires_on, "retired")) if date]
    return min(((date, state) for date, state in dates if date > day), default=(None, ""))


def _attention(row: Row, day: dt.date, ends: dt.date | None) -> Attention:
    if row.status in FAILED:
        return Attention.FAILED
    if row.problem:
        return Attention.UNKNOWN
    if row.state in (Attention.RETIRED, Attention.DEPRECATED):
        return Attention(row.state)
    if ends and ends - day <= SOON:
        return Attention.ENDING
    if row.versions_behind:
        return Attention.OLD
    return Attention.CHANGING if row.behind else Attention.NONE


def _place(launch: PlatformLaunch) -> tuple[int, dt.date, int, str, str, str]:
    return (
        _ORDER[launch.attention],
        launch.ends or dt.date.max,
        -(launch.versions_behind or 0),
        launch.stack,
        launch.account,
        launch.launch,
    )
