"""The day that a run works with."""

import datetime as dt

import pytest

from shared.catalog.lifecycle import AS_OF, as_of
from shared.errors import ConfigError


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

    with pytest.raises(ConfigError, match=rf"{AS_OF}: found '{given}'\. It must be a date, for example 2026-12-24"):
        as_of()
