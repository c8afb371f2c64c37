"""A webhook for the tests of what is told."""

from collections.abc import Generator

import pytest

from tests.support.webhook import Receiver


@pytest.fixture
def receiver() -> Generator[Receiver]:
    with Receiver() as found:
        yield found
