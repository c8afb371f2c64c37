"""Leases: of all fleets, one has a spoke."""

import datetime as dt
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from fleet.store import leases as module
from fleet.store.leases import EXPIRY, HeldLease, Lease, Leases, Process
from fleet.store.storage import Storage

FOLDER = ".fleet/claims/spoke-a"
ELSEWHERE = Process(host="elsewhere.example.com", pid=os.getpid(), started=1.0)


@pytest.fixture
def dead() -> Process:
    """Give a process of this machine that has ended."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        found = Process.of(process.pid)
        assert found.lives
        process.communicate(b"\n")
    return found


def test_whoever_comes_second_is_told_who_has_it(storage: Storage) -> None:
    held = taken(storage)

    second = Leases(storage).acquire("spoke-a")

    assert isinstance(second, Lease)
    assert Process.of(os.getpid()) == second.owner
    assert f"process {os.getpid()} on {second.owner.host}" == str(second)
    held.release()


def test_a_lease_that_was_released_leaves_nothing_and_can_be_acquired_again(storage: Storage) -> None:
    for _ in range(2):
        held = taken(storage)
        assert None is held.abandoned
        held.release()
        assert [] == list(storage.list(".fleet"))


def test_spokes_are_leased_each_by_itself(storage: Storage) -> None:
    one, other = Leases(storage).acquire("spoke-a"), Leases(storage).acquire("spoke-ab")

    for held in (one, other):
        assert isinstance(held, HeldLease)
        held.release()


def test_the_lease_of_a_process_of_this_machine_that_died_is_taken_over_at_once(
    storage: Storage, dead: Process
) -> None:
    left = put(storage, 1, owner=dead)

    held = taken(storage)

    assert left == held.abandoned
    assert isinstance(Leases(storage).acquire("spoke-a"), Lease)
    held.release()
    assert [] == list(storage.list(".fleet"))


def test_another_process_with_the_same_number_is_not_the_owner(storage: Storage) -> None:
    me = Process.of(os.getpid())
    put(storage, 1, owner=me.model_copy(update={"started": me.started - 100}))

    taken(storage).release()


def test_of_several_that_find_an_abandoned_lease_one_gets_it(storage: Storage, dead: Process) -> None:
    put(storage, 1, owner=dead)
    ready = threading.Barrier(8)

    def acquire(_: int) -> HeldLease | Lease:
        leases = Leases(storage)
        ready.wait(10)
        return leases.acquire("spoke-a")

    with ThreadPoolExecutor(8) as workers:
        found = list(workers.map(acquire, range(8)))

    held = [each for each in found if isinstance(each, HeldLease)]
    assert 1 == len(held)
    assert {os.getpid()} == {each.owner.pid for each in found if isinstance(each, Lease)}
    held[0].release()
    assert [] == list(storage.list(".fleet"))


@pytest.mark.parametrize(
    ("silent", "gone"), [(dt.timedelta(0), False), (EXPIRY / 2, False), (EXPIRY + dt.timedelta(seconds=1), True)]
)
def test_an_owner_on_another_machine_is_gone_when_it_was_silent_for_too_long(
    storage: Storage,
    silent: dt.timedelta,
    gone: bool,  # noqa: FBT001 - what is expected
) -> None:
    put(storage, 1, owner=ELSEWHERE, renewed=dt.datetime.now(dt.UTC) - silent)

    found = Leases(storage).acquire("spoke-a")

    assert gone is isinstance(found, HeldLease)
    if isinstance(found, HeldLease):
        assert found.abandoned
        assert ELSEWHERE == found.abandoned.owner
        found.release()
    else:
        assert ELSEWHERE == found.owner


def test_an_owner_says_that_it_is_still_there(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    renewals = threading.Semaphore(0)
    write = storage.write

    def count(path: str, content: bytes) -> None:
        write(path, content)
        renewals.release()

    monkeypatch.setattr(storage, "write", count)
    monkeypatch.setattr(module, "_RENEW_SECONDS", 0.001)
    held = taken(storage)
    first = current(storage).renewed

    assert renewals.acquire(timeout=10)
    assert renewals.acquire(timeout=10)
    assert first < current(storage).renewed
    held.release()
    assert [] == list(storage.list(".fleet"))


def test_an_owner_outlives_a_storage_that_fails_for_a_while(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    write, failed, renewed = storage.write, threading.Event(), threading.Event()

    def fail_once(path: str, content: bytes) -> None:
        if not failed.is_set():
            failed.set()
            raise OSError("no way")
        write(path, content)
        renewed.set()

    monkeypatch.setattr(storage, "write", fail_once)
    monkeypatch.setattr(module, "_RENEW_SECONDS", 0.001)
    held = taken(storage)

    assert renewed.wait(10)
    held.release()


def test_the_pulumi_process_is_written_down(storage: Storage) -> None:
    held = taken(storage)

    held.set_engine(os.getpid())

    found = Leases(storage).acquire("spoke-a")
    assert isinstance(found, Lease)
    assert Process.of(os.getpid()) == found.engine
    held.release()


@pytest.mark.parametrize("content", [b"", b"{}", b"not JSON"])
def test_a_lease_that_cannot_be_read_is_taken_over(storage: Storage, content: bytes) -> None:
    storage.write(f"{FOLDER}/000001", content)

    held = taken(storage)

    assert None is held.abandoned
    held.release()
    assert [] == list(storage.list(".fleet"))


def test_the_newest_of_several_leases_counts(storage: Storage, dead: Process) -> None:
    put(storage, 1, owner=dead)
    newest = put(storage, 2, owner=ELSEWHERE)

    assert newest == Leases(storage).acquire("spoke-a")


def test_what_a_newer_release_adds_to_a_lease_is_passed_over(storage: Storage) -> None:
    owner = ELSEWHERE.model_dump_json()[:-1] + ',"colour":"blue"}'
    renewed = dt.datetime.now(dt.UTC).isoformat()
    storage.write(f"{FOLDER}/000001", f'{{"token":"t","owner":{owner},"renewed":"{renewed}","more":1}}'.encode())

    assert isinstance(Leases(storage).acquire("spoke-a"), Lease)


def test_a_process_that_has_ended_and_was_not_waited_for_does_not_live() -> None:
    process = subprocess.Popen([sys.executable, "-c", ""], stdout=subprocess.PIPE)
    found = Process.of(process.pid)
    assert process.stdout
    process.stdout.read()  # it ends as the process does
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)

    assert not found.lives
    process.wait()
    process.stdout.close()


def taken(storage: Storage) -> HeldLease:
    """Lease the spoke, which has to succeed."""
    held = Leases(storage).acquire("spoke-a")
    assert isinstance(held, HeldLease)
    return held


def put(storage: Storage, generation: int, *, owner: Process, renewed: dt.datetime | None = None) -> Lease:
    """Put somebody's lease there."""
    lease = Lease(token="t", owner=owner, renewed=renewed or dt.datetime.now(dt.UTC))  # noqa: S106 - no secret
    storage.write(f"{FOLDER}/{generation:06}", lease.model_dump_json().encode())
    return lease


def current(storage: Storage) -> Lease:
    """Read the newest lease."""
    path = max(entry.path for entry in storage.list(FOLDER))
    found = storage.read(path)
    assert found
    return Lease.model_validate_json(found[0])
