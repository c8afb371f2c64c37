"""A run of a stack that comes before the spokes, from its lease to its record."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fleet.plan.fingerprint import code_of_programs
from fleet.plan.hub_parts import CatalogParts
from fleet.plan.upstream import Upstream, read_upstream
from fleet.plan.upstream_inventory import CATALOG
from fleet.plan.upstream_verdicts import upstream_verdicts
from fleet.run import stack_run as module
from fleet.run.tasks import Operation, Outcome, RunStatus, Task
from fleet.run.upstream_run import run_upstream
from fleet.store.history import History
from fleet.store.locations import Locations
from fleet.store.records import Record, Records
from fleet.store.storage import Storage
from tests.support.catalog_copy import DAY, CatalogCopy
from tests.support.fake_account import always
from tests.support.fleet.making import HUB_ACCOUNT
from tests.support.fleet.pretended import Pretended
from tests.support.fleet.upstream import planned, upstream_of, write_upstream

PUBLISHED: dict[str, Any] = {"catalog": {"content_hash": "sha256:made", "regions": {}}}
Begin = Callable[..., tuple[Task, Pretended]]


@pytest.fixture
def copy(tmp_path: Path) -> CatalogCopy:
    """Give the catalog of the checkout, which is complete but for its programs."""
    (tmp_path / "requirements.lock").write_text("")
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\ndependencies = []\n")
    return write_upstream(tmp_path)


@pytest.fixture
def begin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, no_pauses: None, copy: CatalogCopy) -> Begin:
    """Give a task, and the engine that carries it out."""
    del no_pauses, copy

    def begin(
        *statuses: tuple[int, str], stack: str = "hub-batch", operation: Operation = Operation.UP
    ) -> tuple[Task, Pretended]:
        engine = Pretended(tmp_path / "backend", *statuses)
        engine.makes = PUBLISHED
        monkeypatch.setattr(module, "Engine", always(engine))
        (tmp_path / "backend").mkdir(exist_ok=True)
        url = (tmp_path / "backend").as_uri()
        verdict = upstream_verdicts(planned(tmp_path, stacks=_as_run(tmp_path)))[stack]
        task = Task(
            stack=stack,
            operation=operation,
            root=str(tmp_path),
            locations=Locations(url, url),
            fingerprint=verdict.fingerprint,
            parts=verdict.parts,
            own=frozenset(verdict.parts),
            contract="",
            day=DAY,
            begun=dt.datetime.now(dt.UTC),
            forced=False,
            logs="logs",
        )
        return task, engine

    return begin


def _as_run(root: Path) -> dict[str, Upstream]:
    return read_upstream(root, code_of_programs(root, ["organization", "hub"]), CatalogParts(root / CATALOG, DAY))


def record(root: Path, stack: str = "hub-batch") -> Record:
    """Read the record of a success, which has to be there."""
    found = Records(Storage((root / "backend").as_uri())).of(stack)
    assert isinstance(found, Record)
    return found


def test_a_success_is_recorded_and_an_event_of_the_history(begin: Begin, tmp_path: Path) -> None:
    task, engine = begin()

    outcome = run_upstream(task)

    assert (RunStatus.SUCCEEDED, "") == (outcome.status, outcome.reason)
    assert ["create", "up"] == engine.ran
    assert ["--suppress-outputs"] == engine.options
    found = record(tmp_path)
    assert (task.fingerprint, HUB_ACCOUNT, "sha256:made") == (
        found.fingerprint,
        found.account,
        found.contract.content_hash,
    )
    [chain] = History(Storage((tmp_path / "backend").as_uri())).chains({})
    assert [("hub-batch", "succeeded")] == [(each.stack, each.outcome) for each in chain.events]


def test_the_organization_is_run_as_its_own_project(begin: Begin, tmp_path: Path) -> None:
    task, engine = begin(stack="organization")
    engine.makes = {"hub_account": HUB_ACCOUNT}

    assert RunStatus.SUCCEEDED is run_upstream(task).status
    assert "" == record(tmp_path, "organization").contract.content_hash


def test_whoever_was_faster_is_not_repeated(begin: Begin) -> None:
    task, engine = begin()
    assert RunStatus.SUCCEEDED is run_upstream(task).status

    again = run_upstream(task)

    assert RunStatus.SUCCEEDED_ELSEWHERE is again.status
    assert ["create", "up"] == engine.ran


def test_a_failure_leaves_no_record_and_its_reason(begin: Begin, tmp_path: Path) -> None:
    task, _ = begin((255, "error: it broke\n"))

    outcome = run_upstream(task)

    assert RunStatus.FAILED is outcome.status
    assert "it broke" in outcome.reason
    assert None is Records(Storage((tmp_path / "backend").as_uri())).of("hub-batch")


def test_a_preview_changes_and_records_nothing(begin: Begin, tmp_path: Path) -> None:
    task, engine = begin(operation=Operation.PREVIEW)

    assert RunStatus.PREVIEWED is run_upstream(task).status
    assert ["create", "preview"] == engine.ran
    assert None is Records(Storage((tmp_path / "backend").as_uri())).of("hub-batch")


def test_a_catalog_that_changed_since_the_plan_is_not_deployed(begin: Begin, copy: CatalogCopy) -> None:
    task, engine = begin()
    copy.write("marker.yaml", "anew: 1")

    outcome = run_upstream(task)

    assert (RunStatus.FAILED, []) == (outcome.status, engine.ran)
    assert "the plan was made with another Pulumi.hub-batch.yaml, catalog or other code" in outcome.reason


def test_a_catalog_that_changes_during_the_run_leaves_no_record(
    begin: Begin, copy: CatalogCopy, tmp_path: Path
) -> None:
    task, engine = begin()
    engine.meanwhile = lambda: copy.write("marker.yaml", "anew: 1")

    outcome: Outcome = run_upstream(task)

    assert "catalog or code changed while it ran" in outcome.reason
    assert None is Records(Storage((tmp_path / "backend").as_uri())).of("hub-batch")


def test_wrong_settings_are_the_reason(begin: Begin, tmp_path: Path) -> None:
    task, engine = begin()
    (tmp_path / "Pulumi.hub-batch.yaml").write_text("config: [")

    outcome = run_upstream(task)

    assert (RunStatus.FAILED, []) == (outcome.status, engine.ran)
    assert outcome.reason.startswith("Pulumi.hub-batch.yaml")
    assert upstream_of(tmp_path)["hub"].problem == ""
