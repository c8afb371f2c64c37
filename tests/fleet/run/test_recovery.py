"""What a run that died left behind is brought to an end."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from fleet.engine import STOPPING, Engine
from fleet.errors import FleetError
from fleet.run.engine_log import Log
from fleet.run.recovery import Recovery, await_orphan, end_session, may_unlock
from fleet.store.leases import Lease
from fleet.store.locks import Lock
from fleet.store.states import State, StoredStates
from fleet.store.storage import Storage
from shared.stack import engines
from shared.stack.process import Process
from tests.support.fake_account import always
from tests.support.fleet.making import FINISHED, spoke

ME = Process.of(os.getpid())
GONE = ME.model_copy(update={"pid": 2**22 + 1})
FAR = ME.model_copy(update={"namespace": "pid:[1]"})
"""A process of this number in another container of this host's name."""
UNKNOWN = Process(host=ME.host, pid=GONE.pid, started=1.0)
"""What a former release wrote of one."""


def lease(engine: Process | None) -> Lease:
    return Lease(token="t", owner=FAR, engine=engine, renewed=FINISHED)  # noqa: S106 - no secret


@pytest.mark.parametrize(
    ("pid", "left", "may"),
    [
        (GONE.pid, None, False),
        (GONE.pid, lease(None), False),
        (GONE.pid, lease(ME), False),
        (GONE.pid, lease(GONE), True),
        (ME.pid, lease(ME), False),
        (ME.pid, lease(FAR), True),
        (GONE.pid, lease(UNKNOWN), False),
    ],
    ids=[
        "of nobody we know, whose number nobody has here",
        "of a run after that of an abandoned lease",
        "of another run than that of an abandoned lease",
        "of the run of an abandoned lease, which is gone",
        "of the run of an abandoned lease, which goes on",
        "of the run of an abandoned lease in another container, whose guard has ended it",
        "of the run of a former release, which has no guard",
    ],
)
def test_a_lock_is_removed_only_where_its_run_is_known_to_be_over(
    tmp_path: Path,
    pid: int,
    left: Lease | None,
    may: bool,  # noqa: FBT001 - what is expected
) -> None:
    """Two containers have one host name, and processes of one number."""
    assert may is may_unlock(
        tmp_path, "spoke-a", Lock(user="ada", host=ME.host, pid=pid, since="", is_shared=True), left
    )


@pytest.mark.parametrize(
    ("noted", "may"),
    [([GONE], True), ([ME], False), ([FAR], False), ([GONE.model_copy(update={"namespace": "pid:[1]"}), GONE], False)],
    ids=["gone", "alive", "in another container", "gone here, and one of its number in another container"],
)
def test_a_lock_of_an_engine_that_was_started_from_this_checkout_is_removed_once_that_is_gone(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    noted: list[Process],
    may: bool,  # noqa: FBT001 - what is expected
) -> None:
    for each in noted:
        monkeypatch.setattr(engines.Process, "of", always(each))
        engines.remember(tmp_path, "spoke-a", each.pid)

    lock = Lock(user="ada", host=ME.host, pid=noted[0].pid, since="", is_shared=True)

    assert may is may_unlock(tmp_path, "spoke-a", lock, None)
    assert not may_unlock(tmp_path, "spoke-ab", lock, None)


@pytest.mark.usefixtures("no_pauses")
def test_no_file_of_a_run_that_goes_on_is_touched(tmp_path: Path) -> None:
    storage, state = Storage(tmp_path.as_uri()), ".pulumi/stacks/model-catalog-spoke/spoke-a.json"
    storage.write(f"{state}.attrs", b"")  # Pulumi writes it this very moment
    lock = {"username": "ada", "hostname": ME.host, "pid": ME.pid, "timestamp": ""}
    storage.write(".pulumi/locks/organization/model-catalog-spoke/spoke-a/a.json", json.dumps(lock).encode())
    recovery = Recovery("spoke-a", Engine(tmp_path), StoredStates(storage), Log(tmp_path / "log"))
    settings = spoke(tmp_path, "a", "300000000001").settings
    assert settings
    STOPPING.set()

    with pytest.raises(FleetError, match="Wait for that run to end"):
        recovery.clear_up(None, settings)

    assert storage.read(f"{state}.attrs")


@pytest.mark.parametrize("abandoned", [None, lease(None)])
def test_what_a_killed_rollout_left_is_looked_for_even_where_its_last_deployment_succeeded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, abandoned: Lease | None
) -> None:
    looked: list[object] = []
    monkeypatch.setattr(StoredStates, "read", always(State(tag="t")))
    monkeypatch.setattr(StoredStates, "failed_last", always(answer=False))
    recovery = Recovery("spoke-a", Engine(tmp_path), StoredStates(Storage(tmp_path.as_uri())), Log(tmp_path / "log"))
    monkeypatch.setattr(recovery, "look_for_unknown", looked.append)
    settings = spoke(tmp_path, "a", "300000000001").settings
    assert settings

    recovery.clear_up(abandoned, settings)

    assert looked == ([settings] if abandoned else [])


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
