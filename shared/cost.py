"""The estimated monthly cost of a launch, as hub and spokes reckon it."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict


class Cost(BaseModel):
    """What a version costs a month, by the parameters that decide it."""

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="ignore")
