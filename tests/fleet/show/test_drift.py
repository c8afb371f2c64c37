"""What was changed in the accounts behind Pulumi's back."""

from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from fleet.engine import Engine
from fleet.errors import EngineError
from fleet.show.drift import Drift, compare, show_drift

URN = "urn:pulumi:spoke-a::model-catalog-spoke"
ROLES = f"{URN}::modelcatalog:spoke:ProductRoles"
STATE: dict[str, Any] = {"type": "any", "inputs": {}, "outputs": {}}
SAME: Sequence[dict[str, Any]] = (
    {"op": "refresh", "urn": f"{URN}::pulumi:pulumi:Stack::model-catalog-spoke-spoke-a", "detailedDiff": None},
    {"op": "refresh", "urn": f"{ROLES}::scorer", "oldState": STATE, "newState": STATE, "detailedDiff": None},
    {"op": "refresh", "urn": f"{ROLES}$aws:iam/role:Role::scorer-launch", "oldState": STATE, "detailedDiff": None},
    {"op": "same", "urn": f"{ROLES}$aws:iam/role:Role::scorer-execution"},
    {"op": "read", "urn": f"{URN}::pulumi:pulumi:StackReference::hubStack"},
)
"""What a comparison says of resources that are as they were, as of Pulumi 3.250."""

GONE = {
    "op": "delete",
    "urn": f"{ROLES}$aws:iam/rolePolicy:RolePolicy::scorer-launch",
    "oldState": STATE,
    "detailedDiff": None,
}
CHANGED = {
    "op": "update",
    "urn": f"{ROLES}$aws:iam/rolePolicy:RolePolicy::scorer-execution",
    "oldState": STATE,
    "newState": STATE,
    "diffReasons": ["policy"],
    "detailedDiff": {"policy": {"kind": "update", "inputDiff": False}, "name": {"kind": "update", "inputDiff": False}},
}
VAGUE = {"op": "update", "urn": f"{URN}::aws:servicecatalog/provisionedProduct:ProvisionedProduct::search"}


@pytest.mark.parametrize(
    ("steps", "changes"),
    [
        ([], ()),
        ([*SAME], ()),
        ([*SAME, GONE], ("RolePolicy scorer-launch is gone",)),
        ([CHANGED, *SAME], ("RolePolicy scorer-execution was changed: name, policy",)),
        ([{**CHANGED, "detailedDiff": None}], ("RolePolicy scorer-execution was changed: policy",)),
        ([VAGUE, GONE], ("ProvisionedProduct search was changed", "RolePolicy scorer-launch is gone")),
    ],
)
def test_a_difference_is_told_with_the_resource_and_its_properties(
    monkeypatch: pytest.MonkeyPatch, steps: list[dict[str, Any]], changes: tuple[str, ...]
) -> None:
    answer(monkeypatch, {"config": {}, "steps": steps, "changeSummary": {"same": 3}})

    found = compare("", "spoke-a")

    assert Drift("spoke-a", changes) == found
    assert {"stack": "spoke-a", "drifted": bool(changes), "changes": changes, "problem": ""} == found.document()


def test_a_comparison_that_fails_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    answer(monkeypatch, EngineError("out of reach", code="example"))

    assert Drift("spoke-a", problem="out of reach") == compare("", "spoke-a")


@pytest.mark.parametrize("root", ["", "/somewhere"])
def test_a_worker_elsewhere_works_in_its_own_folder(monkeypatch: pytest.MonkeyPatch, root: str) -> None:
    folders: list[Path] = []

    def drift(engine: Engine, _: str) -> dict[str, Any]:
        folders.append(engine.root)
        return {}

    monkeypatch.setattr(Engine, "drift", drift)

    compare(root, "spoke-a")

    assert [Path(root) if root else Path.cwd()] == folders


def test_all_that_was_found_is_printed() -> None:
    found = [Drift("spoke-a", ("Role [x] is gone",)), Drift("spoke-b"), Drift("spoke-c", problem="no access")]
    console = Console(file=StringIO(), width=200)

    show_drift(found, 9, console)

    assert [
        "spoke-a: Role [x] is gone",
        "spoke-c: not compared: no access",
        "1 of 3 compared spokes drifted, 1 could not be compared; there are 9",
        "to restore it: make refresh-<spoke>, then make rollout",
    ] == printed(console)


def test_without_drift_there_is_no_advice() -> None:
    console = Console(file=StringIO(), width=200)

    show_drift([Drift("spoke-b")], 1, console)

    assert ["0 of 1 compared spokes drifted; there are 1"] == printed(console)


def printed(console: Console) -> list[str]:
    """Give the lines that were printed."""
    assert isinstance(console.file, StringIO)
    return console.file.getvalue().splitlines()


def answer(monkeypatch: pytest.MonkeyPatch, found: dict[str, Any] | EngineError) -> None:
    """Let a comparison find this."""

    def drift(_: Engine, stack: str) -> dict[str, Any]:
        assert "spoke-a" == stack
        if isinstance(found, EngineError):
            raise found
        return found

    monkeypatch.setattr(Engine, "drift", drift)
