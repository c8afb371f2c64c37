"""A run in front of a person is written down like one of a rollout."""

import json
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from fleet.commands import planned
from fleet.engine import Engine
from fleet.plan.verdicts import Kind
from fleet.run.attended_run import Attended, run_attended
from fleet.store.history import FAILED, SUCCEEDED, Event, History
from fleet.store.records import Record, Records
from fleet.store.storage import Storage
from shared.errors import CatalogError
from spoke.launches.holds import HELD, Hold
from tests.support.fleet.attending import PUBLISHED, Attending
from tests.support.fleet.making import write_spoke
from tests.support.fleet.upstream import write_upstream
from tests.support.refused import refused


@pytest.fixture
def backend(tmp_path: Path) -> Storage:
    """Give the backend of the checkout."""
    return Storage((tmp_path / "backend").as_uri())


@pytest.fixture
def engine(root: Path, backend: Storage) -> Attending:
    """Give the engine of a checkout with two spokes."""
    return Attending(root, backend)


def run(engine: Engine, *options: str, operation: str = "up", stack: str = "spoke-a") -> Attended:
    """Run a stack."""
    return run_attended(engine, stack.partition("-")[0], stack, operation, *options)


def events(backend: Storage) -> list[Event]:
    """Give the events of all stacks."""
    return [each for chain in History(backend).chains({}) for each in chain.events]


def test_a_rollout_does_not_run_a_spoke_again_that_a_person_ran(
    root: Path, engine: Attending, backend: Storage
) -> None:
    before = planned(root).verdicts["spoke-a"].kind

    done = run(engine, "--yes", "-v=3", "--message", "because")

    after = planned(root).verdicts["spoke-a"]
    record = Records(backend).of("spoke-a")
    assert Attended(code=0, notes=[]) == done
    assert (Kind.NEW, Kind.UNCHANGED, ()) == (before, after.kind, after.reasons)
    assert isinstance(record, Record)
    assert record.event
    assert [(1, SUCCEEDED, "300000000001")] == [(each.number, each.outcome, each.account) for each in events(backend)]


def test_what_a_rollout_has_taken_back_stays_back_when_a_person_runs_it(engine: Attending, backend: Storage) -> None:
    run(engine)
    first, told = Records(backend).of("spoke-a"), dict(engine.told)
    assert isinstance(first, Record)
    hold = Hold(version="0.9.0", instead_of="1.0.0", reason="it was slow", lasting=True)
    Records(backend).write(first.model_copy(update={"held": {"other": hold}}))

    run(engine)
    again = Records(backend).of("spoke-a")

    assert {} == told
    assert {"other": hold} == TypeAdapter(dict[str, Hold]).validate_json(engine.told[HELD])
    assert isinstance(again, Record)
    assert {"other": hold} == again.held


@pytest.mark.parametrize(
    "option", ["--target=urn", "-t", "--exclude", "--config=a:b=c", "-c", "--config-file", "--plan"]
)
def test_a_run_of_a_part_or_with_other_settings_is_an_event_and_no_record(
    engine: Attending, backend: Storage, option: str
) -> None:
    done = run(engine, "--yes", option)

    assert [f"it ran with {option}"] == [note.partition(": ")[2].removesuffix(".") for note in done.notes]
    assert None is Records(backend).of("spoke-a")
    assert 1 == len(events(backend))


def test_settings_that_changed_while_it_ran_leave_no_record(root: Path, engine: Attending, backend: Storage) -> None:
    def edit() -> None:
        write_spoke(root, "a", "300000000001", launches=[])

    engine.meanwhile = edit

    [note] = run(engine).notes

    assert "settings or code changed while it ran" in note
    assert None is Records(backend).of("spoke-a")


def test_a_contract_that_is_not_the_hubs_any_more_leaves_no_record(engine: Attending, backend: Storage) -> None:
    engine.content_hash = "sha256:another"

    [note] = run(engine).notes

    assert "the hub's contract changed during the run" in note
    assert None is Records(backend).of("spoke-a")


def test_a_run_that_failed_is_an_event_with_what_the_stack_has(engine: Attending, backend: Storage) -> None:
    engine.code = 255

    run(engine)

    [event] = events(backend)
    assert (FAILED, ["search"]) == (event.outcome, [each.name for each in event.launches])
    assert None is Records(backend).of("spoke-a")


def test_a_run_that_changed_nothing_because_it_was_refused_leaves_no_event(engine: Attending, backend: Storage) -> None:
    run(engine)
    engine.code, engine.writes = 255, False

    assert Attended(code=255, notes=[]) == run(engine)
    assert 1 == len(events(backend))


def test_a_stack_that_is_destroyed_runs_nothing_any_more(engine: Attending, backend: Storage) -> None:
    run(engine)
    engine.launches = {}

    run(engine, operation="destroy")

    assert [("up", 1), ("destroy", 0)] == [(each.operation, len(each.launches)) for each in events(backend)]


def test_a_hub_has_a_history_too(root: Path, engine: Attending, backend: Storage) -> None:
    (root / "Pulumi.hub.yaml").write_text("config:\n  model-catalog-hub:accountId: '222233334444'\n")
    path = ".pulumi/stacks/model-catalog-hub/hub.json"

    def publish() -> None:
        root = {"type": "pulumi:pulumi:Stack", "urn": "urn", "outputs": {"catalog": PUBLISHED}}
        backend.write(path, json.dumps({"checkpoint": {"latest": {"resources": [root]}}}).encode())

    engine.meanwhile, engine.writes = publish, False

    run(engine, stack="hub")

    [event] = events(backend)
    assert ("hub", "222233334444", PUBLISHED["content_hash"]) == (
        event.stack,
        event.account,
        event.contract.content_hash,
    )


def test_what_cannot_be_written_is_told_with_what_to_do(engine: Attending, monkeypatch: pytest.MonkeyPatch) -> None:
    def append(*_: object) -> None:
        raise OSError("access denied")

    monkeypatch.setattr(History, "append", append)

    done = run(engine)

    assert 0 == done.code
    assert "could not be written into the history: access denied" in done.problem
    assert ".fleet/history/spoke-a and .fleet/records/spoke-a.json" in done.problem


@pytest.mark.parametrize(
    ("file", "content", "code"),
    [
        ("fleet.yaml", "record: s3://records", "unknown-key"),
        (".pulumi/stacks/model-catalog-spoke/spoke-a.json", "{", "state-damaged"),
    ],
)
def test_what_is_broken_ends_the_run_before_it_begins(
    engine: Attending, backend: Storage, file: str, content: str, code: str
) -> None:
    """A mistake in a file may not turn the history off."""
    begun: list[str] = []
    engine.meanwhile = lambda: begun.append("begun")
    where = Storage(engine.root.as_uri()) if file == "fleet.yaml" else backend
    where.write(file, content.encode())

    with refused(CatalogError, code):
        _ = run(engine)

    assert [] == begun


def test_without_a_place_for_it_the_stack_runs_all_the_same(engine: Attending, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_BACKEND_URL", "https://api.pulumi.com")

    done = run(engine)

    assert (0, "") == (done.code, done.problem)
    assert "no history is kept: fleet.yaml: records" in done.notes[0]


def test_a_hub_that_a_person_ran_is_not_run_again(root: Path, engine: Attending) -> None:
    copy = write_upstream(root)
    engine.project = "model-catalog-hub"
    before = planned(root).upstream

    done = run(engine, "--yes", stack="hub")

    after = planned(root).upstream
    assert Attended(code=0, notes=[]) == done
    assert ({}, {"hub": Kind.UNCHANGED}) == (before, {stack: each.kind for stack, each in after.items()})
    copy.write("marker.yaml", "anew: 1")
    assert ("marker.yaml changed",) == planned(root).upstream["hub"].reasons


def test_a_hub_that_was_run_in_part_or_while_its_catalog_changed_has_no_record(root: Path, engine: Attending) -> None:
    copy = write_upstream(root)
    engine.project = "model-catalog-hub"

    [part] = run(engine, "--target=urn", stack="hub").notes
    engine.meanwhile = lambda: copy.write("marker.yaml", "anew: 1")
    [changed] = run(engine, stack="hub").notes

    assert "no record of success, so a rollout runs it again: it ran with --target=urn." == part
    assert "settings, catalog or code changed while it ran" in changed
    assert {} == planned(root).upstream, "of what has no record nobody asks, where rollouts run no hub"


def test_whoever_may_not_write_the_record_of_a_hub_has_run_it_all_the_same(
    root: Path, engine: Attending, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_upstream(root)
    engine.project = "model-catalog-hub"

    def refuse(_: Records, record: Record) -> None:
        raise PermissionError(13, "not allowed", record.stack)

    monkeypatch.setattr(Records, "write", refuse)

    done = run(engine, stack="hub")

    assert (0, "") == (done.code, done.problem)
    assert "Whoever runs it has to write to .fleet/records/hub.json (docs/iam/state-hub.json)" in done.notes[0]
