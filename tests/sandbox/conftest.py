"""A sandbox for the tests of this folder."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.stage import Sandbox, Stage, running, trust_service_catalog


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """One sandbox for all tests that leave the organization as it is."""
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
def stage(sandbox: Sandbox) -> Stage:
    return Stage(sandbox)


Refused = Callable[..., AbstractContextManager[object]]


@pytest.fixture
def refused() -> Refused:
    """Expect an error: give its code and a part of its text."""

    def expect(code: str, text: str = "") -> AbstractContextManager[object]:
        return pytest.raises(ClientError, match=rf"\({code}\)[^$]*{re.escape(text)}")

    return expect
