"""What more than one folder of tests uses. Mocks are set where there are programs: in the folders' own files."""

import functools
import gc
import os
import shutil
import sys
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from xdist.remote import Producer  # pyright: ignore[reportMissingTypeStubs] - it has none
from xdist.scheduler import LoadFileScheduling  # pyright: ignore[reportMissingTypeStubs] - likewise

from cli.exit_codes import listen_to_interrupts
from sandbox import plugins
from shared.aws.caller import CALLER
from shared.catalog.lifecycle import AS_OF
from tests.support.catalog_copy import DAY, CatalogCopy
from tests.support.later import put_off
from tests.support.paths import ROOT
from tests.support.sandbox.accounts import MANAGEMENT
from tests.support.sandbox.process import Sandbox, running
from tests.support.warm.python import python

os.environ[AS_OF] = DAY.isoformat()
os.environ[CALLER] = ""  # no test asks AWS who it is, unless that is what it is about

CATALOG = ROOT / "hub" / "catalog"
ENGINE = ROOT / "tests" / "engine"
STAGES = ("catalog: Stage", "fleet: Fleet")
"""The stages that tests/engine/conftest.py sets once for a worker; one worker runs all files that stand on the same."""
SERVERS = {"warm_python", "sandbox", "started", "own_sandbox", "serve", "sandbox_url", "world", "still"}
"""Fixtures that start the sandbox, or what it is forked from."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the engine's tests run on another plug-in."""
    known = f"the aws plug-in of the engine's tests, or ${plugins.VARIABLE}"
    parser.getgroup("sandbox").addoption("--plugin", choices=plugins.PLUGINS, help=known)


def pytest_configure(config: pytest.Config) -> None:
    """Choose the plug-in for all that the tests start; the official one has to be there."""
    gc.disable()  # until all is loaded
    put_off()
    listen_to_interrupts()
    config.addinivalue_line("markers", "stand_in_only(reason): left out with the official plug-in")
    if chosen := config.getoption("--plugin"):
        os.environ[plugins.VARIABLE] = str(chosen)
    try:
        _ = plugins.described()
    except plugins.PluginError as problem:
        raise pytest.UsageError(str(problem)) from None


def pytest_report_header() -> str:
    """Say which plug-in runs."""
    return f"plug-in: {plugins.described()}"


class Together(LoadFileScheduling):
    """Hands whole files to the workers, and those of one stage to the same one."""

    def _split_scope(self, nodeid: str) -> str:
        return _stage(nodeid.partition("::")[0])


@functools.cache
def _stage(file: str) -> str:
    """Name the stage that a file's tests stand on, or the file."""
    path = ROOT / file
    if not path.is_relative_to(ENGINE):
        return file
    text = path.read_text()
    return next((each for each in STAGES if each in text and f"def {each.partition(':')[0]}(" not in text), file)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Together:
    """Schedule the tests."""
    return Together(config, log)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Generator[None]:
    """Mark what needs the engine or a sandbox, and start with it: a file of it takes long, and would end alone."""
    if plugins.chosen() == plugins.OFFICIAL:
        left_out = [item for item in items if item.get_closest_marker("stand_in_only")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]
    for item in items:
        fixtures = set[str](getattr(item, "fixturenames", ()))
        runs_engine = item.path.is_relative_to(ENGINE) or "project" in fixtures
        if runs_engine:
            item.add_marker("engine")
        if "browser" in fixtures:
            item.add_marker("browser")
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
    gc.enable()


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


@pytest.fixture
def warm(warm_python: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what this process starts as Python, as its own commands do, be warm."""
    monkeypatch.setattr(sys, "executable", warm_python)


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
