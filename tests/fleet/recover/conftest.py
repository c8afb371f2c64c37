"""A sandbox in which finders look for things."""

import zlib
from collections.abc import Callable, Collection, Iterator, Mapping

import pytest

from fleet.recover.reconcile import FINDERS
from fleet.recover.search import Inputs
from tests.support.finding import Find, search_in
from tests.support.sandbox.accounts import HUB, MANAGEMENT, REGION
from tests.support.sandbox.process import Client, Sandbox, running, trust_service_catalog


@pytest.fixture(scope="module")
def own_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """An organization for this file."""
    with running(tmp_path_factory.mktemp("sandbox")) as started:
        trust_service_catalog(started)
        yield started


@pytest.fixture
def aws(own_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """Let our own clients reach it as whoever `at` says."""
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {
        "AWS_ENDPOINT_URL": own_sandbox.url,
        "AWS_ACCESS_KEY_ID": MANAGEMENT,
        "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_EC2_METADATA_DISABLED": "true",
    }.items():
        monkeypatch.setenv(name, value)
    return own_sandbox


@pytest.fixture
def find(aws: Sandbox) -> Find:
    """Look for something as a stack of the hub's account; `known` is what its state has."""

    def look(
        kind: str,
        *,
        known: Mapping[str, Collection[str]] | None = None,
        planned: bool = False,
        account: str = HUB,
        pause: Callable[[float], None] = lambda _: None,
        **inputs: object,
    ) -> str:
        assert aws
        search = search_in(account, known=known, planned=planned, pause=pause)
        return FINDERS[kind](search, Inputs({"region": REGION, **inputs})).id

    return look


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """Name what a test makes, so that the others do not find it."""
    return f"t{zlib.crc32(request.node.name.encode())}"


@pytest.fixture
def catalog(aws: Sandbox) -> Client:
    """Give the hub's Service Catalog."""
    return aws.client("servicecatalog", HUB)
