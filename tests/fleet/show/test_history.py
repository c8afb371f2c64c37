"""What ran where and when, and who moved it, from the events of runs."""

import datetime as dt
from collections.abc import Callable
from functools import partial
from io import StringIO

import pytest
from rich.console import Console

from fleet.show.history import Stay, moves_of, of_product, show_moves, show_stays, stays_of
from fleet.store.history import Chain, Event, StoredEvent
from fleet.store.records import DeployedModel
from tests.support.fleet.events import ADA, BEGUN, CI, event, launch

OWN = DeployedModel(package="", archive="s3://mine/model.tar.gz", digest="", own=True)


def chain(*events: Event, stack: str = "spoke-a") -> Chain:
    """Give a history of these events."""
    numbered = [each.model_copy(update={"number": number, "stack": stack}) for number, each in enumerate(events, 1)]
    return Chain(
        stack=stack,
        stored=[StoredEvent(number=each.number, content=b"", event=each) for each in numbered],
        problems=[],
    )


LIFE = chain(
    event(0, launch()),
    event(1, launch(), actor=CI),
    event(2, launch(version="1.1.0"), actor=CI, outcome="failed"),
    event(5, operation="destroy"),
)
"""Launched, run again, moved, ended."""


def test_a_launch_begins_moves_and_ends() -> None:
    assert [
        ("search", "", "1.0.0", ADA),
        ("", "", "", CI),
        ("search", "1.0.0", "1.1.0", CI),
        ("search", "1.1.0", "", ADA),
    ] == [(each.launch, each.before, each.after, each.actor) for each in moves_of(LIFE)]


def test_another_model_in_the_same_version_is_a_move() -> None:
    *_, move = moves_of(chain(event(0, launch()), event(1, launch(model=OWN))))

    assert ("1.0.0", "1.0.0", "s3://mine/model.tar.gz", True) == (move.before, move.after, move.archive, move.own_model)


def test_a_launch_stays_from_the_run_that_moved_it_to_the_run_that_moved_it_on() -> None:
    first, second = stays_of(LIFE)

    assert ("1.0.0", BEGUN, BEGUN + dt.timedelta(days=2), ADA, CI) == told(first)
    assert ("1.1.0", BEGUN + dt.timedelta(days=2), BEGUN + dt.timedelta(days=5), CI, ADA) == told(second)


def test_what_runs_still_has_no_end() -> None:
    [found] = stays_of(chain(event(0, launch()), event(1, launch(status="TAINTED"))))

    assert (None, "", "TAINTED") == (found.until, found.ended_by, found.status)


@pytest.mark.parametrize(
    ("day", "versions"),
    [
        (-1, []),
        (0, ["1.0.0"]),
        (1, ["1.0.0"]),
        (2, ["1.0.0", "1.1.0"]),
        (4, ["1.1.0"]),
        (5, ["1.1.0"]),
        (6, []),
    ],
)
def test_what_ran_on_a_day_ran_at_some_time_of_it(day: int, versions: list[str]) -> None:
    asked = (BEGUN + dt.timedelta(days=day)).date()

    assert versions == [each.version for each in stays_of(LIFE) if each.is_on(asked)]


@pytest.mark.parametrize(("day", "launches"), [(dt.date.min, 0), (dt.date.max, 1)])
def test_a_day_may_be_the_first_or_the_last_of_the_calendar(day: dt.date, launches: int) -> None:
    assert launches == len([each for each in stays_of(chain(event(0, launch()))) if each.is_on(day)])


def test_a_product_is_known_by_every_key_that_it_had() -> None:
    renamed = chain(event(0, launch()), event(1, launch(product="encoder")))

    assert {"encoder", "prod-embedder"} == of_product([renamed], "encoder")
    assert {"embedder", "prod-embedder"} == of_product([renamed], "embedder")
    assert {"other"} == of_product([renamed], "other")


def test_a_product_that_was_renamed_has_not_moved() -> None:
    assert 1 == len(list(stays_of(chain(event(0, launch()), event(1, launch(product="encoder"))))))


def test_the_table_of_moves_says_what_was_moved_and_by_whom() -> None:
    moves = [*moves_of(LIFE), *moves_of(chain(event(7, launch(model=OWN)), event(8, launch())))]

    said = shown(partial(show_moves, moves), 400)

    assert "2026-11-02 09:30 spoke-a search launched 1.0.0 succeeded 300000000001 user/ada embedder etag:1.0.0" in said
    assert "spoke-a up: no launch moved succeeded 999900001111 assumed-role/ci/run-7" in said
    assert "spoke-a search 1.0.0 -> 1.1.0 failed" in said
    assert "spoke-a search ended 1.1.0" in said
    assert "own: s3://mine/model.tar.gz 01234567 c0ffee01" in said
    assert "spoke-a search 1.0.0: another model" in said


@pytest.mark.parametrize("width", [80, 100, 400])
def test_at_any_width_nothing_is_cut(width: int) -> None:
    said = shown(partial(show_moves, list(moves_of(LIFE))), width)
    stays = shown(partial(show_stays, list(stays_of(LIFE))), width)

    for text in ("2026-11-04 09:30", "1.0.0 -> 1.1.0", "999900001111 assumed-role/ci/run-7", "etag:1.1.0"):
        assert text in said
    for text in ("300000000001", "2026-11-04 09:30", "1.1.0", "300000000001 user/ada"):
        assert text in stays
    assert "2 launches in 1 accounts" in stays


def test_without_runs_that_is_told() -> None:
    assert "No run is in the history yet." == shown(partial(show_moves, []), 80)


def told(stay: Stay) -> tuple[object, ...]:
    """Give what a stay is about."""
    return stay.version, stay.since, stay.until, stay.moved_by, stay.ended_by


def shown(show: Callable[[Console], None], width: int) -> str:
    """Print into a console of a width, and give the words; no line is wider."""
    console = Console(file=StringIO(), width=width, highlight=False)
    show(console)
    assert isinstance(console.file, StringIO)
    text = console.file.getvalue()
    assert all(len(line) <= width for line in text.splitlines())
    return " ".join(text.split())
