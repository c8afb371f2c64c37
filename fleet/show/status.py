"""Who runs which version of which product, in which state, since when, and against which contract."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from functools import partial
from typing import Any, Final

from rich import box
from rich.console import Console
from rich.table import Table

from fleet.engine import Engine
from fleet.plan.verdicts import FleetPlan, Kind, Verdict
from fleet.run.recording import deployed_contract, launches_in
from fleet.store.locations import locations_of, states_at
from fleet.store.records import ContractRef, DeployedLaunch, Record
from fleet.store.states import State
from shared.errors import CatalogError

_READERS: Final = 8
_SHOWN: Final = 200
_SHOWN_COLUMNS: Final = ("spoke", "launch", "product", "version", "state", "status", "since", "contract", "behind")
_STYLES: Final = {"deprecated": "yellow", "retired": "bold red"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One launch, or a spoke without any.

    Attributes:
        state: Of the version, on the day of the question.
        since: When this version was first recorded; None where nobody recorded it.
        contract: The hash of the contract that the spoke was deployed with.
        behind: Why a run would change something; empty where it would not.
        deployed: When the spoke was last rolled out by a fleet.
    """

    stack: str
    account: str
    unit: str
    launch: str
    product: str
    version: str
    state: str
    region: str
    status: str
    since: dt.datetime | None
    contract: str
    deployed: dt.datetime | None
    behind: str

    def document(self) -> Mapping[str, Any]:
        """Give it as plain data, in the order of the columns."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


COLUMNS: Final = [field.name for field in fields(Row)]


def rows_of(plan: FleetPlan) -> list[Row]:
    """List every launch of every spoke.

    A spoke whose record is not of its last run is read from its state, which costs more. Raises CatalogError.
    """
    inventory = plan.inventory
    states = states_at(locations_of(inventory.settings.records), Engine(inventory.root))
    unknown = [stack for stack in inventory.spokes if stack in inventory.tags and not _is_recorded(plan, stack)]
    with ThreadPoolExecutor(_READERS) as readers:
        read = dict(zip(unknown, readers.map(states.read, unknown), strict=True))
    return [row for verdict in plan.verdicts.values() for row in _rows(plan, verdict, read.get(verdict.spoke.stack))]


def show_status(plan: FleetPlan, rows: Sequence[Row], console: Console) -> None:
    """Print a table, and what in it wants somebody's attention."""
    table = Table(*_SHOWN_COLUMNS, box=box.SIMPLE)
    for row in rows[:_SHOWN]:
        style = _STYLES.get(row.state, "")
        table.add_row(
            row.stack,
            row.launch,
            row.product,
            row.version,
            f"[{style}]{row.state}[/]" if style else row.state,
            row.status,
            f"{row.since:%Y-%m-%d}" if row.since else "unknown" if row.launch else "",
            row.contract.removeprefix("sha256:")[:8],
            row.behind.replace("[", r"\["),
        )
    console.print(table)
    if len(rows) > _SHOWN:
        console.print(f"and {len(rows) - _SHOWN} more: --json and --csv show all of them")
    ending = Counter(f"{row.product} {row.version} is {row.state}" for row in rows if row.state in _STYLES)
    for text, count in sorted(ending.items()):
        console.print(f"{text}, and {count} launches use it")
    launches = [row for row in rows if row.launch]
    behind = {row.stack for row in rows if row.behind}
    current = ", ".join(found.contract.content_hash[7:15] for found in plan.inventory.hubs.published().values())
    console.print(
        f"{len(launches)} launches in {len({row.stack for row in rows})} spokes, {len(behind)} spokes behind; the "
        f"hub's contract is {current}"
    )


def _is_recorded(plan: FleetPlan, stack: str) -> bool:
    record = plan.inventory.records.get(stack)
    return isinstance(record, Record) and record.state == plan.inventory.tags.get(stack)


def _rows(plan: FleetPlan, verdict: Verdict, state: State | None) -> Iterator[Row]:
    stack = verdict.spoke.stack
    record = plan.inventory.records.get(stack)
    earlier = record if isinstance(record, Record) else None
    launches, used = _known(earlier, state)
    row = partial(
        Row,
        stack=stack,
        account=verdict.spoke.account,
        unit=verdict.account.unit if verdict.account else "",
        contract=used.content_hash if used else "",
        deployed=earlier.finished if earlier else None,
        behind="" if verdict.kind is Kind.UNCHANGED else "; ".join([verdict.kind, *verdict.reasons]),
    )
    for launch, since in launches:
        yield row(
            launch=launch.name,
            product=launch.product,
            version=launch.version,
            state=_state(plan, verdict, launch),
            region=launch.region,
            status=launch.status,
            since=since,
        )
    if not launches:
        yield row(launch="", product="", version="", state="", region="", status="", since=None)


def _known(
    record: Record | None, state: State | None
) -> tuple[list[tuple[DeployedLaunch, dt.datetime | None]], ContractRef | None]:
    """Give the launches with their dates: from the state where somebody else updated it, else from the record."""
    if state is None:
        return [(launch, launch.since) for launch in record.launches] if record else [], record and record.contract
    before = {launch.since for launch in record.launches} if record else set[dt.datetime]()
    found = launches_in(state, record, dt.datetime.now(dt.UTC))
    return [(launch, launch.since if launch.since in before else None) for launch in found], deployed_contract(state)


def _state(plan: FleetPlan, verdict: Verdict, launch: DeployedLaunch) -> str:
    """Say in which state a version is today; nothing where the hub offers it no more."""
    settings = verdict.spoke.settings
    try:
        regions = plan.inventory.hubs.contract(settings.hub_stacks).regions if settings else {}
    except CatalogError:
        regions = {}
    region = regions.get(launch.region)
    for key, product in region.products.items() if region else ():
        if launch.product in (key, product.original_key) and (version := product.versions.get(launch.version)):
            return version.state_on(plan.inventory.day)
    return "unknown"
