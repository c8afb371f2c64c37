"""A hub stack without an engine."""

import shutil
from collections.abc import Callable, Generator
from pathlib import Path

import pulumi
import pytest

from hub.program import run
from shared.stack.names import HUB_PROJECT
from tests.support.catalog_copy import FIRST, CatalogCopy
from tests.support.hub_stack import HUB, SETTINGS, all_approved, as_settings, deployed, pretend_aws
from tests.support.recorder import Mocks, recording


@pytest.fixture(autouse=True)
def mocks(monkeypatch: pytest.MonkeyPatch) -> Generator[Mocks]:
    """Set fresh mocks, as seen from the project's folder."""
    monkeypatch.chdir(HUB)
    with all_approved(), recording(HUB_PROJECT, "hub", as_settings(SETTINGS)) as fresh:
        pretend_aws(fresh)
        yield fresh


@pytest.fixture
def deploy(mocks: Mocks) -> Callable[..., Mocks]:
    """Deploy a hub whose settings differ from the usual ones in the given keys."""

    def deploy(**changed: object) -> Mocks:
        pulumi.runtime.set_all_config(as_settings({**SETTINGS, **changed}))
        mocks.deploy(run)
        return mocks

    return deploy


@pytest.fixture(scope="session")
def first_products(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder whose catalog has what the sample began with, so that a further sample changes no golden graph."""
    folder = tmp_path_factory.mktemp("first")
    shutil.copytree(HUB / "catalog", folder / "catalog")
    CatalogCopy(folder / "catalog").keep(*FIRST)
    return folder


@pytest.fixture(scope="session")
def published(first_products: Path) -> Mocks:
    """Give the record of a hub with the usual settings, in one region."""
    return deployed(SETTINGS, first_products)


@pytest.fixture(scope="session")
def published_twice(first_products: Path) -> Mocks:
    """Give the record of a hub that publishes in two regions."""
    return deployed({**SETTINGS, "regions": ["eu-west-1"]}, first_products)
