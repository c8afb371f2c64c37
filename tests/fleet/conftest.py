"""A sandbox for those tests of the fleet that talk to AWS, and places to keep things in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fleet.storage import Storage
from tests.fleet.making import MANAGEMENT
from tests.sandbox.process import Sandbox, running


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
