"""Stacks of an account's administrator."""

from collections.abc import Iterator

import pytest

from tests.support.sandbox.process import Sandbox
from tests.support.sandbox.stacks import Stacks


@pytest.fixture
def stacks(sandbox: Sandbox) -> Iterator[Stacks]:
    yield (stacks := Stacks(sandbox))
    for name in list(stacks.names):
        stacks.delete(name)
    sandbox.post("answers", {})
