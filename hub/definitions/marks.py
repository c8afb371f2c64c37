"""Marks: what a file was written with in the place of what only a person can say.

A file with a mark is read by nobody but the check that lists them, so that nothing half said is ever published.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hub.definitions.yaml_file import content_of
from shared.errors import ContentError

_MARK: Final = re.compile(r"<fill in: ([^<>]*)>")
_BEGINNING: Final = b"<fill in: "
_READ: Final = ("*.yaml", "*.json")


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark: in which file and line, and what is to be said there."""

    path: Path
    line: int
    what: str

    def __str__(self) -> str:
        """Say what to do."""
        return f"{self.path}:{self.line}: fill in {self.what}"


def mark(what: str) -> str:
    """Write a mark."""
    return f"<fill in: {what}>"


def is_said(text: str) -> bool:
    """Whether a text is there, and is no mark."""
    return bool(text) and not _MARK.search(text)


def marks_in(folder: Path, products: Collection[str] | None = None) -> Iterator[Mark]:
    """List the marks in the files of products' folders: of those with these keys, or of all."""
    for path in sorted(found for pattern in _READ for found in (folder / "products").glob(f"*/{pattern}")):
        if products is not None and path.parent.name not in products:
            continue
        content = content_of(path)
        lines = content.decode(errors="replace").splitlines() if _BEGINNING in content else ()
        for number, line in enumerate(lines, start=1):
            for found in _MARK.finditer(line):
                yield Mark(path, number, found[1].replace("''", "'"))  # as YAML writes it between single quotes


def refuse_marks(folder: Path, products: Collection[str] | None = None) -> None:
    """Refuse a catalog in which something is still to be said, of products with these keys, or of all.

    Raises:
        ContentError: names the first mark, and how many there are.
    """
    found = list(marks_in(folder, products))
    if found:
        raise ContentError(
            f"fill in {found[0].what}. Marks left: {len(found)}; model-catalog models check lists them.",
            code="mark-left",
            place=f"{found[0].path}:{found[0].line}",
        )
