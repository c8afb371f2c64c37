"""The history: one event for each run that changed a stack, beside the records; nobody rewrites it.

Each event is an object of its own, under a name that can be taken only once, and holds the digest of the one before: of
events that were changed or taken out, the rest tells. What was cut off at the end, the stack's record tells, which
holds the digest of the event of its own run.
"""

import datetime as dt
import hashlib
import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import ClassVar, Final

from pydantic import BaseModel, ConfigDict, ValidationError

from fleet.errors import RecordsError
from fleet.store.records import ContractRef, DeployedModel, EventRef
from fleet.store.storage import OversizeError, Storage, StorageError, error_text

SCHEMA_VERSION: Final = "1.1"
"""Major and minor. Within a major, fields are only added."""

SUCCEEDED: Final = "succeeded"
FAILED: Final = "failed"
INTERRUPTED: Final = "interrupted"
"""What becomes of a run."""

_FOLDER: Final = ".fleet/history"
_NAME: Final = re.compile(r"(\d{8})\.json")
_READERS: Final = 16
_TRIES: Final = 20
"""More than so many others do not append to one stack at the same moment: Pulumi lets one of them run at a time."""


class _Part(BaseModel):
    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="ignore")


class LaunchInEvent(_Part):
    """A launch as a run left it. Its parameters are not here: some of them are secret.

    Attributes:
        product: The key that its product had then.
        version: Its number; where nobody could say it after a run that failed, what AWS calls it.
        template: The SHA-256 of the version's template.
        model: None where nobody could say it.
    """

    name: str
    product: str
    product_id: str
    version: str
    region: str
    status: str
    template: str = ""
    model: DeployedModel | None = None


class Event(_Part):
    """A run that changed a stack.

    Attributes:
        number: Counted from 1 in each stack.
        previous: The digest of the event before; empty in the first.
        operation: `up` or `destroy`.
        outcome: `succeeded`, `failed` or `interrupted`.
        actor: The ARN of whoever ran it, as AWS tells it.
        role: What the run worked as in the account; empty where it worked as the actor.
        commit: Of the checkout; with `-dirty` at its end where something in it was changed.
        contract: What the stack reads of a hub; of a hub, what it published.
        launches: All that the stack had after the run.
        reasons: Why launches were taken back to the version that they had before, by their names.
    """

    schema_version: str = SCHEMA_VERSION
    number: int = 0
    previous: str = ""
    stack: str
    account: str
    time: dt.datetime
    operation: str
    outcome: str
    actor: str
    role: str
    commit: str
    contract: ContractRef
    launches: list[LaunchInEvent]
    reasons: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEvent:
    """An event as it lies in the storage.

    Attributes:
        content: Byte for byte: its digest is that of these.
        event: None where it cannot be read.
    """

    number: int
    content: bytes
    event: Event | None

    @property
    def digest(self) -> str:
        """By what the event after it knows it."""
        return digest_of(self.content)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """All events of a stack.

    Attributes:
        stored: In their order.
        problems: What is missing, or was changed after it was written, in words.
        by_hand: Runs past these commands, as Pulumi remembers them: nobody vouches for them as for events.
    """

    stack: str
    stored: Sequence[StoredEvent]
    problems: Sequence[str]
    by_hand: Sequence[Event] = ()

    @property
    def events(self) -> list[Event]:
        """Those that can be read, and the runs by hand among them, by their times."""
        told = [each.event for each in self.stored if each.event]
        return sorted([*told, *self.by_hand], key=lambda event: event.time) if self.by_hand else told


class History:
    """The histories of all stacks."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def append(self, event: Event) -> EventRef:
        """Append an event to its stack's history, which gives it its number.

        Raises:
            RecordsError: others take every number before us.
            BaseError, OSError: the storage is out of reach.
        """
        for _ in range(_TRIES):
            paths = sorted(entry.path for entry in self._storage.list(f"{_FOLDER}/{event.stack}"))
            numbers = [number for path in paths if (number := _number(path))]
            newest = self._storage.read(_path(event.stack, numbers[-1])) if numbers else None
            number, previous = (numbers[-1] + 1, digest_of(newest[0])) if numbers and newest else (1, "")
            content = event.model_copy(update={"number": number, "previous": previous}).model_dump_json(indent=1)
            path = _path(event.stack, number)
            created = self._storage.create(path, content.encode())
            # A client that got no answer sends it again, and then finds its own.
            if created or ((found := self._storage.read(path)) is not None and found[0] == content.encode()):
                return EventRef(number=number, digest=digest_of(content.encode()))
        raise RecordsError(
            f"another run appended to the history of {event.stack} each time before this one could. Run it again.",
            code="history-contended",
            place=f"{self._storage.url}: {_FOLDER}/{event.stack}",
        )

    def chains(self, known: Mapping[str, EventRef], stack: str = "") -> list[Chain]:
        """Read and verify the histories of all stacks, or of one.

        Args:
            known: The events that records name, by stack: these have to be there.
            stack: Only this one.

        Raises:
            RecordsError: the history is out of reach.
        """
        folder = f"{_FOLDER}/{stack}".rstrip("/")
        try:
            found: dict[str, list[str]] = {name: [] for name in known if stack in ("", name)}
            for entry in self._storage.list(folder):
                found.setdefault(entry.path.removeprefix(f"{_FOLDER}/").partition("/")[0], []).append(entry.path)
            paths = [path for those in found.values() for path in sorted(those)]
            with ThreadPoolExecutor(_READERS) as readers:
                contents = dict(zip(paths, readers.map(self._read, paths), strict=True))
        except StorageError as problem:
            raise RecordsError(
                f"the history cannot be read: {error_text(problem)}. Check the address and who may read it.",
                code="history-unreadable",
                place=f"{self._storage.url}: {folder}",
            ) from None
        return [
            _chain(name, {path: contents[path] for path in sorted(those)}, known.get(name))
            for name, those in sorted(found.items())
        ]

    def _read(self, path: str) -> bytes | None:
        try:
            found = self._storage.read(path)
        except OversizeError:
            return b""  # an event that cannot be read, which is told by its number
        return found[0] if found else None


def digest_of(content: bytes) -> str:
    """Give the digest of an event's content."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _chain(stack: str, contents: Mapping[str, bytes | None], known: EventRef | None) -> Chain:
    stored = [
        StoredEvent(number=number, content=content, event=_parsed(content))
        for path, content in contents.items()
        if (number := _number(path)) and content is not None
    ]
    strangers = [f"{path} is no event: somebody else put it there" for path in contents if not _number(path)]
    return Chain(stack=stack, stored=stored, problems=[*_problems(stack, stored, known), *strangers])


def _problems(stack: str, stored: Sequence[StoredEvent], known: EventRef | None) -> list[str]:
    by_number = {each.number: each for each in stored}
    last = max([*by_number, known.number if known else 0])
    found: list[str] = []
    for number in range(1, last + 1):
        here, before = by_number.get(number), by_number.get(number - 1)
        if here is None:
            found.append(f"event {number} is missing")
        elif here.event is None:
            found.append(f"event {number} cannot be read")
        elif (here.event.stack, here.event.number) != (stack, number):
            found.append(f"event {number} is event {here.event.number} of {here.event.stack}")
        elif number == 1 and here.event.previous:
            found.append("event 1 has one before it, which is missing")
        elif before and here.event.previous != before.digest:
            found.append(f"event {number - 1} was changed after event {number} was written")
    named = by_number.get(known.number) if known else None
    if named and known and named.digest != known.digest:
        found.append(f"event {known.number} was changed after the stack's record was written")
    return found


def _parsed(content: bytes) -> Event | None:
    try:
        return Event.model_validate_json(content)
    except ValidationError:
        return None


def _path(stack: str, number: int) -> str:
    return f"{_FOLDER}/{stack}/{number:08}.json"


def _number(path: str) -> int:
    """Give the number in an event's name; 0 where it is none."""
    found = _NAME.fullmatch(path.rpartition("/")[2])
    return int(found[1]) if found else 0
