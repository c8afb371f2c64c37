"""What ran where and when, who moved it, and whether the history is whole."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

from rich.console import Console
from rich.text import Text

from fleet.show.tables import Column, show
from fleet.store.history import SUCCEEDED, Chain, Event, LaunchInEvent

_MOVES: Final = (
    Column("when"),
    Column("stack"),
    Column("launch", wraps=True),
    Column("change", wraps=True),
    Column("outcome", 1),
    Column("by", 2),
    Column("product", 3),
    Column("model", 4),
    Column("commit", 5),
    Column("contract", 6),
)
_STAYS: Final = (
    Column("account"),
    Column("stack", 1),
    Column("launch"),
    Column("version"),
    Column("from"),
    Column("until"),
    Column("status", 2),
    Column("moved by", 3),
    Column("product", 4),
    Column("model", 5),
    Column("ended by", 6),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What a run did to one launch, or a run that moved none.

    Attributes:
        event: Its number in the stack's history.
        before: The version that the launch had; empty where it is new.
        after: The version that it has; empty where it has ended.
        package: In the model registry; empty where the model is not the catalog's.
        own_model: The launch runs a model of the account's own.
        template: The SHA-256 of the version's template.
        reason: Why a rollout took the launch back; empty where it did not.
    """

    when: dt.datetime
    event: int
    stack: str
    account: str
    operation: str
    outcome: str
    launch: str = ""
    product: str = ""
    product_id: str = ""
    before: str = ""
    after: str = ""
    region: str = ""
    status: str = ""
    package: str = ""
    archive: str = ""
    digest: str = ""
    own_model: bool = False
    template: str = ""
    contract: str
    actor: str
    role: str
    commit: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """A time in which a launch ran one version with one model.

    Attributes:
        since: When the run ended that moved it there.
        until: When the run ended that moved it on; None where it is there still.
        moved_by: Who ran the former.
        ended_by: Who ran the latter.
    """

    account: str
    stack: str
    launch: str
    product: str
    product_id: str
    version: str
    region: str
    status: str
    package: str
    archive: str
    digest: str
    own_model: bool
    template: str
    since: dt.datetime
    until: dt.datetime | None
    moved_by: str
    ended_by: str
    commit: str
    contract: str

    def is_on(self, day: dt.date) -> bool:
        """Say whether it ran at any time of a day of UTC's."""
        since, until = self.since.astimezone(dt.UTC), self.until and self.until.astimezone(dt.UTC)
        return since.date() <= day and (until is None or until.date() >= day)


def moves_of(chain: Chain) -> Iterator[Move]:
    """List what the runs of a stack did, the oldest first."""
    before: dict[str, LaunchInEvent] = {}
    for event in chain.events:
        now = {launch.name: launch for launch in event.launches}
        moved = [
            _move(event, old=before.get(name), new=now.get(name))
            for name in sorted(before.keys() | now.keys())
            if _what_runs(before.get(name)) != _what_runs(now.get(name))
        ]
        yield from moved or [_move(event, old=None, new=None)]
        before = now


def stays_of(chain: Chain) -> Iterator[Stay]:
    """List what the launches of a stack have run, and from when to when."""
    running: dict[str, tuple[Event, LaunchInEvent]] = {}
    for event in chain.events:
        now = {launch.name: launch for launch in event.launches}
        for name, (since, launch) in list(running.items()):
            if _what_runs(launch) != _what_runs(now.get(name)):
                yield _stay(since, launch, event)
                del running[name]
        for name, launch in now.items():
            running[name] = (running[name][0] if name in running else event, launch)
    for since, launch in running.values():
        yield _stay(since, launch, None)


def of_product(chains: Sequence[Chain], product: str) -> set[str]:
    """Give all that a product was ever called: its ids, and its keys, which can change."""
    launches = [launch for chain in chains for event in chain.events for launch in event.launches]
    ids = {each.product_id for each in launches if product in (each.product, each.product_id)} - {""}
    return {product, *ids}


def show_moves(moves: Sequence[Move], console: Console) -> None:
    """Print a table of what runs did."""
    rows = [
        [
            f"{each.when:%Y-%m-%d %H:%M}",
            each.stack,
            each.launch,
            Text(_change(each), "" if each.outcome == SUCCEEDED else "red"),
            each.outcome,
            _who(each.actor),
            each.product,
            _model(each.own_model, each.digest, each.archive),
            _commit(each.commit),
            _short(each.contract),
        ]
        for each in moves
    ]
    show(console, _MOVES, rows)
    if not moves:
        console.print("No run is in the history yet.")


def show_stays(stays: Sequence[Stay], console: Console) -> None:
    """Print a table of what ran."""
    rows = [
        [
            each.account,
            each.stack,
            each.launch,
            each.version,
            f"{each.since:%Y-%m-%d %H:%M}",
            f"{each.until:%Y-%m-%d %H:%M}" if each.until else "",
            each.status,
            _who(each.moved_by),
            each.product,
            _model(each.own_model, each.digest, each.archive),
            _who(each.ended_by),
        ]
        for each in stays
    ]
    show(console, _STAYS, rows)
    accounts = {each.account for each in stays}
    console.print(f"{len(rows)} launches in {len(accounts)} accounts")


def document(each: Move | Stay) -> Mapping[str, Any]:
    """Give it as plain data."""
    return asdict(each)


def columns(kind: type[Move] | type[Stay]) -> list[str]:
    """Name its columns."""
    return [field.name for field in fields(kind)]


def _what_runs(launch: LaunchInEvent | None) -> tuple[object, ...] | None:
    if launch is None:
        return None
    return launch.product_id or launch.product, launch.version, launch.region, launch.template, launch.model


def _move(event: Event, *, old: LaunchInEvent | None, new: LaunchInEvent | None) -> Move:
    launch = new or old
    common: dict[str, Any] = {
        "when": event.time,
        "event": event.number,
        "stack": event.stack,
        "account": event.account,
        "operation": event.operation,
        "outcome": event.outcome,
        "contract": event.contract.content_hash,
        "actor": event.actor,
        "role": event.role,
        "commit": event.commit,
    }
    if launch is None:
        return Move(**common)
    before, after = old.version if old else "", new.version if new else ""
    reason = event.reasons.get(launch.name, "") if before and after else ""
    return Move(**common, **_told(launch), before=before, after=after, reason=reason)


def _stay(since: Event, launch: LaunchInEvent, until: Event | None) -> Stay:
    return Stay(
        **_told(launch),
        account=since.account,
        stack=since.stack,
        version=launch.version,
        since=since.time,
        until=until.time if until else None,
        moved_by=since.actor,
        ended_by=until.actor if until else "",
        commit=since.commit,
        contract=since.contract.content_hash,
    )


def _told(launch: LaunchInEvent) -> dict[str, Any]:
    model = launch.model
    return {
        "launch": launch.name,
        "product": launch.product,
        "product_id": launch.product_id,
        "region": launch.region,
        "status": launch.status,
        "package": model.package if model else "",
        "archive": model.archive if model else "",
        "digest": model.digest if model else "",
        "own_model": bool(model and model.own),
        "template": launch.template,
    }


def _change(move: Move) -> str:
    if not move.launch:
        return f"{move.operation}: no launch moved" if move.stack.startswith("spoke-") else move.operation
    if not move.before:
        return f"launched {move.after}"
    if not move.after:
        return f"ended {move.before}"
    moved = f"{move.before} -> {move.after}" if move.before != move.after else f"{move.after}: another model"
    return f"{moved}: {move.reason}" if move.reason else moved


def _who(arn: str) -> str:
    """Give the part of an ARN that names somebody, with the account."""
    parts = arn.split(":", 5)
    return f"{parts[4]} {parts[5]}" if len(parts) == 6 and parts[0] == "arn" else arn  # noqa: PLR2004 - the parts of an ARN


def _model(own: bool, digest: str, archive: str) -> str:  # noqa: FBT001 - a cell of a table
    return f"own: {archive}" if own else digest or archive


def _commit(commit: str) -> str:
    number, dirty, _ = commit.partition("-dirty")
    return number[:8] + dirty


def _short(contract: str) -> str:
    return contract.removeprefix("sha256:")[:8]
