"""What the backend knows of stacks: of all spokes at once, and of one of any project.

`pulumi stack ls` opens the whole state of every stack: 1,000 stacks take 2.8 s and 850 MB. In a folder or bucket a
listing of the objects is enough to see that nobody has updated a stack, and takes milliseconds (docs/adr/0015).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, Final, cast

from fleet.engine import Engine
from fleet.errors import RecordsError, StateError
from fleet.store.damage import UNREADABLE, Damage, checkpoint_of, decompressed
from fleet.store.locks import Lock, read_lock
from fleet.store.storage import OversizeError, Storage, StorageError, error_text
from shared.stack.import_file import LAUNCH, ROLE
from shared.stack.names import SPOKE_PROJECT
from shared.stack.own_state import accounts_of
from spoke.launches.claims import Claim, claims_in

_STATES: Final = ".pulumi/stacks"
_LOCKS: Final = ".pulumi/locks/organization"
_HISTORY: Final = ".pulumi/history"
_ENDS: Final = (".history.json", ".history.json.gz")
_LOOKED_AT: Final = 20
"""Runs of a stack, the newest first, among which a deployment is looked for."""

_ENDINGS: Final = (".json", ".json.gz")


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchedResource:
    """A provisioned product in a state.

    Attributes:
        id: What AWS calls it; empty where it was never made.
        parameters: As the stack gave them, without those that are secret; None where the state does not tell.
        secrets: The names of those that are secret.
        in_doubt: Its last run failed, or left it in another status than AVAILABLE.
    """

    urn: str
    id: str
    name: str
    region: str
    product_id: str
    artifact_id: str
    parameters: Mapping[str, str] | None = field(default_factory=dict[str, str])
    secrets: frozenset[str] = frozenset()
    in_doubt: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """A stack's state, as far as a fleet looks at it.

    Attributes:
        tag: Another one means that the stack was updated.
        launched: Its provisioned products, by the launches' names.
        roles: The names of the roles that it made.
        pending: Operations that were under way when a run died.
        accounts: Those that its resources are in, which its provider names; none where nothing was made yet.
        claims: What it has of its account, and no other stack can have.
    """

    tag: str
    outputs: Mapping[str, Any] = field(default_factory=dict[str, Any])
    launched: Mapping[str, LaunchedResource] = field(default_factory=dict[str, LaunchedResource])
    roles: tuple[str, ...] = ()
    pending: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    claims: frozenset[Claim] = frozenset()


class StoredStates:
    """States of a project in a folder or bucket, in the layout that Pulumi has had there since version 3.61."""

    def __init__(self, storage: Storage, project: str = SPOKE_PROJECT) -> None:
        self._storage = storage
        self._project = project
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
                    return from_deployment(checkpoint_of(path, content), tag)
                except UNREADABLE:
                    raise StateError(
                        f"is damaged: it is not a state of Pulumi's. Put the one before it in its place, and take in "
                        f"what came after: model-catalog stack recover {stack}",
                        code="state-damaged",
                        place=f"{self._storage.url}: {path}",
                    ) from None
        return None

    def lock(self, stack: str) -> Lock | None:
        """Tell who has locked a stack, from what Pulumi puts beside the state while it runs."""
        for entry in self._storage.list(f"{self._locks}/{stack}"):
            if entry.path.endswith(".json") and (found := self._storage.read(entry.path)):
                return read_lock(found.content, entry.path, is_shared=not self._storage.is_local)
        return None

    def unlock(self, stack: str, lock: Lock) -> None:
        """Remove a lock, and no other that somebody has taken meanwhile."""
        del stack
        self._storage.remove(lock.path)

    def damaged(self, stack: str) -> list[str]:
        """Name the files of a stack that are torn, so that Pulumi refuses to work with it."""
        return Damage(self._storage, self._project, stack).found()

    def repair(self, stack: str) -> list[str]:
        """Put right what is torn of a stack's files, and say in words what was done."""
        return Damage(self._storage, self._project, stack).repair()

    def failed_last(self, stack: str) -> bool:
        """Say whether the last deployment of a stack failed, by what Pulumi wrote down at its end."""
        entries = [entry.path for entry in self._storage.list(f"{_HISTORY}/{self._project}/{stack}")]
        for path in sorted((each for each in entries if each.endswith(_ENDS)), reverse=True)[:_LOOKED_AT]:
            found = self._storage.read(path)
            try:
                content = decompressed(found[0]) if found and path.endswith("gz") else found and found[0]
                run: dict[str, Any] = json.loads(content or b"{}")
            except UNREADABLE:
                continue  # torn by a full disk; the state is what counts
            if run.get("kind") == "update":
                return run.get("result") != "succeeded"
        return False


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
        return from_deployment(deployment, tag)

    def lock(self, stack: str) -> Lock | None:
        """Say nothing: the service tells only whoever tries."""
        del stack

    def unlock(self, stack: str, lock: Lock) -> None:
        """End the update that holds a stack. Raises EngineError."""
        del lock
        self._engine.cancel(self._folder, stack)

    def damaged(self, stack: str) -> list[str]:
        """Name nothing: the service keeps its states in one piece."""
        del stack
        return []

    def repair(self, stack: str) -> list[str]:
        """Do nothing, likewise."""
        del stack
        return []

    def failed_last(self, stack: str) -> bool:
        """Say whether the last deployment of a stack failed. Raises EngineError."""
        runs = (run for run in self._engine.runs(self._folder, stack) if run.get("kind") == "update")
        return next(runs, {"result": "succeeded"}).get("result") != "succeeded"


States = StoredStates | CloudStates
"""The states of all spokes."""


def launched_resource(resource: Mapping[str, Any], told: Mapping[str, Any] | None = None) -> LaunchedResource:
    """Read a provisioned product as a state has it, with Pulumi's own names of its parts.

    Args:
        resource: In a state.
        told: What the stack's outputs say of the launch: where one parameter is secret, the state encrypts all.
    """
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
        parameters=(told or {}).get("parameters") if isinstance(given, dict) else _plain(given),
        secrets=frozenset((told or {}).get("secret_parameters") or ()),
        in_doubt=bool(resource.get("initErrors")) or outputs.get("status", "AVAILABLE") != "AVAILABLE",
    )


def outputs_of(resources: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Find a stack's outputs among the resources of its state."""
    for each in resources:
        if each["type"] == "pulumi:pulumi:Stack":
            return each.get("outputs") or {}
    return {}


def told_of_launches(outputs: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """Give what a stack's outputs say of its launches, by their names."""
    found: object = outputs.get("launches")
    return cast("Mapping[str, Mapping[str, Any]]", found) if isinstance(found, dict) else {}


def unwrapped(value: Any) -> Any:  # noqa: ANN401 - any part of a state
    """Take the wrapping off the secrets in a part of a state that was exported decrypted."""
    match value:
        case {"4dabf18193072939515e22adb298388d": str(), "plaintext": str(text)}:
            return unwrapped(json.loads(text))
        case dict():
            return {key: unwrapped(part) for key, part in cast("dict[str, object]", value).items()}
        case list():
            return [unwrapped(part) for part in cast("list[object]", value)]
        case _:
            return value


def _plain(given: object) -> dict[str, str]:
    """Give parameters by key; what Pulumi keeps encrypted is left out."""
    listed = cast("list[dict[str, object]]", given if isinstance(given, list) else [])
    values = ((str(each["key"]), each.get("value", "")) for each in listed)
    return {key: value for key, value in values if isinstance(value, str)}


def from_deployment(deployment: Mapping[str, Any], tag: str) -> State:
    """Read a state as Pulumi keeps it. Raises KeyError or TypeError where it is none."""
    resources: list[dict[str, Any]] = deployment.get("resources") or []
    pending: list[dict[str, Any]] = deployment.get("pending_operations") or []
    launches: list[dict[str, Any]] = []
    roles: list[str] = []
    for each in resources:
        match each["type"]:
            case kind if kind == LAUNCH and not each.get("delete"):
                launches.append(each)
            case kind if kind == ROLE:
                given: dict[str, Any] = each.get("inputs") or {}
                roles.append(str(given.get("name", "")))
            case _:
                pass
    outputs = outputs_of(resources)
    told = told_of_launches(outputs)
    names = [str(each["urn"]).rpartition("::")[2] for each in launches]
    return State(
        tag=tag,
        outputs=outputs,
        launched={name: launched_resource(each, told.get(name)) for name, each in zip(names, launches, strict=True)},
        roles=tuple(roles),
        pending=tuple(f"{each['type']} {str(each['resource']['urn']).rpartition('::')[2]}" for each in pending),
        accounts=accounts_of(deployment),
        claims=frozenset(claims_in(resources)),
    )
