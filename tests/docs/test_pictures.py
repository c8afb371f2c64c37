"""The pictures of the documents are those that `make pictures` takes, and it can take each of them."""

import re
from pathlib import Path

import pytest

from tests.support.paths import ROOT
from tests.support.pictures import FOLDER, PICTURES, take

SHOWN = re.compile(r"!\[[^\]]+\]\(((?:\.\./)*(?:docs/)?pictures/[\w-]+\.png)\)")


def test_the_documents_show_the_pictures_that_the_command_takes_and_no_others() -> None:
    documents = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    shown = {(path.parent / each).resolve() for path in documents for each in SHOWN.findall(path.read_text())}

    assert {FOLDER / f"{name}.png" for name in PICTURES} == shown == set(FOLDER.iterdir())
    assert "\npictures: install " in (ROOT / "Makefile").read_text()
    assert "\t@python -m tests.support.pictures\n" in (ROOT / "Makefile").read_text()


@pytest.mark.browser
def test_each_can_be_taken_as_large_as_the_one_that_is_shown(tmp_path: Path) -> None:
    taken = {path.stem: path for path in take(tmp_path)}

    assert PICTURES.keys() == taken.keys()
    for name, (_, width, height, _) in PICTURES.items():
        assert (width, height) == size(taken[name]) == size(FOLDER / f"{name}.png")


def size(picture: Path) -> tuple[int, int]:
    """Read a picture's width and height (source: PNG specification, "IHDR")."""
    head = picture.read_bytes()[:24]
    assert head.startswith(b"\x89PNG\r\n\x1a\n")
    return int.from_bytes(head[16:20]), int.from_bytes(head[20:24])
