"""Collects what the platform team's pages show. All of it is what commands of the fleet and the hub print."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final

from fleet.plan.verdicts import FleetPlan
from fleet.show.account_launches import AccountLaunches, not_looked_at
from fleet.show.history import stays_of
from fleet.show.recorded import read_recorded
from fleet.show.report import FILE, read_report, report_folders
from fleet.show.status import beside_accounts, rows_of
from pages.platform_team.adoption import adoption_of
from pages.platform_team.costs import costs_of
from pages.platform_team.launches import launches_of, names_of
from pages.platform_team.shapes import Arrival, Platform, Rollout
from shared.catalog.lifecycle import as_of

TEAM_TAG: Final = "team"
_ROLLOUTS: Final = 20
"""Of the newest, that have pages; the others stay where they are."""


def platform_of(
    plan: FleetPlan,
    *,
    accounts: AccountLaunches | None = None,
    arrivals: Iterable[Arrival] = (),
    notes: Iterable[str] = (),
    team_tag: str = TEAM_TAG,
) -> Platform:
    """Collect it.

    Args:
        plan: Of all spokes.
        accounts: What AWS says that they run; None where nobody asked.
        arrivals: Of the shares of all hubs.
        notes: What could not be read.
        team_tag: The tag of a launch that names its team.

    Raises:
        CatalogError: records or history are out of reach.
    """
    inventory = plan.inventory
    rows = rows_of(plan)
    if accounts:
        rows = beside_accounts(plan, rows, accounts)
    launches = launches_of(plan, rows, team_tag)
    recorded, names = read_recorded(inventory.root), names_of(plan)
    return Platform(
        day=inventory.day,
        looked=dt.datetime.now(dt.UTC),
        asked=accounts is not None,
        notes=[
            *notes,
            *plan.notes,
            *(_unread(accounts) if accounts else ()),
            *(f"the history is not whole: {problem}" for problem in recorded.problems),
        ],
        team_tag=team_tag,
        launches=launches,
        spokes=len(inventory.spokes),
        adoption=adoption_of((stay for chain in recorded.chains for stay in stays_of(chain)), inventory.day),
        costs=costs_of(launches),
        shares=sorted(
            (each.model_copy(update={"account_name": names.get(each.account, "")}) for each in arrivals),
            key=lambda each: (each.has_arrived, each.portfolio, each.region, each.account),
        ),
        rollouts=rollouts_of(inventory.root),
    )


def nothing_yet(root: Path, notes: Iterable[str], *, team_tag: str = TEAM_TAG) -> Platform:
    """Tell that there is no fleet to look at, and why."""
    return Platform(
        day=as_of(),
        looked=dt.datetime.now(dt.UTC),
        asked=False,
        notes=list(notes),
        team_tag=team_tag,
        costs=costs_of(()),
        rollouts=rollouts_of(root),
    )


def accounts_of_products(platform: Platform) -> Mapping[str, int]:
    """Count the accounts that run a version of each product, by its key."""
    found: dict[str, set[str]] = {}
    for each in platform.launches:
        found.setdefault(each.product, set()).add(each.account)
    return {product: len(accounts) for product, accounts in found.items() if product}


def _unread(accounts: AccountLaunches) -> Iterator[str]:
    yield from (f"{account} was not looked at: {reason}" for account, reason in accounts.unread.items())
    if accounts.unknown:
        yield not_looked_at(accounts)


def rollouts_of(root: Path) -> list[Rollout]:
    """Read the reports of the newest rollouts."""
    found = map(rollout_in, report_folders(root)[:_ROLLOUTS])
    return [rollout for rollout in found if rollout]


def rollout_in(folder: Path) -> Rollout | None:
    """Read the report of one; it is read anew where its file is another than before."""
    try:
        found = (folder / FILE).stat()
    except OSError:
        return None
    return _read(folder, found.st_ino, found.st_mtime_ns)


@lru_cache(maxsize=2 * _ROLLOUTS)
def _read(folder: Path, _inode: int, _written: int) -> Rollout | None:
    report = read_report(folder)
    return Rollout(name=folder.name, report=report) if report else None
