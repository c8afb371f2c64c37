"""Pictures of what stands on what: boxes in columns, from left to right, drawn as SVG by a template."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 208
"""Of a box, in units of the picture."""
HEIGHT: Final = 50
_ACROSS: Final = 44
_DOWN: Final = 16
_LONGEST: Final = 27
"""Characters that a box has room for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """Something that has a box.

    Attributes:
        key: What edges name it by.
        title: Its first line.
        note: Its second line.
        kind: How it looks: a class of the style sheet.
    """

    key: str
    title: str
    note: str = ""
    kind: str = "plain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A box at its place."""

    node: Node
    x: int
    y: int

    @property
    def title(self) -> str:
        """The first line, as far as it fits."""
        return _fitting(self.node.title)

    @property
    def note(self) -> str:
        """The second line, as far as it fits."""
        return _fitting(self.node.note)


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Boxes and the lines between them.

    Attributes:
        lines: As paths of SVG.
        words: The same in sentences, for those who do not see it.
    """

    width: int
    height: int
    boxes: Sequence[Box]
    lines: Sequence[str]
    words: Sequence[str]


def picture(nodes: Sequence[Node], edges: Iterable[tuple[str, str]]) -> Picture:
    """Place nodes so that every edge leads to the right.

    Args:
        nodes: In the order that they have where nothing else decides.
        edges: Each from what comes first to what stands on it, by the nodes' keys; others are left out.
    """
    known = {node.key: node for node in nodes}
    kept = [(start, end) for start, end in dict.fromkeys(edges) if start in known and end in known and start != end]
    before: dict[str, list[str]] = {key: [start for start, end in kept if end == key] for key in known}
    columns: dict[int, list[Node]] = {}
    depths: dict[str, int] = {}
    for key, node in known.items():
        columns.setdefault(_depth(key, before, depths, frozenset()), []).append(node)
    rows: dict[str, float] = {}
    places: dict[str, Box] = {}
    tallest = max((len(column) for column in columns.values()), default=0)
    for depth, column in sorted(columns.items()):
        ordered = sorted(column, key=lambda node: _middle(before[node.key], rows))
        first = (tallest - len(ordered)) / 2
        for index, node in enumerate(ordered):
            rows[node.key] = first + index
            top = round((first + index) * (HEIGHT + _DOWN))
            places[node.key] = Box(node=node, x=depth * (WIDTH + _ACROSS), y=top)
    return Picture(
        width=max((box.x for box in places.values()), default=0) + WIDTH,
        height=max((box.y for box in places.values()), default=0) + HEIGHT,
        boxes=list(places.values()),
        lines=[_line(places[start], places[end]) for start, end in kept],
        words=[_words(node, [known[start] for start in before[node.key]]) for node in nodes],
    )


def _depth(key: str, before: Mapping[str, Sequence[str]], depths: dict[str, int], above: frozenset[str]) -> int:
    """Give the column: one behind the last of what it stands on; a circle is cut where it closes."""
    if key not in depths:
        inner = [each for each in before[key] if each not in above]
        depths[key] = 1 + max((_depth(each, before, depths, above | {key}) for each in inner), default=-1)
    return depths[key]


def _middle(before: Sequence[str], rows: Mapping[str, float]) -> float:
    known = [rows[key] for key in before if key in rows]
    return sum(known) / len(known) if known else -1


def _line(start: Box, end: Box) -> str:
    x, y, to_x, to_y = start.x + WIDTH, start.y + HEIGHT // 2, end.x, end.y + HEIGHT // 2
    bend = max(_ACROSS // 2, (to_x - x) // 2)
    return f"M{x} {y}C{x + bend} {y} {to_x - bend} {to_y} {to_x} {to_y}"


def _words(node: Node, stands_on: Sequence[Node]) -> str:
    name = f"{node.title} ({node.note})" if node.note else node.title
    return f"{name}, from {', '.join(each.title for each in stands_on)}" if stands_on else name


def _fitting(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
