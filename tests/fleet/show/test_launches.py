"""Who runs what, for whoever lets something go."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from fleet.errors import EngineError, StateError
from fleet.show.launches import LaunchInUse, launches_of
from fleet.store.records import Records
from fleet.store.storage import Storage
from shared.catalog import contract
from tests.support.fake_account import always
from tests.support.fleet.making import HUB, HUB_ACCOUNT, RECORD, STATES, FakeEngine, offer, write_state
from tests.support.refused import refused

LAUNCHED: Mapping[str, Any] = {
    "product": "embedder",
    "version": "1.0.0",
    "state": "active",
    "region": "eu-central-1",
    "status": "AVAILABLE",
}


@pytest.fixture
def backend(root: Path, monkeypatch: pytest.MonkeyPatch) -> Storage:
    """Give a backend in which the first spoke has a launch."""
    storage = Storage((root.parent / "backend").as_uri())
    write_state(storage, "spoke-a", search=LAUNCHED)
    publish(monkeypatch, lambda products: products)
    return storage


def publish(monkeypatch: pytest.MonkeyPatch, change: Callable[[dict[str, Any]], object]) -> None:
    """Let a hub publish other products, and other hubs nothing."""
    offered = offer()
    change(offered["eu-central-1"]["products"])
    outputs = {
        "hub": {"catalog": contract.publish(HUB_ACCOUNT, offered)},
        "next": EngineError("out of reach", code="example"),
    }
    monkeypatch.setattr("fleet.show.launches.Engine", always(FakeEngine(outputs)))


def told(launches: list[LaunchInUse]) -> list[tuple[str, str, str | None, str]]:
    """Say the most important of launches."""
    return [(each.stack, each.product, each.original_key, each.state) for each in launches]


def test_every_stack_of_the_backend_counts_with_settings_here_or_not(root: Path, backend: Storage) -> None:
    write_state(backend, "spoke-elsewhere", search=LAUNCHED)

    assert [
        ("spoke-a", "embedder", "embedder", "active"),
        ("spoke-elsewhere", "embedder", "embedder", "active"),
    ] == told(launches_of(root))


def test_one_stack_may_be_asked_for(root: Path, backend: Storage) -> None:
    write_state(backend, "spoke-elsewhere", search=LAUNCHED)
    backend.write(f"{STATES}/spoke-torn.json", b"{")

    assert ["spoke-a"] == [each.stack for each in launches_of(root, stack="spoke-a")]
    assert [] == launches_of(root, stack="spoke-nobody")


@pytest.mark.parametrize("key", ["embedder", "encoder", "vectors"])
def test_a_product_that_was_renamed_twice_is_still_the_same(
    root: Path, backend: Storage, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    """Whichever of its names it had when the spoke was deployed."""
    write_state(backend, "spoke-a", search={**LAUNCHED, "product": key, "product_id": "prod-embedder"})
    publish(monkeypatch, lambda them: them.update(vectors={**them.pop("embedder"), "first_key": "embedder"}))

    assert [("spoke-a", "vectors", "embedder", "active")] == told(launches_of(root, identified=True))


def test_a_key_that_another_product_has_today_is_not_taken_for_it(
    root: Path, backend: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_state(backend, "spoke-a", search={**LAUNCHED, "product": "scorer", "product_id": "prod-embedder"})
    publish(monkeypatch, lambda them: them["embedder"].update(first_key="scorer-of-old"))

    assert [("spoke-a", "embedder", "scorer-of-old", "active")] == told(launches_of(root, identified=True))


def test_what_no_hub_publishes_any_more_keeps_its_key(
    root: Path, backend: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert backend
    publish(monkeypatch, lambda them: them.pop("embedder"))

    assert [("spoke-a", "embedder", "embedder", "unknown")] == told(launches_of(root, identified=True))


def test_a_hub_that_cannot_be_read_ends_only_what_needs_it(root: Path, backend: Storage) -> None:
    write_state(backend, "spoke-elsewhere", search={**LAUNCHED, "region": "eu-north-1"}, hub=f"{HUB}, next")

    assert ("spoke-elsewhere", "embedder", None, "unknown") == told(launches_of(root))[1]
    with pytest.raises(EngineError, match="out of reach"):
        launches_of(root, identified=True)


def test_a_state_that_cannot_be_read_ends_it(root: Path, backend: Storage) -> None:
    """Nobody may let go of anything on such an answer."""
    backend.write(f"{STATES}/spoke-b.json", b"{")

    with refused(StateError, "state-damaged", "spoke-b.json"):
        launches_of(root)


def test_records_of_the_last_runs_are_enough(root: Path, backend: Storage) -> None:
    backend.write(f"{STATES}/spoke-a.json", b"{")
    [entry] = backend.list(STATES)
    Records(backend).write(RECORD.model_copy(update={"state": entry.tag}))

    assert ["spoke-a"] == [each.stack for each in launches_of(root)]


def test_pulumi_cloud_needs_no_place_for_records(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has never rolled out a fleet may ask too."""
    engine = FakeEngine({"hub": {"catalog": contract.publish(HUB_ACCOUNT, offer())}})
    monkeypatch.setattr(engine, "listed", always(dict[str, str]()))
    monkeypatch.setattr("fleet.show.launches.Engine", always(engine))
    monkeypatch.setenv("PULUMI_BACKEND_URL", "https://api.pulumi.com")

    assert [] == launches_of(root)


def test_a_launch_is_written_as_plain_data(root: Path, backend: Storage) -> None:
    assert backend
    [launch] = launches_of(root)

    assert {
        "stack": "spoke-a",
        "launch": "search",
        "product": "embedder",
        "version": "1.0.0",
        "region": "eu-central-1",
        "status": "AVAILABLE",
        "state": "active",
        "estimated_monthly_cost": None,
    } == launch.document()
