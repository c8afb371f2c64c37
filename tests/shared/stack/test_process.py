"""A process is told from every other, whatever host names and numbers they have."""

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from shared.stack import process as module
from shared.stack.process import Process, here, name_of, parent_of


def test_this_process_lives() -> None:
    me = Process.of(os.getpid())

    assert me.is_here
    assert me.lives
    assert psutil.Process().create_time() == me.started  # as former releases compare it
    assert parent_of(os.getpid()) == os.getppid()


@pytest.mark.parametrize("other", [{"ticks": 1}, {"namespace": "pid:[1]"}, {"boot": "another"}, {"pid": 2**22 + 1}])
def test_what_differs_in_anything_is_another(other: dict[str, object]) -> None:
    assert not Process.of(os.getpid()).model_copy(update=other).lives


def test_a_host_name_says_nothing() -> None:
    assert Process.of(os.getpid()).model_copy(update={"host": "elsewhere"}).lives


def test_a_process_that_has_ended_does_not_live() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as started:
        found = Process.of(started.pid)
        assert found.lives
        started.communicate(b"\n")

    assert not found.lives
    assert ("", 0) == (name_of(found.pid), parent_of(found.pid))


def test_one_that_is_not_there_cannot_be_described_as_alive() -> None:
    assert not Process.of(2**22 + 1).lives


def test_a_name_with_brackets_and_spaces_is_read(tmp_path: Path) -> None:
    program = tmp_path / "a) 1 (b"
    program.symlink_to(os.path.realpath("/bin/sleep"))
    with subprocess.Popen([program, "60"]) as started:
        assert os.getpid() == parent_of(started.pid)
        started.kill()


@pytest.mark.parametrize("proc", ["missing", "another namespace's"])
def test_where_processes_cannot_be_looked_for_none_is_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, proc: str
) -> None:
    me = Process.of(os.getpid())
    if proc != "missing":
        (tmp_path / "self").symlink_to("1")
    monkeypatch.setattr(module, "_PROC", tmp_path)
    here.cache_clear()
    try:
        assert ("", "") == here()
        assert not me.is_here
        assert not Process.of(os.getpid()).lives
    finally:
        here.cache_clear()


def test_a_process_of_a_nested_container_is_seen_by_its_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "12").mkdir()
    (tmp_path / "12" / "status").write_text("Name:\tpulumi\nNSpid:\t12\t7\n")
    monkeypatch.setattr(module, "_FIRST_NAMESPACE", here()[1])
    monkeypatch.setattr(module, "_PROC", tmp_path)

    assert [False, False, True] == [module.is_gone_everywhere(pid) for pid in (12, 7, 8)]


@pytest.mark.parametrize(("kind", "local"), [("ext4", True), ("tmpfs", True), ("nfs4", False), ("fuse.sshfs", False)])
def test_a_folder_is_local_where_its_file_system_is(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    local: bool,  # noqa: FBT001 - what is expected
) -> None:
    (tmp_path / "self").mkdir()
    mounts = f"1 0 8:1 / / rw - nfs4 server rw\n2 1 8:2 / {tmp_path} rw shared:1 - {kind} /dev/x rw\n"
    (tmp_path / "self" / "mountinfo").write_text(mounts)
    monkeypatch.setattr(module, "_PROC", tmp_path)

    assert local is module.is_local(tmp_path / "deep" / "er")
    assert not module.is_local(Path("/"))
