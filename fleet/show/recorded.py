"""What was recorded of all stacks: the records of success, and the history beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from fleet.plan.settings import read_settings
from fleet.store.history import Chain, History
from fleet.store.locations import locations_of
from fleet.store.records import Record, Records
from fleet.store.storage import Storage


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """Records that can be read, by stack, and the history of each stack."""

    records: Mapping[str, Record]
    chains: Sequence[Chain]

    @property
    def problems(self) -> list[str]:
        """Where the history is not whole."""
        return [f"{chain.stack}: {problem}" for chain in self.chains for problem in chain.problems]


def read_recorded(root: Path, stack: str = "") -> Recorded:
    """Read all of it, or the history of one stack. Raises CatalogError where it is out of reach."""
    storage = Storage(locations_of(read_settings(root).records).records)
    records = {name: found for name, found in Records(storage).all().items() if isinstance(found, Record)}
    known = {name: found.event for name, found in records.items() if found.event}
    return Recorded(records=records, chains=History(storage).chains(known, stack))
