"""A hub stack without an engine."""

from collections.abc import Callable, Generator

import pulumi
import pytest

from hub.program import run
from shared.stack.names import HUB_PROJECT
from tests.support.hub_stack import HUB, SETTINGS, as_settings, deployed, pretend_aws
from tests.support.recorder import Mocks, recording


@pytest.fixture(autouse=True)
def mocks(monkeypatch: pytest.MonkeyPatch) -> Generator[Mocks]:
    """Set fresh mocks, as seen from the project's folder."""
    monkeypatch.chdir(HUB)
    with recording(HUB_PROJECT, "hub", as_settings(SETTINGS)) as fresh:
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
def published() -> Mocks:
    """Give the record of a hub with the usual settings, in one region."""
    return deployed(SETTINGS)


@pytest.fixture(scope="session")
def published_twice() -> Mocks:
    """Give the record of a hub that publishes in two regions."""
    return deployed({**SETTINGS, "regions": ["eu-west-1"]})
