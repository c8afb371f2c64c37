"""Versions that launches stay at for a while, whatever their settings say: the fleet has taken the other one back.

A rollout hands them to the program that it starts, and `stack up` does, as the stack's record has them. They are about
one version: where the settings come to mean another one, they mean nothing any more.
"""

import os
from collections.abc import Mapping
from typing import ClassVar, Final

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from shared.errors import ConfigError

HELD: Final = "MODEL_CATALOG_HELD"
"""The variable of the environment by which a program is told."""


class Hold(BaseModel):
    """A version that a launch stays at.

    Attributes:
        version: The number.
        instead_of: The one that its settings mean, and that it does not get.
        reason: Why, as the rest of a sentence.
        lasting: It was taken back, and is not only to wait.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="ignore")

    version: str
    instead_of: str
    reason: str
    lasting: bool = False


Holds = Mapping[str, Hold]
"""By the names of launches."""


def holds_here() -> Holds:
    """Read what this process was told.

    Raises:
        ConfigError: it is not as a rollout writes it.
    """
    given = os.environ.get(HELD)
    if not given:
        return {}
    try:
        return TypeAdapter(dict[str, Hold]).validate_json(given)
    except ValidationError:
        raise ConfigError(
            "is not as a rollout writes it. Unset it: nobody but a rollout has to set it.",
            code="holds-invalid",
            place=HELD,
        ) from None


def variables_of(holds: Holds) -> dict[str, str]:
    """Write what a program is to be told; nothing where there is nothing."""
    return {HELD: TypeAdapter(dict[str, Hold]).dump_json(dict(holds)).decode()} if holds else {}
