"""An inventory looks at everything that a plan is made from."""

import datetime as dt
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from fleet.errors import EngineError, RecordsError, SettingsError
from fleet.plan.inventory import collect
from fleet.plan.verdicts import Kind, make_plan
from fleet.store.records import Records
from fleet.store.storage import Storage
from shared.aws.organization import Organization
from shared.catalog import contract
from shared.errors import CatalogError, ContractError
from tests.support.catalog_copy import DAY
from tests.support.fake_account import always
from tests.support.fleet.making import HUB_ACCOUNT, FakeOrganizations, answer, deployed, offer, recorded, write_spoke
from tests.support.refused import refused


def test_everything_is_looked_at(root: Path, tmp_path: Path) -> None:
    backend = Storage((tmp_path / "backend").as_uri())
    backend.write(".pulumi/stacks/model-catalog-spoke/spoke-a.json", b"{}")
    first = deployed(collect(root))
    for stack in first.records:
        Records(backend).write(recorded(first, stack))

    found = collect(root)

    assert ["spoke-a", "spoke-b"] == list(found.spokes)
    assert {"spoke-a", "spoke-b"} == found.records.keys()
    assert {"spoke-a"} == found.tags.keys()
    assert (DAY, "") == (found.day, found.unread)
    assert isinstance(found.organization, Organization)
    assert {"code of spoke and shared", "locked dependencies"} == found.code.keys()
    assert [Kind.CHANGED, Kind.NEW] == [each.kind for each in make_plan(found).verdicts.values()]


@pytest.mark.parametrize("operation", ["list_roots", "list_accounts_for_parent"])
def test_an_organization_that_cannot_be_read_does_not_end_it(
    root: Path, monkeypatch: pytest.MonkeyPatch, operation: str
) -> None:
    client: Any = FakeOrganizations([])
    client.refused.add(operation)
    monkeypatch.setattr("fleet.plan.inventory.Organization", always(Organization(client)))

    found = collect(root)

    assert found.organization is None
    assert re.search(r"cannot be listed .*organization\.assumeRole in fleet\.yaml.*not authorized", found.unread)


def test_without_any_spoke_there_is_advice(root: Path) -> None:
    for file in root.glob("Pulumi.*"):
        file.unlink()

    with refused(SettingsError, "no-spokes"):
        collect(root)


def test_spokes_whose_settings_are_all_wrong_are_told_one_by_one(root: Path) -> None:
    for name in ("a", "b"):
        (root / f"Pulumi.spoke-{name}.yaml").write_text("config: [")

    assert {Kind.REFUSED} == {verdict.kind for verdict in make_plan(collect(root)).verdicts.values()}


@pytest.mark.parametrize(
    ("outputs", "error"),
    [
        (EngineError("no stack named 'hub' found", code="example"), ContractError),
        (EngineError("out of reach", code="example"), EngineError),
        ({}, ContractError),
    ],
)
def test_without_a_hub_nothing_is_planned(
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
    outputs: Mapping[str, Any] | EngineError,
    error: type[CatalogError],
) -> None:
    answer(monkeypatch, {"hub": outputs})

    with pytest.raises(error):
        collect(root)


def test_every_hub_that_a_spoke_names_is_read(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_spoke(root, "b", "300000000002", hubStack="next")
    catalog = contract.publish(HUB_ACCOUNT, offer())
    answer(monkeypatch, {"hub": {"catalog": catalog}, "next": {"catalog": catalog, "published_on": "2026-10-31"}})

    assert {"hub": None, "next": dt.date(2026, 10, 31)} == {
        name: found.on for name, found in collect(root).hubs.published().items()
    }


def test_a_record_of_a_newer_release_ends_it(root: Path, tmp_path: Path) -> None:
    storage = Storage((tmp_path / "backend").as_uri())
    storage.write(".fleet/records/spoke-a.json", json.dumps({"schema_version": "2.0"}).encode())

    with refused(RecordsError, "record-of-newer-release", ".fleet/records/spoke-a.json"):
        collect(root)


def test_outside_of_the_project_there_is_advice(root: Path) -> None:
    (root / "requirements.lock").unlink()

    with refused(SettingsError, "project-file-missing", "requirements.lock"):
        collect(root)
