"""A sandbox in the place of AWS, and three profiles that work on it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.proving.parties import Parties
from cli.proving.rehearsal import environment_on
from tests.support.proving import PROFILES, World
from tests.support.sandbox.process import running


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, where the runs' files go."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def begun(folder: Path, patch: pytest.MonkeyPatch) -> Iterator[World]:
    with running(folder, "--iam-seconds", "0") as sandbox:
        for name, value in environment_on(sandbox.url, folder).items():
            patch.setenv(name, value)
        yield World(sandbox, Parties(PROFILES, ""))


@pytest.fixture
def world(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A sandbox of the test's own."""
    yield from begun(folder, monkeypatch)


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A sandbox for all tests of a module that change nothing in it."""
    with pytest.MonkeyPatch.context() as patch:
        yield from begun(tmp_path_factory.mktemp("still"), patch)
