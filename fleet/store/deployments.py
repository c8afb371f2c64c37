"""What each spoke was last deployed with: from its record where that is of its last run, and else from its state.

Neither starts a process of Pulumi's for each stack, but for stacks in Pulumi Cloud that no fleet has rolled out.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from pydantic import ValidationError

from fleet.errors import FleetError, StateError
from fleet.store.records import ContractRef, CorruptRecord, DeployedLaunch, Record
from fleet.store.states import LaunchedResource, State, States
from fleet.store.storage import StorageError, error_text

_READERS: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """What a spoke was last deployed with.

    Attributes:
        account: By its record, or else by its state; empty where neither tells.
        contract: None where that is not known.
        rolled_out: When a fleet last did it.
        problem: Why nobody can say what it runs today; the launches are those of its record then.
    """

    launches: Sequence[DeployedLaunch] = ()
    account: str = ""
    contract: ContractRef | None = None
    rolled_out: dt.datetime | None = None
    problem: FleetError | None = None


def deployments_of(
    stacks: Iterable[str], *, tags: Mapping[str, str], records: Mapping[str, Record | CorruptRecord], states: States
) -> dict[str, Deployment]:
    """Tell what spokes were last deployed with, by stack.

    Args:
        stacks: Those that are asked for, deployed or not.
        tags: Those of all states.
        records: All that there are.
        states: Where a state is read whose record is missing, or is not of its last run.
    """
    asked = list(stacks)
    with ThreadPoolExecutor(_READERS) as readers:
        found = readers.map(partial(_deployment, states), asked, map(tags.get, asked), map(records.get, asked))
        return dict(zip(asked, found, strict=True))


def deployed_contract(state: State) -> ContractRef:
    """Tell which contract a spoke was deployed with, from its outputs."""
    found: dict[str, Any] = state.outputs.get("contract") or {}
    return ContractRef(
        hub=str(found.get("hub", "")),
        content_hash=str(found.get("content_hash", "")),
        issued=found.get("issued") or {},
    )


def launches_in(
    stack: str, state: State, earlier: Record | CorruptRecord | None, now: dt.datetime | None
) -> list[DeployedLaunch]:
    """List the launches of a state; one whose version was recorded before has it since then, and others since now.

    Raises:
        StateError: they were written by another release.
    """
    before = {launch.name: launch for launch in earlier.launches} if isinstance(earlier, Record) else {}
    outputs: dict[str, dict[str, Any]] = state.outputs.get("launches") or {}
    outputs = {**{name: _unnamed(each) for name, each in state.launched.items()}, **outputs}
    found: list[DeployedLaunch] = []
    for name, output in sorted(outputs.items()):
        known = {"name": name, "product_id": _product_id(state, name), "since": now}
        try:
            launch = DeployedLaunch.model_validate({**output, **known})
        except (ValidationError, TypeError):
            raise StateError(
                f"the output launches.{name} is not as this release writes it. Run model-catalog stack up {stack}.",
                code="output-of-another-release",
                place=stack,
            ) from None
        old = before.get(name)
        if old is not None and _is_one_product(old, launch):
            same = old.version == launch.version
            known = {"since": old.since, "before": old.before} if same else {"before": old.version}
            launch = launch.model_copy(update=known)
        found.append(launch)
    return found


def _product_id(state: State, name: str) -> str:
    found = state.launched.get(name)
    return found.product_id if found else ""


def _unnamed(launched: LaunchedResource) -> dict[str, Any]:
    """Stand for the output of a launch that the outputs do not name, since the run that made it failed."""
    return {
        "product": launched.product_id,
        "version": launched.artifact_id,
        "region": launched.region,
        "status": "unknown",
    }


def _is_one_product(old: DeployedLaunch, launch: DeployedLaunch) -> bool:
    known = old.product_id and launch.product_id
    return old.product_id == launch.product_id if known else old.product == launch.product


def _deployment(states: States, stack: str, tag: str | None, record: Record | CorruptRecord | None) -> Deployment:
    known = Deployment()
    if isinstance(record, Record):
        known = Deployment(
            launches=record.launches, account=record.account, contract=record.contract, rolled_out=record.finished
        )
        if tag == record.state and all(launch.product_id for launch in record.launches):
            return known
    if tag is None:
        return known
    try:
        state = states.read(stack)
        if state is None:
            return known
        return replace(
            known,
            launches=launches_in(stack, state, record, None),
            account=known.account or next(iter(state.accounts), ""),
            contract=deployed_contract(state),
        )
    except FleetError as problem:
        return replace(known, problem=problem)
    except StorageError as problem:
        found = StateError(f"its state cannot be read: {error_text(problem)}", code="state-unreadable", place=stack)
        return replace(known, problem=found)
