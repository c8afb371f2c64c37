"""What a product's file says of the end of its versions."""

import datetime as dt
from typing import Self

from pydantic import Field, model_validator

from shared.checking import Document
from shared.lifecycle import State, state_on
from shared.versions import SemVer


class Lifecycle(Document):
    """How a version comes to its end.

    Attributes:
        state: The least that it is, whatever the dates.
        deprecated_on: The first day without new launches of it.
        retires_on: The first day without any launch or update of it.
        replacement: The version of the same product to use instead.
        reason: Why, for those who use it.
    """

    state: State = Field(
        default="active", description="active, deprecated or retired", examples=["deprecated"]
    )
    deprecated_on: dt.date | None = Field(default=None, description="a date", examples=["2026-12-01"])
    retires_on: dt.date | None = Field(default=None, description="a date", examples=["2027-03-01"])
    replacement: SemVer | None = None
    reason: str = Field(min_length=1, description="a sentence that says why")

    def state_on(self, day: dt.date) -> State:
        """The version's state on a day."""
        return state_on(day, state=self.state, deprecated_on=self.deprecated_on, retires_on=self.retires_on)

    @model_validator(mode="after")
    def _dates_are_in_order(self) -> Self:
        if self.deprecated_on and self.retires_on and self.retires_on <= self.deprecated_on:
            raise ValueError(
                f"found deprecated_on {self.deprecated_on} and retires_on {self.retires_on}. A version is deprecated "
                f"before it is retired: put the dates in this order."
            )
        return self
