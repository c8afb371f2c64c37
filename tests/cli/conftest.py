"""A copy of the catalog where the commands look for it."""

from pathlib import Path

import pytest

from tests.support.catalog_copy import CatalogCopy


@pytest.fixture
def catalog(catalog_copy: CatalogCopy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CatalogCopy:
    """Give a copy of the catalog where the commands look for it."""
    (tmp_path / "hub").mkdir()
    (tmp_path / "hub" / "catalog").symlink_to(catalog_copy.folder)
    monkeypatch.chdir(tmp_path)
    return catalog_copy
