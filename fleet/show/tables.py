"""The tables of every command: whatever the terminal's width, no value is cut and none is left out.

In a terminal long texts go on in the next line, and columns for which there is no room stand below their row. Where
not even what one has to type fits, each row becomes a paragraph. Outside a terminal nothing is wrapped.
"""

import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

_GAP: Final = "  "
_INDENT: Final = " " * 4
_NARROWEST: Final = 24
"""Characters to which a column of text may shrink."""

_UNBOUNDED: Final = 100_000

Cell = str | Text


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes:
        rank: 0 for what one has to type or to know: it has its column. Of the others the highest gives way first.
        wraps: It holds text that may go on in the next line.
    """

    name: str
    rank: int = 0
    wraps: bool = False


def console(*, error: bool = False) -> Console:
    """Give the console of a command: as wide as the terminal, and without bounds where there is none."""
    stream = sys.stderr if error else sys.stdout
    return Console(highlight=False, stderr=error, width=None if stream.isatty() else _UNBOUNDED)


def show(console: Console, columns: Sequence[Column], rows: Sequence[Sequence[Cell]], *, heads: bool = True) -> None:
    """Print a table, with or without the names of its columns above it; without rows, nothing."""
    cells = [[cell if isinstance(cell, Text) else Text(cell) for cell in row] for row in rows]
    for line in _lines(columns, cells, console.width, heads=heads) if cells else ():
        console.print(line, soft_wrap=True)


def wrapped(text: str, width: int) -> list[str]:
    """Break a text into lines between its words; a word that is longer than a line stays whole."""
    lines = text.splitlines() or [""]
    return [
        part
        for line in lines
        for part in textwrap.wrap(line, width, break_long_words=False, break_on_hyphens=False) or [""]
    ]


def _lines(columns: Sequence[Column], cells: Sequence[Sequence[Text]], room: int, *, heads: bool) -> Iterator[Text]:
    widths = _fitting(columns, cells, room, heads=heads)
    if not widths:
        yield from _paragraphs(columns, cells)
        return
    if heads:
        yield _line([Text(columns[at].name, style="bold") for at in widths], list(widths.values()))
        yield Text(_GAP.join("─" * width for width in widths.values()), style="dim")
    for row in cells:
        yield from _side_by_side(row, widths)
        below = [f"{column.name}: {row[at].plain}" for at, column in enumerate(columns) if at not in widths and row[at]]
        if below:
            yield from (Text(_INDENT + line) for line in wrapped(" · ".join(below), room - len(_INDENT)))


def _fitting(
    columns: Sequence[Column], cells: Sequence[Sequence[Text]], room: int, *, heads: bool
) -> Mapping[int, int]:
    """Give the widths of the columns that fit side by side; none, where not even the keys do."""
    natural, words = (
        [
            max(
                [
                    len(column.name) if heads else 0,
                    *(cell_len(part) for row in cells for part in row[at].plain.split(by)),
                ]
            )
            for at, column in enumerate(columns)
        ]
        for by in ("\n", None)
    )
    kept = list(range(len(columns)))
    while True:
        widths = {at: natural[at] for at in kept}
        missing = sum(widths.values()) + len(_GAP) * (len(kept) - 1) - room
        for at in sorted(kept, key=lambda each: -widths[each]):
            if missing > 0 and columns[at].wraps:
                # At the end of a line a long word puts nothing out of place.
                least = _NARROWEST if at == kept[-1] else max(words[at], _NARROWEST)
                given = min(missing, max(0, widths[at] - least))
                widths[at] -= given
                missing -= given
        if missing <= 0:
            return widths
        last = max(kept, key=lambda each: columns[each].rank)
        if columns[last].rank == 0:
            return {}
        kept.remove(last)


def _side_by_side(row: Sequence[Text], widths: Mapping[int, int]) -> Iterator[Text]:
    parts = [
        [row[at]]
        if cell_len(row[at].plain) <= width
        else [Text(line, row[at].style) for line in wrapped(row[at].plain, width)]
        for at, width in widths.items()
    ]
    for number in range(max(len(part) for part in parts)):
        yield _line([part[number] if number < len(part) else Text() for part in parts], list(widths.values()))


def _line(parts: Sequence[Text], widths: Sequence[int]) -> Text:
    line = Text()
    for part, width in zip(parts, widths, strict=True):
        line.append_text(part).append(" " * (width - part.cell_len) + _GAP)
    line.rstrip()
    return line


def _paragraphs(columns: Sequence[Column], cells: Sequence[Sequence[Text]]) -> Iterator[Text]:
    longest = max(len(column.name) for column in columns)
    for number, row in enumerate(cells):
        if number:
            yield Text()
        for column, cell in zip(columns, row, strict=True):
            if cell:
                yield Text.assemble((f"{column.name:<{longest}}", "bold"), _GAP, cell)
