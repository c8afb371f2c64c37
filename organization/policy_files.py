"""The policies of docs/iam, which are the one source of what deployers may do."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from shared.errors import ConfigError

POLICIES: Final = Path(__file__).resolve().parents[1] / "docs" / "iam"


def read_policy(
    name: str, values: Mapping[str, str], *, place: str, instead: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Read a policy, and fill in what is known.

    Args:
        name: Of the file, without its ending.
        values: By placeholder.
        place: The setting or command that wants it, for messages.
        instead: Texts that stand for others of the file.

    Raises:
        ConfigError: it cannot be read.
    """
    try:
        text = (POLICIES / f"{name}.json").read_text(encoding="utf-8")
    except OSError as problem:
        raise ConfigError(
            f"is written from docs/iam/{name}.json, which cannot be read ({problem.strerror}). Restore it from the "
            f"release.",
            code="policy-missing",
            place=place,
        ) from None
    for old, new in {**(instead or {}), **{f"${{{key}}}": value for key, value in values.items()}}.items():
        text = text.replace(old, new)
    return json.loads(text)
