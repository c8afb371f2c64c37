"""What is told of a rollout, in the form of CloudEvents 1.0 (source: cloudevents/spec, "CloudEvents - JSON format")."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

SOURCE: Final = "/model-catalog/fleet"
CONTENT_TYPE: Final = "application/cloudevents+json; charset=UTF-8"


class Moment(StrEnum):
    """When something is told; the names are what settings choose by."""

    BEGUN = "begun"
    BAKED = "baked"
    WAVE = "wave"
    FAILED = "failed"
    ENDED = "ended"


TYPES: Final[Mapping[Moment, str]] = {
    Moment.BEGUN: "modelcatalog.rollout.begun",
    Moment.BAKED: "modelcatalog.rollout.version.baked",
    Moment.WAVE: "modelcatalog.rollout.wave.begun",
    Moment.FAILED: "modelcatalog.rollout.spoke.failed",
    Moment.ENDED: "modelcatalog.rollout.ended",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudEvent:
    """One event.

    Attributes:
        id: Unique among all that this source tells; the same when it is sent again.
        subject: The rollout, and the wave or spoke in it.
    """

    moment: Moment
    id: str
    subject: str
    time: dt.datetime
    data: Mapping[str, Any]

    @property
    def type(self) -> str:
        """What it tells of."""
        return TYPES[self.moment]

    def text(self) -> str:
        """Write it as JSON, in the structured mode."""
        return json.dumps(
            {
                "specversion": "1.0",
                "id": self.id,
                "source": SOURCE,
                "type": self.type,
                "subject": self.subject,
                "time": self.time.isoformat(),
                "datacontenttype": "application/json",
                "data": dict(self.data),
            },
            separators=(",", ":"),
        )
