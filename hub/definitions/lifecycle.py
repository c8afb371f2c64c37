"""What a product's file says of the end of its versions."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import Field

from shared.between_fields import between_fields
from shared.catalog.lifecycle import State, state_on
from shared.catalog.versions import SemVer
from shared.collecting import Mistakes
from shared.errors import ContentError, Mistake
from shared.spelling import meant
from shared.validation import Document

FORESIGHT: Final = dt.timedelta(days=30)
"""How long before its date a change of state is announced."""
WITHDRAWN: Final = "approval withdrawn in the registry"
"""How the reason begins of a version that the hub deprecates by itself, since its package is approved no more."""


class Lifecycle(Document):
    """How a version comes to its end.

    Attributes:
        state: The least that it is, whatever the dates.
        deprecated_on: The first day without new launches of it.
        retires_on: The first day without any launch or update of it.
        replacement: The version of the same product to use instead.
        reason: Why, for those who use it.
    """

    state: State = Field(default="active", description="active, deprecated or retired", examples=["deprecated"])
    deprecated_on: dt.date | None = Field(default=None, description="a date", examples=["2026-12-01"])
    retires_on: dt.date | None = Field(default=None, description="a date", examples=["2027-03-01"])
    replacement: SemVer | None = None
    reason: str = Field(
        min_length=1, description="a sentence that says why", examples=["Scores of new card types are too low."]
    )

    def state_on(self, day: dt.date) -> State:
        """The version's state on a day."""
        return state_on(day, state=self.state, deprecated_on=self.deprecated_on, retires_on=self.retires_on)

    @between_fields
    def _dates_are_in_order(self) -> Iterator[Mistake]:
        if self.deprecated_on and self.retires_on and self.retires_on <= self.deprecated_on:
            yield Mistake(
                f"deprecated_on {self.deprecated_on} is not before retires_on {self.retires_on}. A version is "
                f"deprecated before it is retired: put the dates in this order.",
                code="retired-before-deprecated",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """A version from its release to its end."""

    released: dt.date
    lifecycle: Lifecycle | None

    def state_on(self, day: dt.date) -> State:
        """The version's state on a day; one without an end is active."""
        return self.lifecycle.state_on(day) if self.lifecycle else "active"


Lives = Mapping[str, Life]
"""A product's versions by number, in the order of its file."""


def check_lifecycles(path: Path, lives: Lives, day: dt.date) -> None:
    """Refuse ends that cannot be meant.

    Args:
        path: The product's file.
        lives: All versions of the product.
        day: The day whose states count.

    Raises:
        ContentError: a date before the release, or a replacement that is missing, retired, or leads in a circle.
    """
    mistakes = Mistakes()
    for index, (version, life) in enumerate(lives.items()):
        if life.lifecycle is not None:
            where = f"{path}: versions[{index}].lifecycle"
            with mistakes:
                _check_dates(where, version, life.released, life.lifecycle)
            with mistakes:
                _check_replacement(where, version, lives, day)
    mistakes.refuse()


def coming_changes(lives: Lives, day: dt.date) -> Iterator[str]:
    """Say which versions change their state within the next thirty days, and when."""
    for version, life in lives.items():
        end = life.lifecycle
        for date in (end.deprecated_on, end.retires_on) if end else ():
            if date and day < date and date - day <= FORESIGHT and life.state_on(date) != life.state_on(day):
                yield f"{version} will be {life.state_on(date)} on {date}, {_in_days(date - day)}"


def _in_days(time: dt.timedelta) -> str:
    return "tomorrow" if time.days == 1 else f"in {time.days} days"


def _check_dates(where: str, version: str, released: dt.date, end: Lifecycle) -> None:
    for key, date in (("deprecated_on", end.deprecated_on), ("retires_on", end.retires_on)):
        if date is not None and date < released:
            raise ContentError(
                f"invalid value {date}. {version} is released on {released}: correct one of the dates.",
                code="end-before-release",
                place=f"{where}.{key}",
            )


def _check_replacement(where: str, version: str, lives: Lives, day: dt.date) -> None:
    chain = [version]
    while (end := lives[chain[-1]].lifecycle) and (following := end.replacement):
        if following not in lives:
            # Only the first link is this entry's own; the others are reported at theirs.
            if len(chain) == 1:
                raise ContentError(
                    f"invalid value {following!r}.{meant(following, lives)} The product's versions are: "
                    f"{', '.join(lives)}.",
                    code="replacement-unknown",
                    place=f"{where}.replacement",
                )
            return
        chain.append(following)
        if following in chain[:-1]:
            raise ContentError(
                f"invalid value {chain[1]!r}. It leads in a circle: {' -> '.join(chain)}. Let the chain end at a "
                f"version that stays.",
                code="replacements-in-a-circle",
                place=f"{where}.replacement",
            )
    if len(chain) > 1 and lives[chain[1]].state_on(day) == "retired":
        raise ContentError(
            f"invalid value {chain[1]!r}. It is retired itself: name a version that is in use, or leave replacement "
            f"out.",
            code="replacement-retired",
            place=f"{where}.replacement",
        )
