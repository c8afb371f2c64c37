"""What was changed in the accounts behind Pulumi's back."""

import json
from collections.abc import Callable, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from fleet.engine import Engine
from fleet.errors import EngineError
from fleet.show import drift as drift_module
from fleet.show.drift import Drift, compare, show_drift
from fleet.store.storage import Storage
from shared.aws.launch_drift import Difference, LaunchDrift
from tests.support.fake_account import always, denied
from tests.support.fleet.making import write_spoke, write_state
from tests.support.launched import FakeCatalog, FakeSession


@pytest.fixture
def backend(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> Storage:
    """Give the storage in which the states are; accounts are signed in to without a word."""
    session: Any = FakeSession(FakeCatalog())
    monkeypatch.setattr(drift_module, "AccountSession", always(session))
    return storage


def raising(problem: Exception) -> Callable[..., list[LaunchDrift]]:
    """Fail whatever is asked."""

    def fail(*_: object) -> list[LaunchDrift]:
        raise problem

    return fail


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
    backend: Storage, monkeypatch: pytest.MonkeyPatch, steps: list[dict[str, Any]], changes: tuple[str, ...]
) -> None:
    answer(monkeypatch, {"config": {}, "steps": steps, "changeSummary": {"same": 3}})

    found = compare("", backend.url, {}, "spoke-a")

    assert Drift("spoke-a", changes) == found
    assert {"stack": "spoke-a", "drifted": bool(changes), "changes": changes, "problem": ""} == found.document()


def test_a_comparison_that_fails_is_told(backend: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    answer(monkeypatch, EngineError("out of reach", code="example"))

    assert Drift("spoke-a", problem="out of reach") == compare("", backend.url, {}, "spoke-a")


@pytest.mark.parametrize("root", ["", "/somewhere"])
def test_a_worker_elsewhere_works_in_its_own_folder(
    backend: Storage, monkeypatch: pytest.MonkeyPatch, root: str
) -> None:
    folders: list[Path] = []

    def drift(engine: Engine, _: str) -> dict[str, Any]:
        folders.append(engine.root)
        return {}

    monkeypatch.setattr(Engine, "drift", drift)

    compare(root, backend.url, {}, "spoke-a")

    assert [Path(root) if root else Path.cwd()] == folders


def test_what_somebody_changed_of_a_launch_is_told_with_who_did_it(
    backend: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pulumi itself sees nothing of it."""
    answer(monkeypatch, {"steps": [GONE]})
    launched(backend, tmp_path)
    found = [Difference(what="InstanceType", deployed="ml.m5.large", found="ml.m5.xlarge")]
    changed = LaunchDrift(launch="search", differences=found, changed="update on 2026-11-26 by bob")
    gone = LaunchDrift(launch="scoring", gone=True)
    monkeypatch.setattr(drift_module, "drift_of", always([changed, gone]))

    assert (
        "RolePolicy scorer-launch is gone",
        "search is not as it was deployed: InstanceType ml.m5.large → ml.m5.xlarge; last: update on 2026-11-26 by bob",
    ) == compare(str(tmp_path), backend.url, {}, "spoke-a").changes


@pytest.mark.parametrize(
    "found",
    [always([LaunchDrift(launch="search", problem="not authorized")]), raising(denied("SearchProvisionedProducts"))],
    ids=["in part", "at all"],
)
def test_a_launch_that_could_not_be_compared_is_no_launch_without_drift(
    backend: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, found: Callable[..., list[LaunchDrift]]
) -> None:
    answer(monkeypatch, {"steps": []})
    launched(backend, tmp_path)
    monkeypatch.setattr(drift_module, "drift_of", found)

    assert "not authorized" in compare(str(tmp_path), backend.url, {}, "spoke-a").problem


def launched(backend: Storage, root: Path) -> None:
    """Let the spoke have launched something."""
    write_spoke(root, "a", "300000000001")
    write_state(backend, "spoke-a", search={"product": "embedder"})


def test_all_that_was_found_is_printed() -> None:
    found = [Drift("spoke-a", ("Role [x] is gone",)), Drift("spoke-b"), Drift("spoke-c", problem="no access")]
    console = Console(file=StringIO(), width=200)

    show_drift(found, 9, console)

    assert [
        "spoke-a: Role [x] is gone",
        "spoke-c: not compared: no access",
        "1 of 3 compared spokes drifted, 1 could not be compared; there are 9",
        "to restore it: model-catalog stack refresh STACK, then model-catalog fleet up",
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


def test_another_account_in_the_settings_is_told_and_nothing_is_compared(
    backend: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_spoke(tmp_path, "a", "300000000001")
    provider = {"type": "pulumi:providers:aws", "urn": "urn:p", "inputs": {"allowedAccountIds": '["300000000009"]'}}
    role = {"type": "aws:iam/role:Role", "urn": "urn:r", "custom": True}
    content = {"checkpoint": {"latest": {"resources": [provider, role]}}}
    backend.write(".pulumi/stacks/model-catalog-spoke/spoke-a.json", json.dumps(content).encode())
    monkeypatch.setattr(Engine, "drift", raising(AssertionError()))

    found = compare(str(tmp_path), backend.url, {}, "spoke-a")

    assert not found.changes
    assert "spoke-a is deployed to 300000000009" in found.problem
