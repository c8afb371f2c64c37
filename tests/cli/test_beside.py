"""Work that is done beside a command ends as it would have ended within it."""

import os
from pathlib import Path

import pytest

from cli import beside
from cli.beside import Beside
from shared.errors import ContentError
from tests.support.refused import refused


@pytest.mark.parametrize("divides", [True, False])
def test_what_the_work_finds_is_told(monkeypatch: pytest.MonkeyPatch, *, divides: bool) -> None:
    monkeypatch.setattr(beside, "_DIVIDES", divides)
    kept = {"a": b"x" * 1_000_000}  # more than a pipe holds

    assert kept == Beside(lambda: kept).result()


def test_it_is_done_by_another_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "_DIVIDES", True)

    assert os.getpid() != Beside(os.getpid).result()


def test_what_it_refuses_is_refused_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "_DIVIDES", True)

    def refuse() -> None:
        raise ContentError("is wrong.", code="invalid-value", place="x")

    with refused(ContentError, "invalid-value", "x"):
        Beside(refuse).result()


def test_a_process_that_is_killed_leaves_the_work_to_the_command(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(beside, "_DIVIDES", True)
    mark = tmp_path / "begun"

    def work() -> str:
        if not mark.exists():
            mark.touch()
            os._exit(9)
        return "done"

    assert "done" == Beside(work).result()
