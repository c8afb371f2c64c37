"""A table fits the terminal, and whatever its width, nothing of it is lost."""

from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.text import Text

from fleet.show.tables import Column, console, show, wrapped

COLUMNS = (
    Column("spoke"),
    Column("version"),
    Column("status", 1),
    Column("behind", 2, wraps=True),
)
ROWS = [
    ["spoke-research", "1.0.0", Text("TAINTED", style="red"), "demand-forecast moves from 1.0.0 to 1.0.1"],
    ["spoke-production", "1.10.0", "AVAILABLE", ""],
]


def printed(width: int, *, heads: bool = True) -> list[str]:
    """Print the table at a width."""
    out = Console(file=StringIO(), width=width, highlight=False)
    show(out, COLUMNS, ROWS, heads=heads)
    assert isinstance(out.file, StringIO)
    return out.file.getvalue().splitlines()


def test_with_room_for_all_each_row_is_a_line() -> None:
    assert [
        "spoke             version  status     behind",
        "────────────────  ───────  ─────────  ─────────────────────────────────────────",
        "spoke-research    1.0.0    TAINTED    demand-forecast moves from 1.0.0 to 1.0.1",
        "spoke-production  1.10.0   AVAILABLE",
    ] == printed(100)


def test_a_text_goes_on_in_the_next_line() -> None:
    assert [
        "spoke             version  status     behind",
        "────────────────  ───────  ─────────  ──────────────────────────",
        "spoke-research    1.0.0    TAINTED    demand-forecast moves from",
        "                                      1.0.0 to 1.0.1",
        "spoke-production  1.10.0   AVAILABLE",
    ] == printed(64)


def test_columns_without_room_stand_below_their_row() -> None:
    assert [
        "spoke             version",
        "────────────────  ───────",
        "spoke-research    1.0.0",
        "    status: TAINTED · behind:",
        "    demand-forecast moves from",
        "    1.0.0 to 1.0.1",
        "spoke-production  1.10.0",
        "    status: AVAILABLE",
    ] == printed(30)


def test_where_not_even_the_keys_fit_each_row_is_a_paragraph() -> None:
    assert [
        "spoke    spoke-research",
        "version  1.0.0",
        "status   TAINTED",
        "behind   demand-forecast moves from 1.0.0 to 1.0.1",
        "",
        "spoke    spoke-production",
        "version  1.10.0",
        "status   AVAILABLE",
    ] == printed(20)


def test_without_heads_there_are_only_rows() -> None:
    assert "spoke-research" == printed(100, heads=False)[0].split()[0]


def test_without_rows_there_is_nothing() -> None:
    out = Console(file=StringIO(), width=80)
    show(out, COLUMNS, [])
    assert isinstance(out.file, StringIO)
    assert "" == out.file.getvalue()


def test_outside_a_terminal_nothing_is_wrapped_whatever_the_environment_says(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "20")

    show(console(), COLUMNS, ROWS)

    assert 4 == len(capsys.readouterr().out.splitlines())


WORDS = st.lists(st.text("abc[]1", min_size=1, max_size=12), max_size=6).map(" ".join)


@given(st.lists(st.tuples(WORDS, WORDS, WORDS, WORDS), min_size=1, max_size=4), st.integers(10, 120))
def test_no_word_is_lost_or_cut_at_any_width(rows: list[tuple[str, ...]], width: int) -> None:
    out = Console(file=StringIO(), width=width, highlight=False)
    show(out, COLUMNS, rows)
    assert isinstance(out.file, StringIO)
    said = out.file.getvalue().split()

    wanted = [word for row in rows for cell in row for word in cell.split()]
    assert [] == [word for word in wanted if said.count(word) < wanted.count(word)]


@given(st.lists(st.tuples(WORDS, WORDS, WORDS, WORDS), min_size=1, max_size=4), st.integers(40, 120))
def test_no_line_is_longer_than_the_terminal_but_for_one_long_word(rows: list[tuple[str, ...]], width: int) -> None:
    short = [tuple(cell[:12] for cell in row) for row in rows]
    out = Console(file=StringIO(), width=width, highlight=False)
    show(out, COLUMNS, short)
    assert isinstance(out.file, StringIO)

    assert max(len(line) for line in out.file.getvalue().splitlines()) <= width


def test_a_word_that_is_longer_than_a_line_stays_whole() -> None:
    assert ["see", "s3://a-long-address", "there"] == wrapped("see s3://a-long-address there", 10)
