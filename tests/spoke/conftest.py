"""A spoke stack without an engine, and a small hub that it reads."""

from collections.abc import Callable, Generator
from copy import deepcopy
from typing import Any

import pulumi
import pytest

from shared.catalog import contract
from shared.stack.names import SPOKE_PROJECT
from spoke.program import run
from tests.support.fake_account import heard
from tests.support.offers import HUB_ACCOUNT, HUB_STACK, OFFER, read
from tests.support.recorder import Mocks, recording
from tests.support.spoke_stack import SETTINGS, as_settings, pretend_aws, record


@pytest.fixture
def offer() -> dict[str, Any]:
    """Give what the hub offers, by region, for a test to change."""
    return deepcopy(dict(OFFER))


@pytest.fixture
def published(offer: dict[str, Any]) -> contract.Contract:
    """Give what a spoke makes of the offer."""
    return read(offer)


@pytest.fixture(autouse=True)
def mocks() -> Generator[Mocks]:
    """Set fresh mocks."""
    with recording(SPOKE_PROJECT, "spoke-research", as_settings(SETTINGS)) as fresh:
        pretend_aws(fresh)
        yield fresh


@pytest.fixture
def deploy(mocks: Mocks, offer: dict[str, Any]) -> Callable[..., Mocks]:
    """Deploy a spoke whose settings differ from the usual ones in the given keys."""

    def deploy(**changed: object) -> Mocks:
        pulumi.runtime.set_all_config(as_settings({**SETTINGS, **changed}))
        mocks.stacks.setdefault(HUB_STACK, {"catalog": contract.publish(HUB_ACCOUNT, offer)})
        mocks.deploy(run)
        return mocks

    return deploy


@pytest.fixture(scope="session")
def deployed() -> Mocks:
    """Give the record of a spoke with the usual settings."""
    return record(preview=False)


@pytest.fixture(scope="session")
def previewed() -> Mocks:
    """Give the record of a preview of a new spoke with the usual settings."""
    return record(preview=True)


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collect what is told to the person who runs the program."""
    return heard(monkeypatch)
