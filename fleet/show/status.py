"""Who runs which version of which product, in which state, since when, and against which contract."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import partial
from typing import Any, Final

from rich.console import Console
from rich.text import Text

from fleet.engine import Engine
from fleet.plan.verdicts import FleetPlan, Kind
from fleet.show.account_launches import AccountLaunch, AccountLaunches, launches_in_accounts, not_looked_at
from fleet.show.launches import in_use
from fleet.show.tables import Column, show
from fleet.store.deployments import Deployment, deployments_of
from fleet.store.locations import locations_of, states_at
from shared.catalog.cost import Estimate

_SHOWN: Final = 200
_NAMED: Final = 10
_COLUMNS: Final = (
    Column("spoke"),
    Column("launch"),
    Column("product"),
    Column("version"),
    Column("newest", 1),
    Column("state", 3),
    Column("status", 2),
    Column("since", 5),
    Column("contract", 6),
    Column("behind", 4, wraps=True),
)
_APART: Final = (
    Column("account"),
    Column("launch"),
    Column("product"),
    Column("version"),
    Column("region", 3),
    Column("state", 2),
    Column("status", 1),
    Column("launched by", 4, wraps=True),
)
_ELSEWHERE: Final = "run from another repository"
_FAILED: Final = ("ERROR", "TAINTED", "gone")
_STYLES: Final = {"deprecated": "yellow", "retired": "bold red"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One launch, or a spoke without any.

    Attributes:
        newest: The newest version that the launch could run on that day; empty where nobody can say.
        own_model: The archive that it runs in place of the catalog's; empty where it runs the catalog's.
        state: Of the version, on the day of the question.
        since: When this version was first recorded; None where nobody recorded it.
        contract: The hash of the contract that the spoke was deployed with.
        behind: Why a run would change something; empty where it would not.
        deployed: When the spoke was last rolled out by a fleet.
        problem: Why nobody can say what it runs today; then its launches are those of its last rollout.
        reason: Why it failed, in AWS's words.
        launched_by: Who launched what no stack declares; then `stack` is empty.
        version_reason: Why the version comes to an end; empty where it does not.
        versions_behind: How many releases after its version could be launched; None where nobody can say.
        deprecated_on: When its version is to be deprecated, or was.
        retires_on: When its version is to retire, or did.
        estimated_monthly_cost: As the hub reckoned it when it was deployed; None where the hub has no price for it.
        elsewhere: Another repository runs the stack: its settings are not here.
    """

    stack: str
    account: str
    unit: str
    launch: str
    product: str
    version: str
    newest: str
    own_model: str
    state: str
    region: str
    status: str
    since: dt.datetime | None
    contract: str
    deployed: dt.datetime | None
    behind: str
    problem: str
    reason: str = ""
    launched_by: str = ""
    version_reason: str = ""
    versions_behind: int | None = None
    deprecated_on: dt.date | None = None
    retires_on: dt.date | None = None
    estimated_monthly_cost: Estimate | None = None
    elsewhere: bool = False

    def document(self) -> Mapping[str, Any]:
        """Give it as plain data, in the order of the columns."""
        cost = self.estimated_monthly_cost
        told = {field.name: getattr(self, field.name) for field in fields(self)}
        return {**told, "estimated_monthly_cost": cost.model_dump(mode="json") if cost else None}

    def cells(self) -> Sequence[object]:
        """Give it for a spreadsheet: the cost in words."""
        return [getattr(self, name) for name in COLUMNS]


COLUMNS: Final = [field.name for field in fields(Row)]


def rows_of(plan: FleetPlan, *, product: str = "", version: str = "") -> list[Row]:
    """List every launch of every spoke, or those of a product or version. Raises CatalogError."""
    found = _deployments(plan)
    return [row for stack, deployment in found.items() for row in _rows(plan, stack, deployment, product, version)]


def look_in_accounts(plan: FleetPlan) -> AccountLaunches:
    """Ask AWS what every account runs. Raises CatalogError."""
    inventory = plan.inventory
    return launches_in_accounts(inventory, _deployments(plan))


def _deployments(plan: FleetPlan) -> Mapping[str, Deployment]:
    inventory = plan.inventory
    states = states_at(locations_of(inventory.settings.records).backend, Engine(inventory.root))
    stacks = [*inventory.spokes, *inventory.neighbours.elsewhere]
    return deployments_of(stacks, tags=inventory.tags, records=inventory.records, states=states)


def beside_accounts(
    plan: FleetPlan, rows: Sequence[Row], found: AccountLaunches, *, product: str = "", version: str = ""
) -> list[Row]:
    """Put what accounts have beside what stacks have deployed: what failed first, and last what no stack declares."""
    there = {
        (each.provisioned.account, each.provisioned.region, each.provisioned.name): each for each in found.launches
    }
    told = [_as_aws_has_it(row, there.get((row.account, row.region, row.launch)), found) for row in rows]
    told += [_undeclared(plan, each) for each in found.undeclared if each.is_of(product, version)]
    return sorted(told, key=lambda row: (bool(row.launched_by), row.status != "ERROR"))


def show_status(plan: FleetPlan, rows: Sequence[Row], console: Console, found: AccountLaunches | None = None) -> None:
    """Print what failed, a table, what no stack declares, and what else wants somebody's attention."""
    undeclared = [row for row in rows if row.launched_by]
    for row in rows:
        if row.status == "ERROR":
            whose = row.stack or f"{row.account}, which no stack declares"
            text = f"failed: {row.launch} in {whose}: {row.reason or 'AWS gives no reason'}"
            console.print(Text(text, "bold red"), soft_wrap=True)
    _show_declared(plan, [row for row in rows if not row.launched_by], console)
    if undeclared:
        count = "1 launch" if len(undeclared) == 1 else f"{len(undeclared)} launches"
        console.print(f"\n{count} that no stack declares:")
        show(console, _APART, [_apart(row) for row in undeclared])
    for account, reason in found.unread.items() if found else ():
        console.print(f"not looked at: {account}: {reason}", markup=False, soft_wrap=True)
    if found and (note := not_looked_at(found)):
        console.print(note, markup=False, soft_wrap=True)


def _show_declared(plan: FleetPlan, rows: Sequence[Row], console: Console) -> None:
    shown = rows[:_SHOWN] if console.is_terminal else rows
    cells = [
        [
            row.stack,
            row.launch,
            row.product,
            row.version,
            Text(row.newest, "yellow" if row.newest != row.version else ""),
            Text(row.state, _STYLES.get(row.state, "")),
            Text(row.status, "bold red" if row.status in _FAILED else ""),
            f"{row.since:%Y-%m-%d}" if row.since else "unknown" if row.launch else "",
            row.contract.removeprefix("sha256:")[:8],
            "its state cannot be read" if row.problem else _ELSEWHERE if row.elsewhere else row.behind,
        ]
        for row in shown
    ]
    show(console, _COLUMNS, cells)
    if len(rows) > len(shown):
        console.print(f"and {len(rows) - len(shown)} more: --json and --csv show all of them")
    ending: dict[str, list[str]] = {}
    for row in rows:
        if row.state in _STYLES:
            why = f" ({row.version_reason.rstrip('.')})" if row.version_reason else ""
            text = f"{row.product} {row.version} is {row.state}{why}"
            ending.setdefault(text, []).append(f"{row.launch} in {row.stack}")
    for text, users in sorted(ending.items()):
        console.print(f"{text}, and {_count(users)} it: {_some(users)}", markup=False, soft_wrap=True)
    for row in rows:
        if row.own_model:
            text = f"{row.launch} of {row.stack} runs {row.own_model}, which is not the catalog's"
            console.print(text, markup=False, soft_wrap=True)
    launches = [row for row in rows if row.launch]
    behind = {row.stack for row in rows if row.behind}
    current = ", ".join(found.contract.content_hash[7:15] for found in plan.inventory.hubs.published().values())
    console.print(
        f"{len(launches)} launches in {len({row.stack for row in rows})} spokes, {len(behind)} spokes behind; the "
        f"hub's contract is {current}"
    )
    for problem in dict.fromkeys(row.problem for row in rows if row.problem):
        console.print(f"not read: {problem}", markup=False, soft_wrap=True)


def _count(users: Sequence[str]) -> str:
    return "1 launch uses" if len(users) == 1 else f"{len(users)} launches use"


def _some(users: Sequence[str]) -> str:
    """Name the first of those who run a version; the table has all of them."""
    more = len(users) - _NAMED
    return ", ".join([*users[:_NAMED], *([f"and {more} more"] if more > 0 else [])])


def _rows(plan: FleetPlan, stack: str, deployment: Deployment, product: str, version: str) -> Iterator[Row]:
    inventory, verdict = plan.inventory, plan.verdicts.get(stack)
    account = verdict.spoke.account if verdict else inventory.neighbours.elsewhere[stack]
    known = inventory.organization.accounts.get(account) if inventory.organization else None
    row = partial(
        Row,
        stack=stack,
        account=account,
        unit=known.unit if known else "",
        elsewhere=verdict is None,
        contract=deployment.contract.content_hash if deployment.contract else "",
        deployed=deployment.rolled_out,
        behind="; ".join([verdict.kind, *verdict.reasons]) if verdict and verdict.kind is not Kind.UNCHANGED else "",
        problem=str(deployment.problem or ""),
    )
    uses = [in_use(stack, launch, inventory.hubs, inventory.day) for launch in deployment.launches]
    asked = [use for use in uses if use.is_of(product, version)]
    for use in asked:
        launch = use.deployed
        yield row(
            launch=launch.name,
            product=use.product,
            version=launch.version,
            newest=use.newest,
            own_model=launch.model.archive if launch.model and launch.model.own else "",
            state=use.state,
            region=launch.region,
            status=launch.status,
            since=launch.since,
            version_reason=use.reason,
            versions_behind=use.behind,
            deprecated_on=use.deprecated_on,
            retires_on=use.retires_on,
            estimated_monthly_cost=launch.estimated_monthly_cost,
        )
    if not asked and (deployment.problem or not (product or version)):
        yield row(
            launch="", product="", version="", newest="", own_model="", state="", region="", status="", since=None
        )


def _as_aws_has_it(row: Row, launch: AccountLaunch | None, found: AccountLaunches) -> Row:
    """Give a launch the status that AWS says it has, where AWS was asked."""
    if not row.launch or row.account in found.unread or row.account not in found.read:
        return row
    if launch is None:
        return replace(row, status="gone", reason="it is not in the account any more")
    return replace(row, status=launch.provisioned.status, reason=launch.provisioned.reason)


def _undeclared(plan: FleetPlan, launch: AccountLaunch) -> Row:
    inventory, launched = plan.inventory, launch.provisioned
    account = inventory.organization.accounts.get(launched.account) if inventory.organization else None
    return Row(
        stack="",
        account=launched.account,
        unit=account.unit if account else "",
        launch=launched.name,
        product=launch.product,
        version=launch.version,
        newest="",
        own_model="",
        state=launch.state,
        region=launched.region,
        status=launched.status,
        since=launched.created,
        contract="",
        deployed=None,
        behind="",
        problem="",
        reason=launched.reason,
        launched_by=launched.launched_by or "unknown",
    )


def _apart(row: Row) -> list[str]:
    return [row.account, row.launch, row.product, row.version, row.region, row.state, row.status, row.launched_by]
