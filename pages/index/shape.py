"""What all parts of the index have in common."""

from typing import ClassVar, Final

from pydantic import BaseModel, ConfigDict

FORMAT: Final = "1.0"
"""Of the documents. Within a major number, fields are only added."""


class Shape(BaseModel):
    """A part of the index."""

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid")
