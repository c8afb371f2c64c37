"""Work that is done beside a command ends as it would have ended within it."""

import os
from pathlib import Path

import pytest

from cli import beside
from cli.beside import Ahead, Beside
from hub.definitions.load import read_catalog
from shared.errors import ContentError
from tests.support.catalog_copy import DAY, CatalogCopy
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


@pytest.mark.parametrize("count", [1, 2, 3, 8])
def test_the_later_half_is_done_by_another_process(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    monkeypatch.setattr(beside, "_DIVIDES", True)
    monkeypatch.setattr(beside, "_WORTH_A_PROCESS", 2)
    ahead = Ahead(range(count), lambda item: (item, os.getpid()))

    known = [ahead.get(item) for item in range(count)]
    first = count if count < 2 else count // 2
    assert [None] * first == known[:first]
    assert list(range(first, count)) == [each[0] for each in known[first:] if each]
    assert os.getpid() not in {each[1] for each in known if each}


@pytest.mark.parametrize("divides", [True, False])
def test_a_catalog_that_is_read_by_two_is_the_same_and_so_are_its_mistakes(
    monkeypatch: pytest.MonkeyPatch, catalog_copy: CatalogCopy, *, divides: bool
) -> None:
    monkeypatch.setattr(beside, "_DIVIDES", divides)
    monkeypatch.setattr(beside, "_WORTH_A_PROCESS", 2)
    assert read_catalog(catalog_copy.folder, DAY) == read_catalog(catalog_copy.folder, DAY, ahead=Ahead)

    for key in ("churn-predictor-shadow", "text-embedder-serverless"):
        catalog_copy.replace(f"products/{key}/product.yaml", "owner:", "ownr:")
    with pytest.raises(ContentError) as alone:
        read_catalog(catalog_copy.folder, DAY)
    with pytest.raises(ContentError) as divided:
        read_catalog(catalog_copy.folder, DAY, ahead=Ahead)
    assert str(alone.value) == str(divided.value)
    assert 2 <= len(divided.value.all)
