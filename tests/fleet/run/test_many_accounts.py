"""A run with the platform team's files: what it is recorded with, and which checkout may carry it out."""

import datetime as dt
from pathlib import Path

import pytest

from fleet.commands import planned
from fleet.plan.fingerprint import code_parts
from fleet.plan.verdicts import Kind
from fleet.run.attended_run import run_attended
from fleet.run.spoke_run import run_spoke
from fleet.run.tasks import Operation, RunStatus, Task
from fleet.store.locations import Locations
from fleet.store.records import Records
from fleet.store.storage import Storage
from spoke.launches.launches_file import platform_digest
from tests.support.fleet.asking import SUBNETS, A, FakeAccounts, scoring
from tests.support.fleet.attending import LAUNCHED, Attending
from tests.support.fleet.making import write_spoke
from tests.support.many import SCORING, entry, write_platform

SCORED = {**LAUNCHED, "product": "scorer", "version": "1.1.0"}


@pytest.fixture
def backend(tmp_path: Path) -> Storage:
    return Storage((tmp_path / "backend").as_uri())


@pytest.fixture
def engine(root: Path, backend: Storage) -> Attending:
    """Give the engine of a checkout whose spokes launch what the platform team asks for."""
    for name, account in (("a", A), ("b", "300000000002")):
        write_spoke(root, name, account, launches=[])
    _ = write_platform(root, entry(scoring(Subnets=SUBNETS)))
    found = Attending(root, backend)
    found.launches = {"scoring": SCORED}
    return found


def test_a_spoke_that_a_person_ran_is_recorded_with_the_values_that_it_took(
    root: Path, engine: Attending, accounts: FakeAccounts
) -> None:
    done = run_attended(engine, "spoke", "spoke-a", "up", "--yes")

    assert [] == list(done.notes)
    assert Kind.UNCHANGED is planned(root).verdicts["spoke-a"].kind
    accounts.values[A] = {"Value": "subnet-bbb"}
    assert ("value of Subnets of scoring changed",) == planned(root).verdicts["spoke-a"].reasons


def test_a_value_that_changes_while_it_runs_is_found_by_the_next_plan(
    root: Path, engine: Attending, accounts: FakeAccounts
) -> None:
    """Nobody knows which of the two the run took."""

    def change() -> None:
        accounts.values[A] = {"Value": "subnet-bbb"}

    engine.meanwhile = change
    _ = run_attended(engine, "spoke", "spoke-a", "up", "--yes")

    assert ("value of Subnets of scoring changed",) == planned(root).verdicts["spoke-a"].reasons


def test_a_run_whose_values_nobody_knew_beforehand_leaves_no_record(
    engine: Attending, backend: Storage, accounts: FakeAccounts
) -> None:
    del accounts.values[A]

    done = run_attended(engine, "spoke", "spoke-a", "up", "--yes")

    assert "was not known before it ran" in done.notes[0]
    assert None is Records(backend).of("spoke-a")


def test_a_file_that_changed_while_it_ran_leaves_no_record(
    root: Path, engine: Attending, backend: Storage, accounts: FakeAccounts
) -> None:
    def change() -> None:
        _ = write_platform(root, entry(SCORING))

    assert accounts.values
    engine.meanwhile = change

    done = run_attended(engine, "spoke", "spoke-a", "up", "--yes")

    assert "settings or code changed while it ran" in done.notes[0]
    assert None is Records(backend).of("spoke-a")


@pytest.mark.parametrize("name", ["launches.yaml", "accounts.yaml"])
def test_a_checkout_with_other_files_than_the_plan_s_runs_nothing(
    root: Path, engine: Attending, backend: Storage, accounts: FakeAccounts, name: str
) -> None:
    verdict = planned(root).verdicts["spoke-a"]
    task = Task(
        stack="spoke-a",
        operation=Operation.UP,
        root=str(root),
        locations=Locations(backend.url, backend.url),
        fingerprint=verdict.fingerprint,
        parts=verdict.parts,
        own=frozenset(code_parts(root)) | frozenset(verdict.spoke.parts),
        contract=verdict.contract,
        day=dt.date(2026, 11, 1),
        begun=dt.datetime.now(dt.UTC),
        forced=False,
        logs="logs",
        platform=platform_digest(root),
    )
    with (root / name).open("a") as file:
        file.write("# another\n" if name == "launches.yaml" else "accounts: {}\n")

    outcome = run_spoke(task)

    assert accounts.values
    assert engine.writes
    assert RunStatus.FAILED is outcome.status
    assert "the plan was made with another Pulumi.spoke-a.yaml, launches.yaml or other code" in outcome.reason
