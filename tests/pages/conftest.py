"""The browser that looks at pages."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.support.browser import launched


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Run one browser for a module's tests; as long as it runs, its thread can run no other event loop."""
    with launched() as running:
        yield running
