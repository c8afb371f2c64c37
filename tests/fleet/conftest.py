"""Locations that the tests of the fleet keep things in."""

from pathlib import Path

import pytest

from fleet.plan import parameter_values
from fleet.run import events
from fleet.store.storage import Storage
from shared.catalog import contract
from tests.support.fake_account import always
from tests.support.fleet.asking import A, B, C, FakeAccounts
from tests.support.fleet.events import ADA
from tests.support.fleet.making import HUB_ACCOUNT, Member, answer, offer, organization, write_spoke


@pytest.fixture(autouse=True)
def ada(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let somebody run things, and nobody ask AWS who it is."""
    monkeypatch.setattr(events, "caller", always(ADA))


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    """Give a folder to keep things in."""
    return Storage((tmp_path / "storage").as_uri())


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a checkout with two spokes, a backend, an organization and a hub."""
    root = tmp_path / "project"
    root.mkdir()
    (root / "requirements.lock").write_text("")
    (root / "pyproject.toml").write_text("[project]\nname = 'x'\ndependencies = []\n")
    write_spoke(root, "a", "300000000001")
    write_spoke(root, "b", "300000000002")
    (tmp_path / "backend").mkdir()
    monkeypatch.setenv("PULUMI_BACKEND_URL", (tmp_path / "backend").as_uri())
    monkeypatch.setattr("fleet.plan.inventory.Organization", always(organization(Member(id="300000000001"))))
    answer(monkeypatch, {"hub": {"catalog": contract.publish(HUB_ACCOUNT, offer())}})
    return root


@pytest.fixture
def accounts(monkeypatch: pytest.MonkeyPatch) -> FakeAccounts:
    """Let a plan ask accounts, each of which has one subnet."""
    found = FakeAccounts(**{f"a{each}": {"Value": f"subnet-{each[-1]}a"} for each in (A, B, C)})
    monkeypatch.setattr(parameter_values, "Accounts", lambda: found)
    return found
