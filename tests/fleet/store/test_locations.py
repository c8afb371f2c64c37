"""Where states and records are."""

from pathlib import Path

import pytest

from fleet.engine import Engine
from fleet.errors import SettingsError
from fleet.store.locations import Locations, locations_of, states_at
from fleet.store.states import CloudStates, StoredStates
from tests.support.refused import refused


@pytest.mark.parametrize(
    ("backend", "records", "expected"),
    [
        ("s3://state", None, "s3://state"),
        ("s3://state", "s3://records", "s3://records"),
        ("https://api.pulumi.com", "s3://records", "s3://records"),
    ],
)
def test_records_are_beside_the_state_unless_something_else_is_said(
    monkeypatch: pytest.MonkeyPatch, backend: str, records: str | None, expected: str
) -> None:
    monkeypatch.setenv("PULUMI_BACKEND_URL", backend)

    assert Locations(backend, expected) == locations_of(records)


def test_pulumi_cloud_has_no_place_for_records(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_BACKEND_URL", "https://api.pulumi.com")

    with refused(SettingsError, "records-without-address", "fleet.yaml: records"):
        locations_of(None)


def test_the_states_of_a_service_are_asked_for_and_those_of_a_folder_are_read(tmp_path: Path) -> None:
    cloud = states_at("https://api.pulumi.com", Engine(tmp_path))
    stored = states_at(tmp_path.as_uri(), Engine(tmp_path))

    assert (CloudStates, StoredStates) == (type(cloud), type(stored))
