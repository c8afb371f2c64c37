"""What was changed in the accounts behind Pulumi's back."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from fleet.engine import Engine
from fleet.errors import FleetError
from fleet.store.locations import states_at
from fleet.store.states import State
from shared.aws.launch_drift import drift_of
from shared.aws.session import AccountSession, error_text
from shared.catalog.version_terms import VersionTerms
from shared.errors import CatalogError
from shared.stack.own_state import refuse_other_account
from shared.stack.stack_file import StackFile, settings_of
from spoke.config import SpokeSettings

_SAME: Final = ("same", "refresh", "read")


@dataclass(frozen=True, slots=True)
class Drift:
    """What a comparison of one spoke found; `problem` says why there was none."""

    stack: str
    changes: tuple[str, ...] = ()
    problem: str = ""

    def document(self) -> Mapping[str, Any]:
        """Give it as plain data."""
        return {"stack": self.stack, "drifted": bool(self.changes), "changes": self.changes, "problem": self.problem}


def compare(root: str, backend: str, terms: Mapping[str, VersionTerms], stack: str) -> Drift:
    """Compare a spoke's state with its account, and its launches with what AWS has.

    Args:
        root: The checkout; empty for the folder that a worker was started in.
        backend: Where the state is, by address.
        terms: Of all versions, by what AWS calls them.
        stack: The spoke's.
    """
    engine = Engine(Path(root) if root else Path.cwd())
    try:
        state = states_at(backend, engine).read(stack)
        account = StackFile(engine.root / f"Pulumi.{stack}.yaml").account
        refuse_other_account(stack, state.accounts if state else (), account)
        steps = engine.drift(stack).get("steps", [])
        return Drift(stack, (*_changes(steps), *_launches(engine, state, terms, stack)))
    except CatalogError as problem:
        return Drift(stack, problem=str(problem))
    except (BotoCoreError, ClientError) as problem:
        return Drift(stack, problem=f"launches: {error_text(problem)}")


def _launches(engine: Engine, state: State | None, terms: Mapping[str, VersionTerms], stack: str) -> Iterator[str]:
    """Tell which launches are not as they were deployed; those that are gone a refresh tells already.

    Raises:
        FleetError: one could not be compared in full.
    """
    launches = [each for each in state.launched.values() if each.id] if state else []
    if not launches:
        return
    settings = settings_of(SpokeSettings, stack, folder=engine.root)
    account = AccountSession(settings, where=f"Pulumi.{stack}.yaml")
    for drift in drift_of(launches, account, account.id, terms):
        if drift.problem:
            raise FleetError(str(drift), code="launch-not-compared")
        if not drift.gone:
            yield str(drift)


def show_drift(found: Sequence[Drift], stacks: int, console: Console) -> None:
    """Print what was found."""
    for each in found:
        if each.problem:
            console.print(f"{each.stack}: not compared: {each.problem}", markup=False, soft_wrap=True)
        for change in each.changes:
            console.print(f"{each.stack}: {change}", markup=False, soft_wrap=True)
    drifted = [each for each in found if each.changes]
    failed = [each for each in found if each.problem]
    more = f", {len(failed)} could not be compared" if failed else ""
    console.print(f"{len(drifted)} of {len(found)} compared spokes drifted{more}; there are {stacks}")
    if drifted:
        console.print("to restore it: model-catalog stack refresh STACK, then model-catalog fleet up", markup=False)


def _changes(steps: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for step in steps:
        if step["op"] in _SAME:
            continue
        kind, _, name = str(step["urn"]).rpartition("::")
        what = kind.rpartition("::")[2].rpartition("$")[2].rpartition(":")[2]
        if step["op"] == "delete":
            yield f"{what} {name} is gone"
        else:
            properties = sorted(step.get("detailedDiff") or step.get("diffReasons") or [])
            yield f"{what} {name} was changed" + (f": {', '.join(properties)}" if properties else "")
