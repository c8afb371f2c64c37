"""What more than one folder of tests uses. Mocks are set where there are programs: in the folders' own files."""

import os
import shutil
from pathlib import Path

import pytest

from shared.catalog.lifecycle import AS_OF
from tests.support.catalog_copy import DAY, CatalogCopy
from tests.support.paths import ROOT

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
