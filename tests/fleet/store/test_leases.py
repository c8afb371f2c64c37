"""Leases: of all fleets, one has a spoke."""

import datetime as dt
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from fleet.errors import FleetError
from fleet.store import leases as module
from fleet.store.leases import EXPIRY, HeldLease, Lease, Leases
from fleet.store.storage import Storage
from shared.stack import process
from shared.stack.process import Process
from tests.support.fake_account import always
from tests.support.fleet.claims import ELSEWHERE, FIRST, FOLDER, HERE, age, content, current, put, taken
from tests.support.refused import refused


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


def test_a_lease_that_was_released_can_be_acquired_again_and_counts_on(storage: Storage) -> None:
    for generation in (1, 2, 3):
        held = taken(storage)
        assert None is held.abandoned
        assert generation == current(storage).generation
        held.release()
        assert b'{"generation":%d,"released":true}' % generation == content(storage)


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


def test_another_process_with_the_same_number_is_not_the_owner(storage: Storage) -> None:
    put(storage, 1, owner=HERE.model_copy(update={"ticks": HERE.ticks - 100}))

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


@pytest.mark.parametrize("clock", [-5, 0, 5])
@pytest.mark.parametrize(
    ("silent", "gone"), [(dt.timedelta(0), False), (EXPIRY / 2, False), (EXPIRY + dt.timedelta(seconds=2), True)]
)
def test_an_owner_in_another_container_is_gone_when_it_was_silent_for_too_long_by_the_storages_time(
    storage: Storage,
    silent: dt.timedelta,
    gone: bool,  # noqa: FBT001 - what is expected
    clock: int,
) -> None:
    """What its clock says, minutes off, does not matter."""
    put(storage, 1, owner=ELSEWHERE, renewed=dt.datetime.now(dt.UTC) + dt.timedelta(minutes=clock))
    age(storage, silent)

    found = Leases(storage).acquire("spoke-a")

    assert gone is isinstance(found, HeldLease)
    if isinstance(found, HeldLease):
        assert found.abandoned
        assert ELSEWHERE == found.abandoned.owner
        found.release()
    else:
        assert ELSEWHERE == found.owner


def test_an_owner_that_nobody_can_look_for_is_judged_by_its_silence_alone(
    storage: Storage, dead: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a system without /proc, or in a container that shows the processes of another."""
    monkeypatch.setattr(process, "here", lambda: ("", ""))
    put(storage, 1, owner=dead)

    assert isinstance(Leases(storage).acquire("spoke-a"), Lease)


def test_silence_is_measured_once_and_then_waited_for(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    put(storage, 1, owner=ELSEWHERE)
    leases, measure, asked = Leases(storage), storage.age, list[str]()

    def count(path: str) -> dt.timedelta:
        asked.append(path)
        return measure(path)

    monkeypatch.setattr(storage, "age", count)
    assert isinstance(leases.acquire("spoke-a"), Lease)
    elapsed = module.elapsed
    monkeypatch.setattr(module, "elapsed", lambda: elapsed() + EXPIRY.total_seconds())

    held = leases.acquire("spoke-a")

    assert isinstance(held, HeldLease)
    assert [FIRST] == asked
    held.release()


def test_whoever_takes_the_lease_of_a_container_gives_its_owner_the_time_to_notice(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    monkeypatch.setattr(module.STOPPING, "wait", waited.append)
    lease = put(storage, 1, owner=ELSEWHERE, engine=ELSEWHERE)
    age(storage, EXPIRY * 2)

    held = taken(storage)

    assert lease == held.abandoned
    assert [module.HANDOVER_SECONDS] == waited
    assert module.HANDOVER_SECONDS > module.RENEW_SECONDS
    held.release()


def test_an_interrupt_ends_the_wait_and_gives_the_lease_back(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.STOPPING, "wait", always("interrupted"))
    put(storage, 1, owner=ELSEWHERE, engine=ELSEWHERE)
    age(storage, EXPIRY * 2)

    with refused(FleetError, "interrupted"):
        Leases(storage).acquire("spoke-a")

    assert b"released" in content(storage)


def test_the_pulumi_process_is_written_down(storage: Storage) -> None:
    held = taken(storage)

    held.set_engine(os.getpid())

    found = Leases(storage).acquire("spoke-a")
    assert isinstance(found, Lease)
    assert Process.of(os.getpid()) == found.engine
    held.release()


@pytest.mark.parametrize("content", [b"", b"{}", b"not JSON"])
def test_a_lease_that_cannot_be_read_is_taken_over_once_it_was_silent_for_too_long(
    storage: Storage, content: bytes
) -> None:
    storage.write(FIRST, content)
    assert "process 0 on an unknown machine" == str(Leases(storage).acquire("spoke-a"))
    age(storage, EXPIRY * 2)

    held = taken(storage)

    assert None is held.abandoned
    held.release()


def test_the_newest_of_several_leases_counts(storage: Storage, dead: Process) -> None:
    put(storage, 1, owner=dead)
    newest = put(storage, 2, owner=ELSEWHERE)

    assert newest == Leases(storage).acquire("spoke-a")


def test_what_a_newer_release_adds_to_a_lease_is_passed_over(storage: Storage) -> None:
    owner = HERE.model_dump_json()[:-1] + ',"colour":"blue"}'
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
