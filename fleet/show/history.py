"""What was run and when, as far as it was written down: the reports kept here, and each spoke's last success."""

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from rich.console import Console

from fleet.show.tables import Column, show
from fleet.store.records import Record, Records

REPORTS: Final = "*/report.json"
_STAMP: Final = "%Y%m%dT%H%M%S%f"
_COLUMNS: Final = (
    Column("when"),
    Column("spoke"),
    Column("status"),
    Column("changes", 1, wraps=True),
    Column("why", 2, wraps=True),
    Column("contract", 3),
    Column("source", 4),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to a spoke.

    Attributes:
        when: When the run began; of a record, when it succeeded.
        source: The report's file, or `record`.
    """

    when: dt.datetime
    stack: str
    status: str
    why: str = ""
    changes: str = ""
    contract: str = ""
    source: str

    def document(self) -> Mapping[str, Any]:
        """Give it as plain data."""
        return asdict(self)


def events_of(runs: Path, records: Records) -> list[Event]:
    """List what is known, the newest last: whoever rolled out from another machine has its reports there.

    Raises:
        RecordsError: the records are out of reach.
    """
    reported = [event for path in runs.glob(REPORTS) for event in _reported(path)]
    recorded = [
        Event(
            when=record.finished,
            stack=record.stack,
            status="last success",
            why=", ".join(f"{each.product} {each.version}" for each in record.launches),
            contract=record.contract.content_hash,
            source="record",
        )
        for record in records.all().values()
        if isinstance(record, Record)
    ]
    return sorted([*reported, *recorded], key=lambda event: (event.when, event.stack))


def show_history(events: list[Event], console: Console) -> None:
    """Print a table."""
    rows = [
        [
            f"{event.when:%Y-%m-%d %H:%M}",
            event.stack,
            event.status,
            event.changes,
            event.why,
            event.contract.removeprefix("sha256:")[:8],
            event.source,
        ]
        for event in events
    ]
    show(console, _COLUMNS, rows)
    if not events:
        console.print("Nothing was rolled out yet.")


def _reported(path: Path) -> Iterator[Event]:
    """Read a report; one that is torn tells nothing."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        when = dt.datetime.strptime(path.parent.name, _STAMP).replace(tzinfo=dt.UTC)
        report: dict[str, Any] = json.loads(path.read_text())
        for spoke in report["spokes"]:
            yield Event(
                when=when,
                stack=spoke["stack"],
                status=spoke["ending"],
                why="; ".join(spoke["why"]) or spoke["reason"],
                changes=spoke["changes"],
                contract=spoke["contract"],
                source=str(path),
            )
