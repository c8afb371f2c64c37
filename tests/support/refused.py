"""How a test expects a mistake to be refused: by its code and its place. tests/messages.yaml holds the words."""

from collections.abc import Generator
from contextlib import contextmanager

import pytest
from pydantic import ValidationError

from shared.errors import CatalogError, Mistake


@contextmanager
def refused(kind: type[CatalogError], code: str, place: str = "") -> Generator[pytest.ExceptionInfo[CatalogError]]:
    """Expect an error of a kind that tells a mistake of a code, whose place ends with what is given."""
    with pytest.raises(kind) as found:
        yield found
    told = [(each.code, each.place[-len(place) :] if place else "") for each in found.value.all]
    assert (code, place) in [*told, (found.value.code, found.value.place)], found.value


@contextmanager
def mistaken(code: str) -> Generator[None]:
    """Expect pydantic to refuse a value for a mistake of a code, as a document does that has no file yet."""
    with pytest.raises(ValidationError) as found:
        yield
    mistakes = [each.get("ctx", {}).get("error") for each in found.value.errors()]
    assert [code] == [mistake.code for mistake in mistakes if isinstance(mistake, Mistake)], found.value
