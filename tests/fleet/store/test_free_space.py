"""A run begins only where the disk takes the state as often as it is written."""

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from fleet.errors import StateError
from fleet.store.free_space import COPIES, LEAST, refuse_full_disk
from tests.support.fake_account import always
from tests.support.refused import refused

STATE = 8 << 20


def disk(monkeypatch: pytest.MonkeyPatch, free: int, *, files: int = 1000, left: int = 1000) -> None:
    """Let every disk have so much left."""
    found = SimpleNamespace(f_bavail=free // 4096, f_frsize=4096, f_files=files, f_favail=left)
    monkeypatch.setattr(os, "statvfs", always(found))


@pytest.fixture
def backend(tmp_path: Path) -> Path:
    """Give a backend with a state of 8 MiB."""
    folder = tmp_path / ".pulumi" / "stacks" / "model-catalog-hub"
    folder.mkdir(parents=True)
    (folder / "hub.json").write_bytes(b" " * STATE)
    return tmp_path


@pytest.mark.parametrize(("stack", "needed"), [("hub", LEAST + COPIES * STATE), ("spoke-a", LEAST)])
def test_it_needs_room_for_what_is_written(
    backend: Path, monkeypatch: pytest.MonkeyPatch, stack: str, needed: int
) -> None:
    disk(monkeypatch, needed)
    refuse_full_disk(backend.as_uri(), stack)

    disk(monkeypatch, needed - 4096)
    with refused(StateError, "disk-full", str(backend)) as found:
        refuse_full_disk(backend.as_uri(), stack)

    assert f"a run of {stack} needs {needed >> 20}. A disk that fills up on the way" in str(found.value)


def test_a_disk_that_takes_no_more_files_is_full_too(backend: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk(monkeypatch, 1 << 40, left=0)
    with refused(StateError, "disk-full"):
        refuse_full_disk(backend.as_uri(), "hub")

    disk(monkeypatch, 1 << 40, files=0, left=0)  # as file systems say that do not count them
    refuse_full_disk(backend.as_uri(), "hub")


def test_a_backend_that_is_not_there_yet_is_on_the_disk_of_its_folder(tmp_path: Path) -> None:
    refuse_full_disk((tmp_path / "not" / "yet").as_uri(), "hub")


@pytest.mark.parametrize("backend", ["s3://bucket", "https://api.pulumi.com", "gs://bucket"])
def test_a_bucket_is_never_full(monkeypatch: pytest.MonkeyPatch, backend: str) -> None:
    disk(monkeypatch, 0)

    refuse_full_disk(backend, "hub")
