"""An engine runs as long as its lease lasts, whatever becomes of the fleet."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from fleet.store.leases import elapsed
from shared.stack.process import Process

GUARD = Path(__file__).parents[2] / "fleet" / "guard.py"
POLITE = "import signal,sys,time; signal.signal(2, lambda *_: sys.exit(7)); print('ready', flush=True); time.sleep(60)"
STUBBORN = "import signal,time; signal.signal(2, signal.SIG_IGN); print('ready', flush=True); time.sleep(60)"


class Guarded:
    """A guard, and what runs under it."""

    def __init__(self, *command: str) -> None:
        reading, writing = os.pipe()
        self.guard = subprocess.Popen(
            [sys.executable, "-I", "-S", GUARD, str(writing), *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=[writing],
            start_new_session=True,
        )
        os.close(writing)
        self.engine = Process.of(int(os.read(reading, 20)))
        os.close(reading)

    def allow(self, ask: float, kill: float) -> None:
        """Say when it is to be asked, and killed, in seconds from now; and see that it has begun."""
        assert self.guard.stdin
        self.guard.stdin.write(f"{elapsed() + ask} {elapsed() + kill}\n".encode())
        self.guard.stdin.flush()

    def begun(self) -> None:
        """Wait until it runs."""
        assert self.guard.stdout
        assert b"ready\n" == self.guard.stdout.readline()


Start = Callable[..., Guarded]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start something under a guard; nothing of it outlives the test."""
    started: list[Guarded] = []

    def begin(*command: str) -> Guarded:
        started.append(Guarded(*command))
        return started[-1]

    yield begin
    for each in started:
        for pid in (each.engine.pid, each.guard.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        each.guard.wait(10)
        for pipe in (each.guard.stdin, each.guard.stdout):
            if pipe:
                with suppress(OSError):
                    pipe.close()


def test_nothing_begins_before_it_is_allowed(start: Start, tmp_path: Path) -> None:
    """Who works for a lease is written down first, and where that fails there is nothing to end."""
    mark = tmp_path / "mark"
    refused = start("touch", str(mark))
    assert refused.engine.lives

    refused.guard.communicate()

    assert not mark.exists()
    allowed = start("touch", str(mark))
    allowed.allow(60, 90)
    assert 0 == allowed.guard.wait(10)
    assert mark.exists()


@pytest.mark.parametrize(("command", "code"), [("exit 0", 0), ("exit 3", 3), ("kill -KILL $$", -signal.SIGKILL)])
def test_it_ends_as_what_it_runs(start: Start, command: str, code: int) -> None:
    guarded = start("sh", "-c", command)
    guarded.allow(60, 90)

    assert code == guarded.guard.wait(10)


def test_what_is_not_there_is_told(start: Start) -> None:
    guarded = start("no-such-program")
    guarded.allow(60, 90)

    assert b"error: no-such-program: No such file or directory\n" == guarded.guard.communicate()[0]
    assert 127 == guarded.guard.returncode


def test_at_its_time_an_engine_is_asked_to_end(start: Start) -> None:
    guarded = start(sys.executable, "-c", POLITE)
    guarded.allow(60, 90)
    guarded.begun()

    guarded.allow(0.1, 60)

    assert 7 == guarded.guard.wait(10)


def test_an_engine_that_does_not_end_is_killed_in_time(start: Start) -> None:
    guarded = start(sys.executable, "-c", STUBBORN)
    guarded.allow(0.2, 0.6)
    begun = time.monotonic()

    assert -signal.SIGKILL == guarded.guard.wait(10)
    assert time.monotonic() - begun < 5
    assert not guarded.engine.lives


def test_every_renewal_gives_it_more_time(start: Start) -> None:
    guarded = start(sys.executable, "-c", STUBBORN)
    for _ in range(8):
        guarded.allow(0.5, 0.5)
        time.sleep(0.2)

    assert guarded.engine.lives
    assert -signal.SIGKILL == guarded.guard.wait(10)


def test_a_lost_lease_ends_it_at_once(start: Start) -> None:
    guarded = start(sys.executable, "-c", STUBBORN)
    guarded.allow(60, 90)
    guarded.begun()
    assert guarded.guard.stdin

    guarded.guard.stdin.write(b"-30 0\n")
    guarded.guard.stdin.flush()

    assert -signal.SIGKILL == guarded.guard.wait(10)


def test_the_engine_of_a_killed_fleet_has_the_time_that_was_left(start: Start) -> None:
    guarded = start(sys.executable, "-c", POLITE)
    guarded.allow(1, 5)
    guarded.begun()
    assert guarded.guard.stdin

    guarded.guard.stdin.close()

    time.sleep(0.3)
    assert guarded.engine.lives
    assert 7 == guarded.guard.wait(10)


def test_an_engine_ends_with_its_guard(start: Start) -> None:
    guarded = start(sys.executable, "-c", STUBBORN)
    guarded.allow(60, 90)
    guarded.begun()

    guarded.guard.kill()
    guarded.guard.wait(10)

    deadline = time.monotonic() + 5
    while guarded.engine.lives and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not guarded.engine.lives
