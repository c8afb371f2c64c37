"""What the backend knows of stacks."""

import gzip
import json
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fleet.errors import RecordsError
from fleet.store.locks import Lock
from fleet.store.states import CloudStates, State, StoredStates
from fleet.store.storage import Entry, Storage
from shared.stack import process
from tests.support.fleet.making import FakeEngine
from tests.support.refused import refused

STATES, LOCKS = ".pulumi/stacks/model-catalog-spoke", ".pulumi/locks/organization/model-catalog-spoke"
URN = "urn:pulumi:spoke-a::model-catalog-spoke"
DEPLOYMENT: dict[str, Any] = {
    "resources": [
        {"urn": f"{URN}::pulumi:providers:aws::account", "type": "pulumi:providers:aws", "outputs": {"region": "x"}},
        {"urn": f"{URN}::pulumi:pulumi:Stack::s", "type": "pulumi:pulumi:Stack", "outputs": {"contract": {"hub": "h"}}},
    ],
    "pending_operations": [
        {"type": "creating", "resource": {"urn": f"{URN}::aws:iam/role:Role::scorer-launch"}},
        {"type": "updating", "resource": {"urn": f"{URN}::aws:iam/role:Role::scorer-execution"}},
    ],
}
LOCK = {"pid": 12, "username": "ada", "hostname": "elsewhere", "timestamp": "2026-10-06T12:30:00Z"}


@pytest.fixture
def states(storage: Storage) -> StoredStates:
    return StoredStates(storage)


def test_every_state_has_a_tag_and_what_lies_beside_them_is_no_state(storage: Storage, states: StoredStates) -> None:
    for name in ("spoke-a.json", "spoke-b.json.gz", "spoke-c.v2.json"):
        storage.write(f"{STATES}/{name}", b"{}")
        for more in (".bak", ".attrs", ".bak.attrs"):
            storage.write(f"{STATES}/{name}{more}", b"{}")
    storage.write(".pulumi/stacks/model-catalog-hub/hub.json", b"{}")
    tags = {each.path.rpartition("/")[2]: each.tag for each in storage.list(STATES)}

    assert {
        "spoke-a": tags["spoke-a.json"],
        "spoke-b": tags["spoke-b.json.gz"],
        "spoke-c.v2": tags["spoke-c.v2.json"],
    } == states.tags()


def test_an_update_gives_a_stack_another_tag(storage: Storage, states: StoredStates) -> None:
    storage.write(f"{STATES}/spoke-a.json", b"1")
    storage.write(f"{STATES}/spoke-b.json", b"1")
    before = states.tags()

    storage.write(f"{STATES}/spoke-a.json", b"2")

    assert {"spoke-a"} == {stack for stack, tag in states.tags().items() if tag != before[stack]}


def test_tags_come_from_one_listing(storage: Storage, states: StoredStates, monkeypatch: pytest.MonkeyPatch) -> None:
    storage.write(f"{STATES}/spoke-a.json", b"{}")
    listing, listed = storage.list, list[str]()

    def listing_once(folder: str) -> Iterator[Entry]:
        listed.append(folder)
        return listing(folder)

    monkeypatch.setattr(storage, "list", listing_once)
    monkeypatch.setattr(storage, "read", None)

    assert ["spoke-a"] == list(states.tags())
    assert [STATES] == listed


@pytest.mark.parametrize(("ending", "packed"), [("json", bytes), ("json.gz", gzip.compress)])
def test_a_state_is_read_with_its_outputs_and_what_was_under_way(
    storage: Storage, states: StoredStates, ending: str, packed: Callable[[bytes], bytes]
) -> None:
    content = {"version": 3, "checkpoint": {"stack": "spoke-a", "latest": DEPLOYMENT}}
    storage.write(f"{STATES}/spoke-a.{ending}", packed(json.dumps(content).encode()))

    found = states.read("spoke-a")

    expected = ("creating scorer-launch", "updating scorer-execution")
    assert State(tag=states.tags()["spoke-a"], outputs={"contract": {"hub": "h"}}, pending=expected) == found


@pytest.mark.parametrize(
    "content", [{"checkpoint": {"latest": None}}, {"checkpoint": {"latest": {}}}, {"checkpoint": {}}]
)
def test_a_stack_that_was_made_and_never_deployed_has_nothing(
    storage: Storage, states: StoredStates, content: dict[str, Any]
) -> None:
    storage.write(f"{STATES}/spoke-a.json", json.dumps(content).encode())

    assert State(tag=states.tags()["spoke-a"]) == states.read("spoke-a")


def test_a_stack_that_is_not_there_has_no_state(storage: Storage, states: StoredStates) -> None:
    storage.write(f"{STATES}/spoke-ab.json", b"{}")

    assert None is states.read("spoke-a")


def test_a_backend_that_is_out_of_reach_is_told(
    storage: Storage, states: StoredStates, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: str) -> list[Any]:
        raise OSError("no way")

    monkeypatch.setattr(storage, "list", fail)

    with refused(RecordsError, "backend-unreadable", storage.url):
        states.tags()


def test_the_lock_of_a_stack_is_its_own(storage: Storage, states: StoredStates) -> None:
    storage.write(f"{LOCKS}/spoke-ab/1.json", json.dumps(LOCK).encode())
    storage.write(f"{LOCKS}/spoke-a/1.json.attrs", b"{}")
    assert None is states.lock("spoke-a")

    storage.write(f"{LOCKS}/spoke-a/1.json", json.dumps(LOCK).encode())

    lock = states.lock("spoke-a")
    assert Lock("ada", "elsewhere", 12, "2026-10-06T12:30:00Z", f"{LOCKS}/spoke-a/1.json", not storage.is_local) == lock
    assert "ada@elsewhere (process 12) since 2026-10-06T12:30:00Z" == str(lock)


def test_the_lock_that_was_looked_at_is_removed_and_none_that_came_after(
    storage: Storage, states: StoredStates
) -> None:
    storage.write(f"{LOCKS}/spoke-a/1.json", json.dumps(LOCK).encode())
    lock = states.lock("spoke-a")
    assert lock
    storage.write(f"{LOCKS}/spoke-a/2.json", json.dumps(LOCK).encode())

    states.unlock("spoke-a", lock)

    assert [f"{LOCKS}/spoke-a/2.json"] == [each.path for each in storage.list(LOCKS)]


@pytest.mark.parametrize("content", [b"", b"[]", b'{"pid": 1}', b"not JSON"])
def test_a_lock_that_cannot_be_read_is_one_of_nobody_we_know(
    storage: Storage, states: StoredStates, content: bytes
) -> None:
    storage.write(f"{LOCKS}/spoke-a/1.json", content)

    assert "somebody@an unknown machine (process 0) since an unknown time" == str(states.lock("spoke-a"))


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}"])
def test_a_torn_lock_is_a_lock_of_nobody_who_could_be_dead(
    storage: Storage, states: StoredStates, content: bytes
) -> None:
    storage.write(f"{LOCKS}/spoke-a/1.json", content)

    lock = states.lock("spoke-a")

    assert lock
    assert not lock.is_dead


HISTORY = ".pulumi/history/model-catalog-spoke/spoke-a/spoke-a"


@pytest.mark.parametrize(
    ("runs", "failed"),
    [
        ([], False),
        ([("update", "succeeded")], False),
        ([("update", "succeeded"), ("update", "failed")], True),
        ([("update", "failed"), ("update", "succeeded")], False),
        ([("update", "failed"), ("refresh", "succeeded"), ("destroy", "failed")], True),
        ([("update", "failed"), ("torn", "")], True),
    ],
)
def test_whether_the_last_deployment_failed_is_in_pulumis_history(
    storage: Storage,
    states: StoredStates,
    runs: list[tuple[str, str]],
    failed: bool,  # noqa: FBT001 - what is expected
) -> None:
    for number, (kind, result) in enumerate(runs):
        content = b"{" if kind == "torn" else json.dumps({"kind": kind, "result": result}).encode()
        name = f"{HISTORY}-{1700000000000000000 + number}"
        if number % 2:
            storage.write(f"{name}.history.json.gz", gzip.compress(content))
        else:
            storage.write(f"{name}.history.json", content)
        storage.write(f"{name}.checkpoint.json", b"{}")

    assert failed is states.failed_last("spoke-a")


@pytest.mark.parametrize(
    ("host", "pid", "shared", "dead"),
    [
        (socket.gethostname(), 2**22 + 1, False, True),
        (socket.gethostname(), os.getpid(), False, False),
        (socket.gethostname(), 2**22 + 1, True, False),
        (socket.gethostname(), 0, False, False),
        ("elsewhere", 2**22 + 1, False, False),
    ],
    ids=["nobody's here", "a live one's", "where other machines write", "an unknown one's", "another machine's"],
)
def test_only_where_all_processes_can_be_seen_a_lock_is_known_to_be_of_a_dead_one(
    monkeypatch: pytest.MonkeyPatch, host: str, pid: int, *, shared: bool, dead: bool
) -> None:
    lock = Lock(user="ada", host=host, pid=pid, since="", is_shared=shared)
    monkeypatch.setattr(process, "_FIRST_NAMESPACE", process.here()[1])
    assert dead is lock.is_dead

    monkeypatch.setattr(process, "_FIRST_NAMESPACE", "another")
    assert not lock.is_dead


class Cloud(FakeEngine):
    """Lists stacks as Pulumi Cloud does."""

    def listed(self, project: str) -> dict[str, str]:
        """List the stacks."""
        assert "spoke" == project
        return {"spoke-a": "2026-10-06", "spoke-b": ""}

    def exported(self, project: str, stack: str, *, decrypted: bool = False) -> dict[str, Any]:
        """Give a state."""
        assert ("spoke", False) == (project, decrypted)
        return {"deployment": DEPLOYMENT if stack == "spoke-a" else None}

    def runs(self, project: str, stack: str) -> list[dict[str, Any]]:
        """Give the last runs."""
        assert "spoke" == project
        ends = [{"kind": "refresh", "result": "succeeded"}, {"kind": "update", "result": "failed"}]
        return ends if stack == "spoke-a" else []


def test_pulumi_cloud_is_asked_instead() -> None:
    states = CloudStates(Cloud({}))

    assert {"spoke-a": "2026-10-06", "spoke-b": ""} == states.tags()
    found = states.read("spoke-a")
    assert found
    assert ("2026-10-06", {"contract": {"hub": "h"}}, 2) == (found.tag, found.outputs, len(found.pending))
    assert State(tag="") == states.read("spoke-b")
    assert None is states.read("spoke-c")
    assert None is states.lock("spoke-a")
    assert ([], []) == (states.damaged("spoke-a"), states.repair("spoke-a"))
    assert (True, False) == (states.failed_last("spoke-a"), states.failed_last("spoke-b"))


def test_the_folder_of_states_is_pulumis_own(tmp_path: Path) -> None:
    """The path that a listing gives is relative to the backend."""
    (tmp_path / STATES).mkdir(parents=True)
    (tmp_path / STATES / "spoke-a.json").write_text("{}")

    assert ["spoke-a"] == list(StoredStates(Storage(tmp_path.as_uri())).tags())
