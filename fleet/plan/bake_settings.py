"""How long a version stays in a wave before it goes on to the next, and by what it is judged: `bake` of a wave."""

import datetime as dt
from typing import Annotated, Final, Literal

from pydantic import BeforeValidator, Field

from shared.validation import SettingsDocument

_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days"}


class Alarms(SettingsDocument):
    """Alarms of CloudWatch by which a version is judged, in the accounts and regions that it has come to.

    Attributes:
        own: Those that the launch's own template makes.
        names: Others, by their names; `*` at the end of one stands for any text.
    """

    own: bool = Field(default=True, description="true or false", examples=["false"])
    names: list[
        Annotated[
            str,
            Field(
                pattern=r"^[^*:]{1,254}\*?$",
                description="the name of an alarm, or how it begins with * after it",
                examples=["checkout-*"],
            ),
        ]
    ] = Field(default=[], max_length=20, description="a list of at most 20 names", examples=["[checkout-*]"])


class BakeSettings(SettingsDocument):
    """How long a version stays in a wave before it goes on to the next, and by what it is judged.

    Attributes:
        time: From when the last launch of the wave moved to it; minutes, hours or days.
        alarms: That may not go off meanwhile. The endpoints of its launches have to be in service in any case.
        on_failed: `take_back` moves launches back to the version that they had before; `stop` leaves them.
    """

    time: str = Field(
        pattern=r"^[1-9][0-9]{0,3}[mhd]$", description="a number of minutes, hours or days", examples=["24h"]
    )
    alarms: Alarms = Alarms()
    on_failed: Literal["take_back", "stop"] = Field(
        default="take_back", description="take_back or stop", examples=["stop"]
    )

    @property
    def duration(self) -> dt.timedelta:
        """The time."""
        return dt.timedelta(**{_UNITS[self.time[-1]]: int(self.time[:-1])})


def _with_time(value: object) -> object:
    return {"time": value} if isinstance(value, str) else value


Bake = Annotated[BakeSettings, BeforeValidator(_with_time)]
"""A time alone says all that most need."""
