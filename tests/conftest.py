"""What more than one folder of tests uses. Mocks are set where there are programs: in the folders' own files."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.catalog.lifecycle import AS_OF
from tests.support.catalog_copy import DAY, CatalogCopy
from tests.support.paths import ROOT
from tests.support.sandbox.accounts import MANAGEMENT
from tests.support.sandbox.process import Sandbox, running

os.environ[AS_OF] = DAY.isoformat()

CATALOG = ROOT / "hub" / "catalog"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start with the tests that run the engine: a file of them takes a minute, and at the end one core would wait."""
    items.sort(key=lambda item: "engine" not in item.path.parts)


@pytest.fixture
def catalog_copy(tmp_path: Path) -> CatalogCopy:
    """Copy the catalog, as it is in the project's folder, into a folder of the test's own."""
    folder = tmp_path / "catalog"
    shutil.copytree(CATALOG, folder)
    return CatalogCopy(folder)


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
