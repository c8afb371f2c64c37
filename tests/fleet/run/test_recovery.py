"""What a run that died left behind is brought to an end."""

import os
import subprocess
import sys

import pytest

from fleet.run.recovery import await_orphan, end_session, may_unlock
from fleet.store.leases import Lease, Process
from fleet.store.states import Lock
from tests.support.fleet.making import FINISHED

ME = Process.of(os.getpid())
GONE = Process(host=ME.host, pid=2**22 + 1, started=1.0)
FAR = Process(host="elsewhere", pid=7, started=1.0)


def lease(engine: Process | None) -> Lease:
    return Lease(token="t", owner=FAR, engine=engine, renewed=FINISHED)  # noqa: S106 - no secret


@pytest.mark.parametrize(
    ("host", "pid", "left", "may"),
    [
        (ME.host, GONE.pid, None, True),
        (ME.host, ME.pid, None, False),
        (ME.host, ME.pid, lease(ME), False),
        ("elsewhere", 7, None, False),
        ("elsewhere", 7, lease(None), False),
        ("elsewhere", 7, lease(FAR), True),
        ("elsewhere", 8, lease(FAR), False),
        ("another", 7, lease(FAR), False),
    ],
    ids=[
        "a dead run here",
        "a live run here",
        "a live run of an abandoned lease",
        "a run elsewhere",
        "a lease that was abandoned before its run",
        "the run of an abandoned lease elsewhere",
        "another run there",
        "another machine",
    ],
)
def test_a_lock_is_removed_only_where_its_run_has_died(host: str, pid: int, left: Lease | None, may: bool) -> None:  # noqa: FBT001 - what is expected
    assert may is may_unlock(Lock(user="ada", host=host, pid=pid, since=""), left)


@pytest.mark.parametrize("process", [None, GONE, FAR])
def test_nobody_waits_for_what_is_gone(process: Process | None) -> None:
    await_orphan(process)


def test_what_a_killed_process_left_behind_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fleet.run.recovery._MARGIN_SECONDS", -1)
    child = "import os, sys; sys.stdout.write(str(os.getpid())); sys.stdout.flush(); sys.stdin.read()"
    parent = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {child!r}]).wait()"
    process = subprocess.Popen(
        [sys.executable, "-c", parent], stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    )
    assert process.stdout
    left = Process.of(int(os.read(process.stdout.fileno(), 20)))
    assert left.lives
    process.kill()
    process.wait()

    end_session(process.pid)

    assert not left.lives
    process.communicate()
