"""A copy of the catalog's files that a test can spoil."""

from pathlib import Path


class CatalogCopy:
    """A copy of the catalog's files, to change single things in.

    Attributes:
        folder: Where it is.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def replace(self, file: str, old: str, new: str) -> Path:
        """Replace a piece of a file that is there exactly once, and give the file's path."""
        path = self.folder / file
        text = path.read_text()
        assert 1 == text.count(old), f"{old!r} is {text.count(old)} times in {path}"
        path.write_text(text.replace(old, new))
        return path

    def write(self, file: str, text: str) -> Path:
        """Write a file, and give its path."""
        path = self.folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path
