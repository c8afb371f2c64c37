"""Where a server that runs for long has its index from: read again when the files or the day are others."""

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path

from pages.index.model import Index

_Mark = tuple[dt.date, tuple[tuple[str, int, int], ...]]


class Source:
    """An index that is as its files are now."""

    def __init__(
        self, read: Callable[[], Index], files: Callable[[], Sequence[Path]], day: Callable[[], dt.date]
    ) -> None:
        """Keep what reads the index, what it is read from, and what day it is."""
        self._read, self._files, self._day = read, files, day
        self._mark: _Mark | None = None
        self._index: Index | None = None

    def index(self) -> Index:
        """Give the index. Raises CatalogError."""
        mark = self._marked()
        if self._index is None or mark != self._mark:
            self._index, self._mark = self._read(), mark
        return self._index

    def day(self) -> dt.date:
        """Give the day."""
        return self._day()

    def _marked(self) -> _Mark:
        found: list[tuple[str, int, int]] = []
        for path in self._files():
            status = path.stat()
            found.append((str(path), status.st_mtime_ns, status.st_size))
        return self._day(), tuple(found)
