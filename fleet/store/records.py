"""Records of success: one object for each spoke, beside the state.

Spokes never share an object, so runs on many machines do not meet, and nothing depends on a single file.
"""

import datetime as dt
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import PurePosixPath
from typing import Annotated, ClassVar, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from fleet.engine import Cost
from fleet.errors import RecordsError
from fleet.store.storage import Storage, StorageError, error_text
from shared.catalog.cost import Estimate
from spoke.launches.holds import Hold

SCHEMA_VERSION: Final = "1.4"
"""Major and minor. Within a major, fields are only added; a record of another major is refused."""

_FOLDER: Final = ".fleet/records"
_READERS: Final = 16


class _Part(BaseModel):
    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="ignore")


class DeployedModel(_Part):
    """The model that a launch ran.

    Attributes:
        package: In the model registry; empty where the model is not the catalog's.
        archive: The S3 URI of its archive.
        digest: By what the archive is known again; empty where nobody said.
        own: The account runs it in place of the catalog's.
    """

    package: str
    archive: str
    digest: str
    own: bool


class DeployedLaunch(_Part):
    """A launch as it was when its spoke was deployed.

    Attributes:
        product: The key that its product had then.
        product_id: What AWS calls the product, whatever its key: empty in records of version 1.0.
        since: When this version of it was first recorded; None where nobody recorded it.
        before: The version that it ran before this one; empty where it is new, or nobody recorded it.
        model: None where the hub was of a release whose versions did not bring their model.
    """

    name: str
    product: str
    product_id: str = ""
    version: str
    region: str
    status: str
    since: dt.datetime | None
    before: str = ""
    model: Annotated[DeployedModel | None, BeforeValidator(lambda value: value or None)] = None
    estimated_monthly_cost: Annotated[Estimate | None, BeforeValidator(lambda value: value or None)] = None


class ContractRef(_Part):
    """The contract that a spoke was deployed with.

    Attributes:
        issued: When it was signed, by the hub's stack; empty where it was not.
    """

    hub: str
    content_hash: str
    issued: Mapping[str, str] = {}


class EventRef(_Part):
    """An event of the stack's history, and the digest that it has."""

    number: int
    digest: str


class Record(_Part):
    """What a spoke was deployed with when that last succeeded.

    Attributes:
        fingerprint: Of all that the result depends on.
        parts: What the fingerprint is made of, by name.
        state: The tag of the stack's state right after the run: another tag means that somebody else updated it.
        event: Of the run, in the stack's history; None in records of version 1.1 and before.
        held: Launches whose settings mean a version that was taken back, by their names.
    """

    schema_version: str = SCHEMA_VERSION
    stack: str
    account: str
    fingerprint: str
    parts: Mapping[str, str]
    state: str
    finished: dt.datetime
    contract: ContractRef
    launches: list[DeployedLaunch]
    cost: Cost
    event: EventRef | None = None
    held: Mapping[str, Hold] = {}


class CorruptRecord(_Part):
    """A record that is there and cannot be read; its spoke counts as never rolled out."""

    reason: str


class Records:
    """The records of all spokes."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def all(self) -> dict[str, Record | CorruptRecord]:
        """Read every record, by stack.

        Raises:
            RecordsError: the storage is out of reach, or a record is of a newer release.
        """
        try:
            stacks = [PurePosixPath(entry.path).stem for entry in self._storage.list(_FOLDER)]
            with ThreadPoolExecutor(_READERS) as readers:
                found = zip(stacks, readers.map(self.of, stacks), strict=True)
                return {stack: record for stack, record in found if record is not None}
        except StorageError as problem:
            raise RecordsError(
                f"the records of success cannot be listed: {error_text(problem)}. Check the address and who may read "
                f"it.",
                code="records-unreadable",
                place=self._storage.url,
            ) from None

    def of(self, stack: str) -> Record | CorruptRecord | None:
        """Read a spoke's record; None where there is none.

        Raises:
            RecordsError: it was written by a newer release.
        """
        try:
            found = self._storage.read(_path(stack))
        except StorageError as problem:
            return CorruptRecord(reason=error_text(problem))
        return None if found is None else _parsed(found[0], where=f"{self._storage.url}: {_path(stack)}")

    def write(self, record: Record) -> None:
        """Write a spoke's record in place of the one that it had."""
        self._storage.write(_path(record.stack), record.model_dump_json(indent=1).encode())


class _Versioned(_Part):
    schema_version: str


def _path(stack: str) -> str:
    return f"{_FOLDER}/{stack}.json"


def _parsed(content: bytes, *, where: str) -> Record | CorruptRecord:
    try:
        version = _Versioned.model_validate_json(content).schema_version
        if _major(version) > _major(SCHEMA_VERSION):
            raise RecordsError(
                f"a newer release wrote it (version {version}; this one reads {SCHEMA_VERSION}). Bring this checkout "
                f"up to date. Nothing was changed.",
                code="record-of-newer-release",
                place=where,
            )
        return Record.model_validate_json(content)
    except ValidationError as problem:
        first = problem.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "it"
        words = {"json_invalid": "is not JSON", "missing": "is missing"}
        return CorruptRecord(reason=f"{place} {words.get(first['type'], 'is not as this release writes it')}")


def _major(version: str) -> int:
    number = version.partition(".")[0]
    return int(number) if number.isdecimal() else 0
