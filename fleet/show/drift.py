"""What was changed in the accounts behind Pulumi's back."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rich.console import Console

from fleet.engine import Engine
from fleet.errors import EngineError

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


def compare(root: str, stack: str) -> Drift:
    """Compare a spoke's state with its account; an empty root is the folder that a worker was started in."""
    try:
        found = Engine(Path(root) if root else Path.cwd()).drift(stack)
    except EngineError as problem:
        return Drift(stack, problem=str(problem))
    return Drift(stack, tuple(_changes(found.get("steps", []))))


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
        console.print("to restore it: make refresh-<spoke>, then make rollout", markup=False)


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
