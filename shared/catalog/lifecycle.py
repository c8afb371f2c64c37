"""The life of a version: active, then deprecated, then retired."""

import datetime as dt
import os
from typing import Annotated, Final, Literal

from pydantic import BeforeValidator, Field

from shared.errors import ConfigError

State = Literal["active", "deprecated", "retired"]
STATES: Final[tuple[State, ...]] = ("active", "deprecated", "retired")
"""In the order in which a version goes through them; there is no way back."""


def _from_text(value: object) -> object:
    return dt.date.fromisoformat(value) if isinstance(value, str) else value


# Strict, because pydantic would otherwise take any number for seconds since 1970.
Day = Annotated[dt.date, BeforeValidator(_from_text), Field(strict=True)]
"""A day of the contract, which is written as text such as 2026-12-24."""

AS_OF: Final = "MODEL_CATALOG_AS_OF"
"""The environment variable that sets the date a run works with, such as 2026-12-24. `make` has AS_OF=… for it."""


def as_of() -> dt.date:
    """The date that decides states: that of the environment, or else today's (UTC).

    Raises:
        ConfigError: the environment's is no date.
    """
    given = os.environ.get(AS_OF)
    return day_of(given, place=AS_OF) if given else _today()


def day_of(text: str, *, place: str) -> dt.date:
    """Read a day that somebody gave there.

    Raises:
        ConfigError: it is no date.
    """
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise ConfigError(
            f"invalid value {text!r}. Expected a date, for example 2026-12-24.", code="invalid-value", place=place
        ) from None


def refuse_to_look_ahead() -> None:
    """Refuse to change anything with a day that has not come: a date looks ahead, and does not deploy.

    Raises:
        ConfigError: the environment's is after today (UTC), or is no date.
    """
    day = as_of()
    if day > _today():
        raise ConfigError(
            f"{day} has not come. A date looks ahead in a preview or a plan, and changes nothing. Run this without "
            f"it: on that day the versions change by themselves.",
            code="day-ahead",
            place=AS_OF,
        )


def _today() -> dt.date:
    return dt.datetime.now(dt.UTC).date()


def state_on(
    day: dt.date, *, state: State = "active", deprecated_on: dt.date | None = None, retires_on: dt.date | None = None
) -> State:
    """Say which state a version has on a day.

    Args:
        day: The day.
        state: The least that it is, whatever the dates.
        deprecated_on: The first day on which no new launch may use it.
        retires_on: The first day on which no launch may be made or updated with it.
    """
    by_date: State = "active"
    if deprecated_on is not None and day >= deprecated_on:
        by_date = "deprecated"
    if retires_on is not None and day >= retires_on:
        by_date = "retired"
    return by_date if STATES.index(by_date) > STATES.index(state) else state
