"""Turns what AWS answers into properties."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from .wire import State


def pick(found: Mapping[str, Any], *names: str, **renamed: str) -> State:
    """Take properties from an answer: `pick(role, "path", name="RoleName")` takes `Path` and `RoleName`.

    Texts that the answer lacks are empty.
    """
    sources = {name: name[0].upper() + name[1:] for name in names} | renamed
    return {name: _plain(found.get(source, "")) for name, source in sources.items()}


def _plain(value: Any) -> Any:  # noqa: ANN401 - any part of an answer
    return value.strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(value, datetime) else value
