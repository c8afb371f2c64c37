"""Engines are noted from their start to their end, so that the lock of a killed one is known."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from shared.stack import engines
from shared.stack.process import Process
from tests.support.fake_account import always

ME = Process.of(os.getpid())


def test_only_an_engine_that_was_noted_and_is_gone_is_dead(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as started:
        engines.remember(tmp_path, "hub", started.pid)
        assert not engines.is_dead(tmp_path, "hub", ME.host, started.pid)
        started.communicate(b"\n")

    assert engines.is_dead(tmp_path, "hub", ME.host, started.pid)
    assert not engines.is_dead(tmp_path, "hub", "elsewhere", started.pid)
    assert not engines.is_dead(tmp_path, "hub-two", ME.host, started.pid)


def test_an_engine_that_came_to_its_end_leaves_nothing(tmp_path: Path) -> None:
    engines.remember(tmp_path, "hub", ME.pid)

    engines.forget(tmp_path, "hub", ME.pid)

    assert [] == [each for each in tmp_path.rglob("*") if each.is_file()]


def test_a_program_notes_the_engine_that_runs_it_and_lets_go_of_those_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parent = os.getppid()
    monkeypatch.setattr(engines, "_ENGINE", engines.name_of(parent))
    gone, elsewhere = (
        ME.model_copy(update={"pid": 2**22 + 1, "namespace": each}) for each in (ME.namespace, "pid:[1]")
    )
    for each in (gone, elsewhere):
        with monkeypatch.context() as patched:
            patched.setattr(engines.Process, "of", always(each))
            engines.remember(tmp_path, "hub", each.pid)

    engines.remember_own(tmp_path, "hub")

    left = [Process.model_validate_json(each.read_bytes()) for each in sorted(tmp_path.rglob("*.json"))]
    assert sorted([Process.of(parent), elsewhere], key=lambda each: str(each.pid)) == left


def test_a_program_that_no_engine_runs_notes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "_ENGINE", "no such program")

    engines.remember_own(tmp_path, "hub")

    assert [] == list(tmp_path.iterdir())


def test_a_folder_that_takes_nothing_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / ".fleet").touch()

    engines.remember(tmp_path, "hub", ME.pid)
    engines.forget(tmp_path, "hub", ME.pid)

    assert not engines.is_dead(tmp_path, "hub", ME.host, ME.pid)
