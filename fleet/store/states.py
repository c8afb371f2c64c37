"""What the backend knows of stacks: of all spokes at once, and of one of any project.

`pulumi stack ls` opens the whole state of every stack: 1,000 stacks take 2.8 s and 850 MB. In a folder or bucket a
listing of the objects is enough to see that nobody has updated a stack, and takes milliseconds (docs/adr/0015).
"""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, Final, cast

from fleet.engine import Engine
from fleet.errors import RecordsError, StateError
from fleet.store.leases import Process
from fleet.store.storage import OversizeError, Storage, StorageError, error_text
from shared import limits
from shared.stack.import_file import LAUNCH, ROLE
from shared.stack.names import SPOKE_PROJECT

_STATES: Final = ".pulumi/stacks"
_LOCKS: Final = ".pulumi/locks/organization"
_ENDINGS: Final = (".json", ".json.gz")
_GZIP: Final = 31
"""zlib's number for gzip's own head and tail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchedResource:
    """A provisioned product in a state.

    Attributes:
        id: What AWS calls it; empty where it was never made.
        parameters: As the stack gave them.
        in_doubt: Its last run failed, or left it in another status than AVAILABLE.
    """

    urn: str
    id: str
    name: str
    region: str
    product_id: str
    artifact_id: str
    parameters: Mapping[str, str] = field(default_factory=dict[str, str])
    in_doubt: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """A stack's state, as far as a fleet looks at it.

    Attributes:
        tag: Another one means that the stack was updated.
        launched: Its provisioned products, by the launches' names.
        roles: The names of the roles that it made.
        pending: Operations that were under way when a run died.
    """

    tag: str
    outputs: Mapping[str, Any] = field(default_factory=dict[str, Any])
    launched: Mapping[str, LaunchedResource] = field(default_factory=dict[str, LaunchedResource])
    roles: tuple[str, ...] = ()
    pending: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lock:
    """The lock of a run of Pulumi."""

    user: str
    host: str
    pid: int
    since: str

    @property
    def is_dead(self) -> bool:
        """Whether its process ran on this machine and is gone."""
        process = Process.of(self.pid)
        return process.host == self.host and not process.started

    def __str__(self) -> str:
        """Say whose it is."""
        return f"{self.user}@{self.host} (process {self.pid}) since {self.since}"


class StoredStates:
    """States of a project in a folder or bucket, in the layout that Pulumi has had there since version 3.61."""

    def __init__(self, storage: Storage, project: str = SPOKE_PROJECT) -> None:
        self._storage = storage
        self._states = f"{_STATES}/{project}"
        self._locks = f"{_LOCKS}/{project}"

    def tags(self) -> Mapping[str, str]:
        """Give every state's tag, by one listing.

        Raises:
            RecordsError: the backend is out of reach.
        """
        try:
            entries = list(self._storage.list(self._states))
        except StorageError as problem:
            raise RecordsError(
                f"the backend cannot be listed: {error_text(problem)}. Check the address and who may read it.",
                code="backend-unreadable",
                place=self._storage.url,
            ) from None
        found: dict[str, str] = {}
        for entry in entries:
            name = PurePosixPath(entry.path).name
            for ending in _ENDINGS:
                if name.endswith(ending):
                    found[name.removesuffix(ending)] = entry.tag
        return found

    def read(self, stack: str) -> State | None:
        """Read a stack's state; None where there is no such stack.

        Raises:
            StateError: it is damaged.
        """
        for ending in _ENDINGS:
            path = f"{self._states}/{stack}{ending}"
            try:
                found = self._storage.read(path)
            except OversizeError as problem:
                raise StateError(str(problem), code="state-too-large", place=self._storage.url) from None
            if found:
                content, tag = found
                try:
                    return _parsed(_decompressed(content) if ending.endswith("gz") else content, tag)
                except (ValueError, KeyError, TypeError, AttributeError, RecursionError, zlib.error):
                    raise StateError(
                        f"is damaged: it is not a state of Pulumi's. Put the one before it in its place "
                        f"({stack}.json.bak beside it, or an earlier version of the object), then run make "
                        f"refresh-{stack}.",
                        code="state-damaged",
                        place=f"{self._storage.url}: {path}",
                    ) from None
        return None

    def lock(self, stack: str) -> Lock | None:
        """Tell who has locked a stack, from what Pulumi puts beside the state while it runs."""
        for entry in self._storage.list(f"{self._locks}/{stack}"):
            if entry.path.endswith(".json") and (found := self._storage.read(entry.path)):
                content: dict[str, Any] = json.loads(found[0])
                return Lock(content["username"], content["hostname"], content["pid"], content["timestamp"])
        return None

    def repair_checkpoint(self, stack: str) -> bool:
        """Remove a torn description of the state, and say whether there was one.

        In a local folder a description lies beside each state, and unlike the state it is not written in one step
        (source: gocloud.dev/blob/fileblob, setAttrs). While it is torn, Pulumi reads nothing: `failed to load
        checkpoint: EOF`. Without it, Pulumi makes it anew.
        """
        path = f"{self._states}/{stack}.json.attrs"
        found = self._storage.read(path)
        if found is None or _is_json(found[0]):
            return False
        self._storage.remove(path)
        return True


class CloudStates:
    """States of a project in Pulumi Cloud, which lists stacks by itself and whose locks end with their updates."""

    def __init__(self, engine: Engine, project: str = SPOKE_PROJECT) -> None:
        self._engine = engine
        self._folder = project.removeprefix("model-catalog-")

    def tags(self) -> Mapping[str, str]:
        """Give the time of every stack's last update. Raises EngineError."""
        return self._engine.listed(self._folder)

    def read(self, stack: str) -> State | None:
        """Ask for a stack's outputs and pending operations. Raises EngineError."""
        tag = self.tags().get(stack)
        if tag is None:
            return None
        deployment: dict[str, Any] = self._engine.exported(self._folder, stack).get("deployment") or {}
        return _from_deployment(deployment, tag)

    def lock(self, stack: str) -> Lock | None:
        """Say nothing: the service tells only whoever tries."""
        del stack

    def repair_checkpoint(self, stack: str) -> bool:
        """Do nothing: the service keeps its states in one piece."""
        del stack
        return False


States = StoredStates | CloudStates
"""The states of all spokes."""


def launched_resource(resource: Mapping[str, Any]) -> LaunchedResource:
    """Read a provisioned product as a state has it, with Pulumi's own names of its parts."""
    inputs: dict[str, Any] = resource["inputs"]
    outputs: dict[str, Any] = resource.get("outputs") or {}
    given: Any = inputs.get("provisioningParameters")
    name = str(resource["urn"]).rpartition("::")[2]
    return LaunchedResource(
        urn=str(resource["urn"]),
        id=str(resource.get("id", "")),
        name=str(inputs.get("name", name)),
        region=str(inputs.get("region", "")),
        product_id=str(inputs["productId"]),
        artifact_id=str(outputs.get("provisioningArtifactId") or inputs.get("provisioningArtifactId", "")),
        parameters=_plain(given),
        in_doubt=bool(resource.get("initErrors")) or outputs.get("status", "AVAILABLE") != "AVAILABLE",
    )


def _plain(given: object) -> dict[str, str]:
    """Give parameters by key; what Pulumi keeps encrypted is left out."""
    listed = cast("list[dict[str, object]]", given if isinstance(given, list) else [])
    values = ((str(each["key"]), each.get("value", "")) for each in listed)
    return {key: value for key, value in values if isinstance(value, str)}


def _decompressed(content: bytes) -> bytes:
    """Give what a gzip file holds; one that is made to become huge is no state."""
    decompressor = zlib.decompressobj(wbits=_GZIP)
    found = decompressor.decompress(content, limits.STATE_BYTES + 1)
    if len(found) > limits.STATE_BYTES or not decompressor.eof:
        raise ValueError(len(found))
    return found


def _is_json(content: bytes) -> bool:
    try:
        json.loads(content)
    except ValueError:
        return False
    return True


def _parsed(content: bytes, tag: str) -> State:
    document: dict[str, Any] = json.loads(content)
    checkpoint: dict[str, Any] = document.get("checkpoint") or {}
    return _from_deployment(checkpoint.get("latest") or {}, tag)


def _from_deployment(deployment: Mapping[str, Any], tag: str) -> State:
    resources: list[dict[str, Any]] = deployment.get("resources") or []
    pending: list[dict[str, Any]] = deployment.get("pending_operations") or []
    outputs: dict[str, Any] = {}
    launched: dict[str, LaunchedResource] = {}
    roles: list[str] = []
    for each in resources:
        match each["type"]:
            case "pulumi:pulumi:Stack":
                outputs = each.get("outputs") or {}
            case kind if kind == LAUNCH and not each.get("delete"):
                launched[str(each["urn"]).rpartition("::")[2]] = launched_resource(each)
            case kind if kind == ROLE:
                given: dict[str, Any] = each.get("inputs") or {}
                roles.append(str(given.get("name", "")))
            case _:
                pass
    return State(
        tag=tag,
        outputs=outputs,
        launched=launched,
        roles=tuple(roles),
        pending=tuple(f"{each['type']} {str(each['resource']['urn']).rpartition('::')[2]}" for each in pending),
    )
