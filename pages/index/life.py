"""A version's life on a day: what its dates say, and what works then."""

import datetime as dt

from hub.definitions.lifecycle import Life as Entered
from hub.definitions.lifecycle import Lifecycle
from pages.index.version import Life, NextState, Works


def life_of(released: dt.date, end: Lifecycle | None, day: dt.date) -> Life:
    """Say how a version's life is on a day.

    Args:
        released: The day on which it was published.
        end: How it comes to its end; None where nobody says.
        day: The day.
    """
    life = Entered(released=released, lifecycle=end)
    state = life.state_on(day)
    if end is None:
        return Life(state=state, released=released, works=Works(launch=True, update=True, run=True))
    dates = sorted(date for date in (end.deprecated_on, end.retires_on) if date and date > day)
    following = next((date for date in dates if life.state_on(date) != state), None)
    left = (end.retires_on - day).days if end.retires_on else None
    return Life(
        state=state,
        released=released,
        deprecated_on=end.deprecated_on,
        retires_on=end.retires_on,
        replacement=end.replacement,
        reason=end.reason,
        days_left=0 if state == "retired" else left,
        next=following and NextState(state=life.state_on(following), on=following, days=(following - day).days),
        works=Works(launch=state == "active", update=state != "retired", run=True),
    )


def on_day(life: Life, day: dt.date) -> Life:
    """Say how a life is on a later day; there is no way back from a state."""
    if life.reason is None:
        return life
    end = Lifecycle(
        state=life.state,
        deprecated_on=life.deprecated_on,
        retires_on=life.retires_on,
        replacement=life.replacement,
        reason=life.reason,
    )
    return life_of(life.released, end, day)
