"""What a product's file says at a glance: where it stands, and which versions it has.

A product's folder takes ten milliseconds to read and to check. So whoever wants one part of a large catalog finds out
by this first what belongs to it, and leaves the mistakes of the others to those.
"""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

from pydantic import ValidationError

from hub.definitions.lifecycle import Lifecycle
from hub.definitions.yaml_file import read_yaml
from shared.catalog.lifecycle import State
from shared.errors import CatalogError

PRODUCT_FILE: Final = "product.yaml"


@dataclass(frozen=True, slots=True)
class Outline:
    """A product's file, as plain values that nobody has checked.

    Attributes:
        path: Where the file is.
        content: What it says; nothing where it is no YAML, or no map.
    """

    path: Path
    content: Mapping[str, Any]

    @property
    def key(self) -> str:
        """The product's key, which is the name of its folder."""
        return self.path.parent.name

    @property
    def original_key(self) -> str:
        """The key that it was published with for the first time."""
        return str(self.content.get("original_key") or self.content.get("first_key") or self.content.get("key", ""))

    @property
    def portfolios(self) -> frozenset[str]:
        """Those that it stands in; none where the file does not say it as it has to."""
        further: object = self.content.get("portfolios")
        named = [self.content.get("portfolio"), *(cast("dict[object, object]", further) if _is_map(further) else ())]
        return frozenset(each for each in named if isinstance(each, str))

    @property
    def versions(self) -> Sequence[Mapping[str, Any]]:
        """The entries of its versions."""
        found: object = self.content.get("versions")
        listed = cast("list[object]", found) if isinstance(found, list) else []
        return [cast("dict[str, Any]", each) for each in listed if _is_map(each)]

    def package_of(self, number: str) -> str:
        """Give the model package of a version; empty where the file does not say it."""
        found = (str(each.get("model_package", "")) for each in self.versions if each.get("version") == number)
        return next(found, "")

    def is_of(self, portfolios: Collection[str]) -> bool:
        """Say whether it belongs to a part of the catalog; what stands nowhere belongs to every part, which tells."""
        return not portfolios or not self.portfolios or not self.portfolios.isdisjoint(portfolios)


def outlines(folder: Path) -> list[Outline]:
    """Read the files of all products of a catalog, in the order of their keys."""
    return [Outline(path, _content(path)) for path in sorted((folder / "products").glob(f"*/{PRODUCT_FILE}"))]


def states_on(outline: Outline, day: dt.date) -> Iterator[tuple[str, State]]:
    """Give the number of each version, and its state on a day; one whose end is not said as it has to be is active."""
    for entry in outline.versions:
        yield str(entry.get("version", "")), _state(entry.get("lifecycle"), day)


def _state(lifecycle: object, day: dt.date) -> State:
    if lifecycle is None:
        return "active"
    try:
        return Lifecycle.model_validate(lifecycle).state_on(day)
    except ValidationError:
        return "active"


def _content(path: Path) -> Mapping[str, Any]:
    try:
        found = read_yaml(path)
    except CatalogError:
        return {}
    return cast("dict[str, Any]", found) if _is_map(found) else {}


def _is_map(value: object) -> bool:
    return isinstance(value, dict)
