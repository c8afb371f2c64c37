"""A sandbox for the tests of this folder, or with `--aws` three accounts of AWS."""

import os
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from tests.support.sandbox.accounts import ACCOUNTS
from tests.support.sandbox.cleaning import clean
from tests.support.sandbox.conformity import CALLED
from tests.support.sandbox.expecting import Expect
from tests.support.sandbox.process import Sandbox, running, trust_service_catalog
from tests.support.sandbox.setup import Setup

FOLDER = Path(__file__).parent
PARTS = ("management", "hub", "spoke")
DOCUMENTED = (
    "Cannot process more than one portfolio share action at the same time",
    "Invalid PathId",
    "Multiple Provisioning Artifact with name",
    "No launch paths found for resource",
    "Portfolio not found",
)
"""Words of AWS's that somebody has published. For the others there is the code alone."""


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("sandbox", "tests of the sandbox, tried on AWS itself")
    group.addoption("--aws", action="store_true", help="run the tests of tests/sandbox against AWS, not the sandbox")
    for part in PARTS:
        variable = f"SANDBOX_AWS_{part.upper()}"
        group.addoption(f"--aws-{part}", metavar="PROFILE", default=os.environ.get(variable), help=f"or ${variable}")
    group.addoption("--aws-iam-seconds", type=float, default=15, help="how long a new role takes to be known")
    group.addoption("--aws-region", help="where; the region of the hub's profile unless given")
    group.addoption("--aws-mark", default="", help="in front of the names of all that the tests make")
    group.addoption("--aws-waits", type=Path, metavar="FILE", help="gets how long what was waited for took")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "sandbox_only: what AWS cannot be asked to do; left out with --aws")
    if not config.getoption("--aws", default=False):
        return
    profiles: list[str] = [str(config.getoption(f"--aws-{part}") or "") for part in PARTS]
    if not all(profiles):
        raise pytest.UsageError("--aws needs --aws-management, --aws-hub and --aws-spoke: three AWS profiles")
    ACCOUNTS.use(
        *profiles,
        region=config.getoption("--aws-region"),
        iam_seconds=float(str(config.getoption("--aws-iam-seconds"))),
    )
    ACCOUNTS.mark, ACCOUNTS.waits = str(config.getoption("--aws-mark")), config.getoption("--aws-waits")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--aws", default=False):
        return
    left_out = [item for item in items if needs_sandbox(item)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


def needs_sandbox(item: pytest.Item) -> bool:
    """Whether only the sandbox can do it: tests of the plug-in, those with a sandbox of their own, and the marked."""
    fixtures: list[str] = getattr(item, "fixturenames", [])
    of_plugin = (FOLDER / "plugin") in item.path.parents
    return of_plugin or "own_sandbox" in fixtures or item.get_closest_marker("sandbox_only") is not None


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """One sandbox for all tests that leave the organization as it is."""
    if ACCOUNTS.real:
        yield Sandbox(None)
        return
    with running(tmp_path_factory.mktemp("sandbox")) as started:
        trust_service_catalog(started)
        yield started


@pytest.fixture
def own_sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    """A sandbox for a test that changes the organization."""
    with running(tmp_path) as started:
        trust_service_catalog(started)
        yield started


@pytest.fixture
def setup(sandbox: Sandbox) -> Iterator[Setup]:
    CALLED.clear()
    setup = Setup(sandbox)
    yield setup
    if ACCOUNTS.real:
        clean(setup)


@pytest.fixture
def api_error() -> Expect:
    """Expect an error: give its code and a part of its text. AWS is held to those texts that are known."""

    def expect(code: str, text: str = "") -> AbstractContextManager[object]:
        known = text if not ACCOUNTS.real or text.startswith(DOCUMENTED) else ""
        return pytest.raises(ClientError, match=rf"\({code}\)[^$]*{re.escape(known)}")

    return expect
