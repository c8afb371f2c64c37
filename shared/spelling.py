"""Which of the known names somebody meant who wrote another."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

_ALIKE: Final = 0.7
"""Of 1. What is less alike is another word, and a guess that is wrong sends people astray."""

_LONGEST: Final = 100
"""Characters of a name that is compared; comparing takes time by the square of it."""


def meant(given: object, known: Iterable[str]) -> str:
    """Ask whether the most similar name was meant, as a sentence with a space before it; empty where none is similar.

    Case, hyphens and underscores do not count.
    """
    if not isinstance(given, str) or not 1 < len(given) <= _LONGEST:
        return ""
    alike = {_folded(name): name for name in known}
    found = get_close_matches(_folded(given), alike, n=1, cutoff=_ALIKE)
    return f" Did you mean {alike[found[0]]}?" if found else ""


def _folded(name: str) -> str:
    return name.lower().replace("-", "").replace("_", "")
