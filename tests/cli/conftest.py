"""A copy of the catalog where the commands look for it, and the command line."""

from pathlib import Path

import pytest

from fleet.run import events
from tests.support.catalog_copy import CatalogCopy
from tests.support.command_line import Command, command_line
from tests.support.fake_account import always
from tests.support.fleet.events import ADA


@pytest.fixture
def catalog(catalog_copy: CatalogCopy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CatalogCopy:
    """Give a copy of the catalog where the commands look for it."""
    (tmp_path / "hub").mkdir()
    (tmp_path / "hub" / "catalog").symlink_to(catalog_copy.folder)
    monkeypatch.chdir(tmp_path)
    return catalog_copy


@pytest.fixture(autouse=True)
def ada(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let somebody run things, and nobody ask AWS who it is."""
    monkeypatch.setattr(events, "caller", always(ADA))


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Give a way to run `model-catalog`."""
    return command_line(monkeypatch, capsys)
