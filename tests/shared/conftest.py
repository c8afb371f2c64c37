"""A stack without an engine, for what every program shares."""

from collections.abc import Generator

import pytest

from tests.support.recorder import Mocks, recording


@pytest.fixture(autouse=True)
def mocks() -> Generator[Mocks]:
    """Set fresh mocks for a stack without settings."""
    with recording("model-catalog-hub", "hub", {}) as fresh:
        yield fresh
