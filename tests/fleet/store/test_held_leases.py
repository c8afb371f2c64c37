"""What an owner has to do to keep a lease, and how it hears that it has lost it."""

import os
import threading

import pytest

from fleet.errors import FleetError
from fleet.store import leases as module
from fleet.store.storage import Found, Storage
from tests.support.fleet.claims import FIRST, HERE, current, taken
from tests.support.refused import refused


def test_an_owner_says_that_it_is_still_there(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    renewals = threading.Semaphore(0)
    monkeypatch.setattr(module, "RENEW_SECONDS", 0.001)
    held = taken(storage)
    first, allowed = current(storage).renewed, list[float]()

    def count(until: float) -> None:
        allowed.append(until)
        renewals.release()

    held.listen(count)

    for _ in range(3):
        assert renewals.acquire(timeout=10)
    assert first < current(storage).renewed
    assert sorted(allowed) == allowed
    assert allowed[0] < allowed[-1] <= module.elapsed() + module.ALLOWED_SECONDS
    held.release()


def test_an_owner_outlives_a_storage_that_fails_for_a_while(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    replace, failed, renewed = storage.replace, threading.Event(), threading.Event()

    def fail_once(path: str, before: Found, content: bytes) -> Found | None:
        if not failed.is_set():
            failed.set()
            raise OSError("no way")
        done = replace(path, before, content)
        renewed.set()
        return done

    monkeypatch.setattr(storage, "replace", fail_once)
    monkeypatch.setattr(module, "RENEW_SECONDS", 0.001)
    held = taken(storage)

    assert renewed.wait(10)
    assert not held.is_lost
    held.release()


def test_a_storage_that_fails_for_too_long_loses_the_lease(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody knows then whether somebody else has it."""
    monkeypatch.setattr(module, "ALLOWED_SECONDS", 0.05)
    monkeypatch.setattr(module, "RENEW_SECONDS", 0.001)
    held = taken(storage)
    replace, told = storage.replace, threading.Event()
    monkeypatch.setattr(storage, "replace", fail)
    held.listen(lambda until: None if until else told.set())

    assert told.wait(10)
    with refused(FleetError, "lease-lost", "spoke-a"):
        held.check()
    with refused(FleetError, "lease-lost"):
        held.set_engine(os.getpid())
    monkeypatch.setattr(storage, "replace", replace)
    held.release()
    taken(storage).release()


def test_an_answer_that_was_lost_does_not_lose_the_lease(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    replace = storage.replace

    def forget(path: str, before: Found, content: bytes) -> Found | None:
        replace(path, before, content)
        return replace(path, before, content)  # as a client does that got no answer

    monkeypatch.setattr(storage, "replace", forget)
    held = taken(storage)

    held.set_engine(os.getpid())

    assert not held.is_lost
    assert HERE == current(storage).engine
    held.release()


def test_a_former_owner_neither_makes_a_removed_lease_anew_nor_touches_that_of_another(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RENEW_SECONDS", 0.001)
    for other in (b"", b"somebody else's"):
        held = taken(storage)
        lost = threading.Event()
        held.listen(lambda until, lost=lost: None if until else lost.set())
        storage.remove(FIRST)
        if other:
            storage.write(FIRST, other)

        assert lost.wait(10)
        held.release()

        assert other == getattr(storage.read(FIRST), "content", b"")


def fail(path: str, before: Found, content: bytes) -> Found | None:
    """Stand for a storage that is out of reach."""
    raise OSError(f"no way to {path}: {len(before.content)} {len(content)}")
