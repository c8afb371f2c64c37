"""What more than one folder of tests uses. Mocks are set where there are programs: in the folders' own files."""

import gc
import os
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from xdist.remote import Producer  # pyright: ignore[reportMissingTypeStubs] - it has none
from xdist.scheduler import LoadFileScheduling  # pyright: ignore[reportMissingTypeStubs] - likewise

from shared.aws.caller import CALLER
from shared.catalog.lifecycle import AS_OF
from tests.support.catalog_copy import DAY, CatalogCopy
from tests.support.paths import ROOT
from tests.support.sandbox.accounts import MANAGEMENT
from tests.support.sandbox.process import Sandbox, running
from tests.support.warm.python import python

os.environ[AS_OF] = DAY.isoformat()
os.environ[CALLER] = ""  # no test asks AWS who it is, unless that is what it is about

CATALOG = ROOT / "hub" / "catalog"
ENGINE = ROOT / "tests" / "engine"
STAGES = {
    "tests/engine/test_refusals.py": "tests/engine/test_deployment.py",
    "tests/engine/test_doctor.py": "tests/engine/test_deployment.py",
    "tests/engine/test_fleet_workers.py": "tests/engine/test_fleet.py",
}
"""Files whose tests stand on the same stage as those of another; one worker runs both, so that it is set once."""
SERVERS = {"warm_python", "sandbox", "started", "own_sandbox", "serve", "sandbox_url"}
"""Fixtures that start the sandbox, or what it is forked from."""


class Together(LoadFileScheduling):
    """Hands whole files to the workers, and those of one stage to the same one."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return STAGES.get(file, file)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Together:
    """Schedule the tests."""
    return Together(config, log)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Generator[None]:
    """Mark what needs the engine or a sandbox, and start with it: a file of it takes long, and would end alone."""
    for item in items:
        fixtures = set[str](getattr(item, "fixturenames", ()))
        runs_engine = item.path.is_relative_to(ENGINE) or "project" in fixtures
        if runs_engine:
            item.add_marker("engine")
        if runs_engine or fixtures & SERVERS:
            item.add_marker("sandbox")
    yield
    slow = {item.path: item.path.is_relative_to(ENGINE) * 2 for item in items}
    for item in items:
        slow[item.path] = max(slow[item.path], bool(item.get_closest_marker("sandbox")))
    items.sort(key=lambda item: -slow[item.path])


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Leave what was loaded out of every search for garbage, which would take a fifth of the time of unit tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture
def catalog_copy(tmp_path: Path) -> CatalogCopy:
    """Copy the catalog, as it is in the project's folder, into a folder of the test's own."""
    folder = tmp_path / "catalog"
    shutil.copytree(CATALOG, folder)
    return CatalogCopy(folder)


@pytest.fixture(scope="session")
def warm_python() -> str:
    """Name a Python that starts programs in no time."""
    return python()


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
