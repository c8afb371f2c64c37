"""What more than one folder of tests uses. Mocks are set where there are programs: in the folders' own files."""

import shutil
from pathlib import Path

import pytest

from tests.catalog_copy import CatalogCopy

CATALOG = Path(__file__).parent.parent / "hub" / "catalog"


@pytest.fixture
def catalog_copy(tmp_path: Path) -> CatalogCopy:
    """Copy the catalog, as it is in the project's folder, into a folder of the test's own."""
    folder = tmp_path / "catalog"
    shutil.copytree(CATALOG, folder)
    return CatalogCopy(folder)
