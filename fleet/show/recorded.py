"""What was recorded of all stacks: the records of success, and the history beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from fleet.plan.settings import read_settings
from fleet.run.by_hand import with_runs_by_hand
from fleet.store.history import Chain, History
from fleet.store.locations import locations_of
from fleet.store.records import Record, Records
from fleet.store.storage import Storage, backend_url, is_cloud


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """Records that can be read, by stack, the history of each stack, and what could not be looked for."""

    records: Mapping[str, Record]
    chains: Sequence[Chain]
    note: str = ""

    @property
    def problems(self) -> list[str]:
        """Where the history is not whole."""
        return [f"{chain.stack}: {problem}" for chain in self.chains for problem in chain.problems]


def read_recorded(root: Path, stack: str = "") -> Recorded:
    """Read all of it, or the history of one stack. Raises CatalogError where it is out of reach."""
    storage = Storage(locations_of(read_settings(root).records).records)
    records = {name: found for name, found in Records(storage).all().items() if isinstance(found, Record)}
    known = {name: found.event for name, found in records.items() if found.event}
    chains, backend = History(storage).chains(known, stack), backend_url()
    if is_cloud(backend):
        return Recorded(records=records, chains=chains)
    older = [name for name, found in records.items() if found.event is None]
    chains, note = with_runs_by_hand(Storage(backend), chains, without=older, stack=stack)
    return Recorded(records=records, chains=chains, note=note)
