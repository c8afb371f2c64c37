"""A backend that is not there, or does not answer, is told before Pulumi waits for it."""

import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from fleet.engine import Engine
from fleet.plan.account_inventory import Scope, read_accounts
from fleet.plan.inventory import read_organization
from fleet.plan.settings import FleetSettings
from fleet.reach import refuse_silent_backend
from fleet.store.locations import states_at
from fleet.store.storage import Storage
from shared import limits
from shared.aws import reach
from shared.aws.accounts import Way
from shared.errors import UnreachableError
from tests.support.refused import refused


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin without what another test has asked."""
    monkeypatch.setattr(reach, "_ANSWERED", set[str]())
    monkeypatch.setattr(reach, "_QUESTIONS", dict[str, object]())
    monkeypatch.setattr(limits, "ANSWER_SECONDS", 0.4)


@pytest.fixture
def deaf() -> Iterator[str]:
    """Give the address of what takes connections, and never answers."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        yield f"127.0.0.1:{listener.getsockname()[1]}"


def test_a_folder_that_is_not_there_is_told_and_not_made(tmp_path: Path) -> None:
    missing = tmp_path / "state"

    def open_states(url: str) -> None:
        _ = states_at(url, Engine(tmp_path))

    for ask in (refuse_silent_backend, open_states):
        with refused(UnreachableError, "backend-missing", "PULUMI_BACKEND_URL") as found:
            ask(missing.as_uri())
        assert f"mkdir -p {missing}" in str(found.value)
        assert 'eval "$(model-catalog sandbox env)"' in str(found.value)
    assert not missing.exists()


@pytest.mark.parametrize("url", ["http://{0}", "s3://state?region=eu-central-1&endpoint=http://{0}"])
def test_a_backend_that_never_answers_is_told(deaf: str, url: str) -> None:
    with refused(UnreachableError, "endpoint-silent", f"http://{deaf}" if url.startswith("http") else "s3://state"):
        refuse_silent_backend(url.format(deaf))


def test_a_bucket_that_never_answers_is_told_by_whoever_reads_it(deaf: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "x")
    storage = Storage(f"s3://state?region=eu-central-1&endpoint=http://{deaf}")

    with refused(UnreachableError, "endpoint-silent", "s3://state"):
        _ = list(storage.list(""))


@pytest.mark.parametrize("command", ["up", "preview", "refresh", "destroy"])
def test_no_process_is_started_that_would_wait_for_an_endpoint(
    deaf: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("PULUMI_BACKEND_URL", tmp_path.as_uri())
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{deaf}")

    def started(*_: object, **__: object) -> None:
        pytest.fail("it was started")

    monkeypatch.setattr("subprocess.Popen", started)

    with refused(UnreachableError, "endpoint-silent", "AWS_ENDPOINT_URL") as found:
        Engine(tmp_path).attended("spoke", "spoke-a", command)

    assert f"pulumi {command}" in str(found.value)


def test_a_fleet_ends_where_aws_does_not_answer_and_what_was_recorded_is_told_all_the_same(
    deaf: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{deaf}")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "111122223333")

    with refused(UnreachableError, "endpoint-silent", "AWS_ENDPOINT_URL"):
        read_organization(FleetSettings())
    organization, why = read_organization(FleetSettings(), tolerant=True)

    assert organization is None
    assert "does not answer" in why


def test_an_account_whose_region_does_not_answer_stops_no_other(deaf: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{deaf}")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "111122223333")
    ways = [Way(account, f"arn:aws:iam::{account}:role/Reader") for account in ("333344445555", "444455556666")]

    found = read_accounts(Scope(ways=ways, regions=["eu-central-1"]), lambda _: True)

    assert {"333344445555", "444455556666"} == set(found.unread)
    assert all("does not answer" in why for why in found.unread.values())
