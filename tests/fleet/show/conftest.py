"""Two spokes that are where they are wanted, and where their states are."""

from pathlib import Path

import pytest

from fleet.plan.inventory import Inventory
from fleet.store.storage import Storage
from tests.support.fleet.making import (
    deployed,
    inventory,
    spokes,
)

A, B = "300000000001", "300000000002"


@pytest.fixture
def backend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Storage:
    """Give the storage in which the states are."""
    url = (tmp_path / "backend").as_uri()
    monkeypatch.setenv("PULUMI_BACKEND_URL", url)
    return Storage(url)


@pytest.fixture
def two(tmp_path: Path, backend: Storage) -> Inventory:
    """Give an inventory of two spokes that are where they are wanted."""
    del backend
    return deployed(inventory(tmp_path, spokes(tmp_path, a=A, b=B)))
