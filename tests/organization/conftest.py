"""The organization's stack without an engine."""

from collections.abc import Generator

import pytest

from shared.stack.names import ORGANIZATION_PROJECT
from tests.support.recorder import Mocks, recording


@pytest.fixture(autouse=True)
def mocks() -> Generator[Mocks]:
    """Set fresh mocks with the settings of a good stack."""
    settings = {
        "aws:region": "eu-central-1",
        f"{ORGANIZATION_PROJECT}:accountId": "111122223333",
        f"{ORGANIZATION_PROJECT}:hubAccountId": "222233334444",
    }
    with recording(ORGANIZATION_PROJECT, "organization", settings) as fresh:
        fresh.answers["getCallerIdentity"] = lambda _: {"arn": "arn:aws:iam::111122223333:user/administrator"}
        yield fresh
