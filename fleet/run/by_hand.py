"""Runs of `pulumi up` past these commands, which leave no event: found in what Pulumi itself keeps of each run.

Beside a state Pulumi keeps a description of each of its runs and the state that it left, under a name that ends with
the moment of its end (source: pulumi 3.250, backend/diy/state.go, addToHistory). A run of these commands is followed by
its event, and by no other run before it. Nothing is written: whoever looks may not be allowed to.
"""

import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, Final

from fleet.errors import FleetError
from fleet.run.events import launches_of
from fleet.store.damage import UNREADABLE, checkpoint_of, decompressed
from fleet.store.deployments import deployed_contract
from fleet.store.history import SUCCEEDED, Chain, Event
from fleet.store.states import from_deployment
from fleet.store.storage import Storage, StorageError, error_text
from shared.stack.names import SPOKE_PROJECT

BY_HAND: Final = "by hand"
"""The operation begins with it, in place of `up` alone."""

_FOLDER: Final = f".pulumi/history/{SPOKE_PROJECT}"
_NAME: Final = re.compile(r"(?P<stack>[^/]+)/(?P<start>[^/]+-(?P<nanoseconds>\d{19}))\.history\.json(?P<gz>\.gz)?")
_KINDS: Final[Mapping[str, str]] = {"update": "up", "destroy": "destroy"}
_READERS: Final = 16


@dataclass(frozen=True, slots=True)
class _Run:
    """A run in Pulumi's own history."""

    start: str
    ended: dt.datetime
    path: str


def with_runs_by_hand(
    storage: Storage, chains: Sequence[Chain], *, without: Iterable[str], stack: str = ""
) -> tuple[list[Chain], str]:
    """Add the runs of spokes that left no event, and say why they could not be looked for; nothing where they could.

    Args:
        storage: Where the states are.
        chains: The history, of all stacks or of one.
        without: Stacks that were deployed by a release that wrote no history: of their runs nobody can tell.
        stack: Only this one.
    """
    known, left_out = {each.stack: each for each in chains}, set(without)
    found: dict[str, list[_Run]] = {}

    def told(name: str) -> list[Event]:
        return list(_unrecorded(storage, known.get(name) or _nothing(name), found[name]))

    try:
        found = {name: runs for name, runs in _listed(storage, stack).items() if name not in left_out}
        with ThreadPoolExecutor(_READERS) as readers:
            events = readers.map(told, found)
            added = dict(zip(found, events, strict=True))
    except StorageError as problem:
        return list(chains), f"runs by hand were not looked for: {error_text(problem)}"
    for name, runs in added.items():
        if runs:
            known[name] = replace(known.get(name) or _nothing(name), by_hand=runs)
    return [known[name] for name in sorted(known)], ""


def _nothing(stack: str) -> Chain:
    return Chain(stack=stack, stored=[], problems=[])


def _listed(storage: Storage, stack: str) -> dict[str, list[_Run]]:
    found: dict[str, list[_Run]] = {}
    for entry in storage.list(f"{_FOLDER}/{stack}".rstrip("/")):
        if named := _NAME.fullmatch(entry.path.removeprefix(f"{_FOLDER}/")):
            ended = dt.datetime.fromtimestamp(int(named["nanoseconds"]) / 1e9, dt.UTC)
            found.setdefault(named["stack"], []).append(_Run(named["start"], ended, entry.path))
    return {name: sorted(runs, key=lambda run: run.ended) for name, runs in found.items()}


def _unrecorded(storage: Storage, chain: Chain, runs: Sequence[_Run]) -> Iterator[Event]:
    """Give an event for each run that has none, since the stack's first: before it a release may have written none."""
    told = [event.time for event in chain.events]
    ends = [*(run.ended for run in runs[1:]), None]
    for run, following in zip(runs, ends, strict=True):
        recorded = any(run.ended <= time and (following is None or time < following) for time in told)
        if not recorded and (not told or run.ended > min(told)) and (event := _event(storage, chain.stack, run)):
            yield event


def _event(storage: Storage, stack: str, run: _Run) -> Event | None:
    """Read a run: None where it moved nothing, failed and was gone on after, or cannot be read."""
    try:
        described = _read(storage, run.path)
        document: dict[str, Any] = json.loads(described or b"{}")
        changes: Mapping[str, int] = document.get("resourceChanges") or {}
        changed = changes.keys() - {"same"}
        if document.get("kind") not in _KINDS or document.get("result") != SUCCEEDED or not changed:
            return None
        path = run.path.replace(".history.json", ".checkpoint.json")
        state = from_deployment(checkpoint_of(path.removesuffix(".gz"), _read(storage, path) or b""), "")
        environment: Mapping[str, str] = document.get("environment") or {}
        return Event(
            stack=stack,
            account=next(iter(state.accounts), ""),
            time=run.ended,
            operation=f"{BY_HAND}: {_KINDS[document['kind']]}",
            outcome=SUCCEEDED,
            actor=_who(environment),
            role="",
            commit=environment.get("git.head", "") + ("-dirty" if environment.get("git.dirty") == "true" else ""),
            contract=deployed_contract(state),
            launches=launches_of(stack, state, None),
        )
    except (*UNREADABLE, FleetError):
        return None  # torn by a full disk, or another release's


def _read(storage: Storage, path: str) -> bytes | None:
    found = storage.read(path)
    return found and (decompressed(found[0]) if path.endswith(".gz") else found[0])


def _who(environment: Mapping[str, str]) -> str:
    """Say who it was as far as Pulumi knows: the author of the commit, or the pipeline; it does not ask AWS."""
    name = environment.get("git.author") or environment.get("git.committer") or environment.get("ci.build.url")
    return f"{BY_HAND}, {f'from a commit of {name}' if environment.get('git.author') else name or 'by nobody known'}"
