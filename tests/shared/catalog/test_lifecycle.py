"""The day that a run works with, and the states of versions on it."""

import datetime as dt

import pytest

from shared.catalog.lifecycle import AS_OF, State, as_of, refuse_to_look_ahead, state_on
from shared.errors import ConfigError
from tests.support.refused import refused


def test_the_day_is_the_one_that_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(AS_OF, "2026-12-24")

    assert dt.date(2026, 12, 24) == as_of()


@pytest.mark.parametrize("given", [None, ""])
def test_without_one_it_is_today(monkeypatch: pytest.MonkeyPatch, given: str | None) -> None:
    monkeypatch.delenv(AS_OF)
    if given is not None:
        monkeypatch.setenv(AS_OF, given)

    before = dt.datetime.now(dt.UTC).date()
    assert before <= as_of() <= dt.datetime.now(dt.UTC).date()


@pytest.mark.parametrize("given", ["tomorrow", "24.12.2026", "2026-13-01"])
def test_what_is_no_date_is_refused(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv(AS_OF, given)

    with refused(ConfigError, "invalid-value", AS_OF):
        as_of()


@pytest.mark.parametrize("days", [1, 30, 9999])
def test_a_day_that_has_not_come_changes_nothing(monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    monkeypatch.setenv(AS_OF, (dt.datetime.now(dt.UTC).date() + dt.timedelta(days)).isoformat())

    with refused(ConfigError, "day-ahead", AS_OF):
        refuse_to_look_ahead()


def test_today_and_a_day_that_has_been_may(monkeypatch: pytest.MonkeyPatch) -> None:
    for day in (dt.datetime.now(dt.UTC).date().isoformat(), "2026-01-01", ""):
        monkeypatch.setenv(AS_OF, day)
        refuse_to_look_ahead()


@pytest.mark.parametrize(
    ("day", "least", "state"),
    [
        (5, "active", "active"),
        (6, "active", "deprecated"),
        (8, "active", "deprecated"),
        (9, "active", "retired"),
        (5, "deprecated", "deprecated"),
        (9, "deprecated", "retired"),
        (5, "retired", "retired"),
    ],
)
def test_a_version_has_the_later_of_its_own_state_and_that_of_its_dates(day: int, least: State, state: State) -> None:
    deprecated, retires = dt.date(2026, 12, 6), dt.date(2026, 12, 9)

    assert state == state_on(dt.date(2026, 12, day), state=least, deprecated_on=deprecated, retires_on=retires)


def test_a_version_without_dates_stays_active() -> None:
    assert state_on(dt.date.max) == "active"
