"""What became of versions in the waves that they baked in: one object for each, beside the records.

It is written once, by whoever judges first. To try a version again that was judged bad, its objects are removed.
"""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import ClassVar, Final

from pydantic import BaseModel, ConfigDict, ValidationError

from fleet.errors import RecordsError
from fleet.store.storage import Storage, StorageError, error_text

SCHEMA_VERSION: Final = "1.0"
"""Major and minor. Within a major, fields are only added."""

_FOLDER: Final = ".fleet/bakes"
_READERS: Final = 16


class BakeResult(BaseModel):
    """What became of a version in a wave.

    Attributes:
        product: The key that the product had at first, which nobody can change.
        arrived: When the last launch of the wave had moved to it.
        passed: It may go on to the next wave.
        taken_back: Launches go back to the version that they had before.
        reasons: Why it did not pass.
        actor: The ARN of whoever ran the rollout that judged, as AWS tells it.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="ignore")

    schema_version: str = SCHEMA_VERSION
    wave: str
    product: str
    version: str
    arrived: dt.datetime
    judged: dt.datetime
    passed: bool
    taken_back: bool = False
    reasons: list[str] = []
    actor: str = ""

    @property
    def why(self) -> str:
        """The first reason, and how many more there are."""
        more = f" (and {len(self.reasons) - 1} more)" if len(self.reasons) > 1 else ""
        return f"{self.reasons[0]}{more}" if self.reasons else ""


class Bakes:
    """All that was judged."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def all(self) -> list[BakeResult]:
        """Read everything, in the order in which it was judged.

        Raises:
            RecordsError: the storage is out of reach, or an object is not as a rollout writes it.
        """
        try:
            paths = sorted(entry.path for entry in self._storage.list(_FOLDER))
            with ThreadPoolExecutor(_READERS) as readers:
                contents = zip(paths, readers.map(self._read, paths), strict=True)
                found = [self._parsed(path, content) for path, content in contents]
        except StorageError as problem:
            raise RecordsError(
                f"what became of versions in the waves before cannot be read: {error_text(problem)}. Whoever plans has "
                f"to read .fleet/bakes (docs/iam/state-fleet.json).",
                code="bakes-unreadable",
                place=f"{self._storage.url}: {_FOLDER}",
            ) from None
        return sorted((each for each in found if each), key=lambda each: each.judged)

    def write(self, result: BakeResult) -> BakeResult:
        """Write a result, and give it; where another rollout has judged already, that one's.

        Raises:
            RecordsError: the storage does not take it.
        """
        path = f"{_FOLDER}/{result.wave}/{result.product}@{result.version}.json"
        try:
            created = self._storage.create(path, result.model_dump_json(indent=1).encode())
            there = None if created else self._parsed(path, self._read(path))
        except StorageError as problem:
            raise RecordsError(
                f"what became of a version cannot be written: {error_text(problem)}. Whoever rolls out has to write to "
                f".fleet/bakes (docs/iam/state-fleet.json).",
                code="bake-not-written",
                place=f"{self._storage.url}: {path}",
            ) from None
        return there or result

    def forget(self, result: BakeResult) -> None:
        """Let a version be tried again."""
        self._storage.remove(f"{_FOLDER}/{result.wave}/{result.product}@{result.version}.json")

    def _read(self, path: str) -> bytes | None:
        found = self._storage.read(path)
        return found[0] if found else None

    def _parsed(self, path: str, content: bytes | None) -> BakeResult | None:
        if content is None:
            return None  # somebody has just removed it
        try:
            return BakeResult.model_validate_json(content)
        except ValidationError:
            raise RecordsError(
                "is not as a rollout writes it. Look at it, and remove it: the version is judged again.",
                code="bake-corrupt",
                place=f"{self._storage.url}: {path}",
            ) from None
