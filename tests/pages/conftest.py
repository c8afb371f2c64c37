"""An index of a copy of the catalog, with a version that comes to its end; and the browser that looks at pages."""

import datetime as dt
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from hub.config import HubSettings
from hub.definitions.load import read_unlocked
from pages.index.build import Publisher, index_of
from pages.index.model import Index
from tests.support.browser import launched
from tests.support.catalog_copy import DAY, CatalogCopy
from tests.support.written_index import FRAUD

END = f"""\
  - version: 1.0.0
    lifecycle:
      deprecated_on: {DAY + dt.timedelta(days=10)}
      retires_on: {DAY + dt.timedelta(days=100)}
      replacement: 1.1.0
      reason: Scores of new card types are too low.
"""
HUB = {
    "aws:region": "eu-central-1",
    "accountId": "222233334444",
    "regions": ["us-east-1"],
    "shares": [{"portfolio": "online-inference", "type": "ORGANIZATION"}],
}


@pytest.fixture
def ending(catalog_copy: CatalogCopy) -> CatalogCopy:
    """Give a catalog in which the fraud detector's first version comes to its end."""
    catalog_copy.replace(f"products/{FRAUD}/product.yaml", "  - version: 1.0.0\n", END)
    return catalog_copy


@pytest.fixture
def index_on(ending: CatalogCopy) -> Callable[..., Index]:
    """Give a way to build the index as it is on a day."""

    def build(day: dt.date = DAY, *, private: bool = False, repository: str = "") -> Index:
        publisher = Publisher("Pulumi.hub.yaml", HubSettings.model_validate(HUB))
        return index_of(read_unlocked(ending.folder, day), [publisher], private=private, repository=repository)

    return build


@pytest.fixture
def index(index_on: Callable[..., Index]) -> Index:
    """Give the index of today."""
    return index_on()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Run one browser for a module's tests; as long as it runs, its thread can run no other event loop."""
    with launched() as running:
        yield running
