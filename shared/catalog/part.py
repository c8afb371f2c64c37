"""What all parts of the contract have in common."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """A part of the contract."""

    # A newer minor version may have added fields that this reader does not know.
    # Some fields are called otherwise in the document than here, and keep their names there.
    model_config: ClassVar[ConfigDict] = ConfigDict(
        frozen=True, extra="ignore", validate_by_name=True, serialize_by_alias=True
    )
