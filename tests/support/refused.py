"""How a test expects a mistake to be refused: by its code and its place. tests/messages.yaml holds the words."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from shared.errors import CatalogError


@contextmanager
def refused(kind: type[CatalogError], code: str, place: str = "") -> Iterator[pytest.ExceptionInfo[CatalogError]]:
    """Expect an error of a kind and a code, whose place ends with what is given."""
    with pytest.raises(kind) as found:
        yield found
    assert (code, place) == (found.value.code, found.value.place[-len(place) :] if place else ""), found.value
