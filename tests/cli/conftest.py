"""A copy of the catalog where the commands look for it, and the command line."""

from pathlib import Path

import pytest

from tests.support.catalog_copy import CatalogCopy
from tests.support.command_line import Command, command_line


@pytest.fixture
def catalog(catalog_copy: CatalogCopy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CatalogCopy:
    """Give a copy of the catalog where the commands look for it."""
    (tmp_path / "hub").mkdir()
    (tmp_path / "hub" / "catalog").symlink_to(catalog_copy.folder)
    monkeypatch.chdir(tmp_path)
    return catalog_copy


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Give a way to run `model-catalog`."""
    return command_line(monkeypatch, capsys)
