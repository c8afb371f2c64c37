"""A sandbox for those tests of the fleet that talk to AWS, and places to keep things in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fleet.store.storage import Storage
from shared.catalog import contract
from tests.support.fake_account import always
from tests.support.fleet.making import HUB_ACCOUNT, MANAGEMENT, Member, answer, offer, organization, write_spoke
from tests.support.sandbox.process import Sandbox, running


@pytest.fixture(scope="session")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """Give a sandbox that runs as long as the tests do."""
    with running(tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(started: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """Give a sandbox, and this process the environment of its management account."""
    for name, value in {
        "AWS_ENDPOINT_URL": started.url,
        "AWS_ACCESS_KEY_ID": MANAGEMENT,
        "AWS_SECRET_ACCESS_KEY": "sandbox",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    return started


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
    monkeypatch.setenv("PULUMI_BACKEND_URL", (tmp_path / "backend").as_uri())
    monkeypatch.setattr("fleet.plan.inventory.Organization", always(organization(Member(id="300000000001"))))
    answer(monkeypatch, {"hub": {"catalog": contract.publish(HUB_ACCOUNT, offer())}})
    return root
