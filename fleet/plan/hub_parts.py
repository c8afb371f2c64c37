"""What a hub's stack publishes, digested part by part, without the ten milliseconds that each product takes to check.

A run checks all of it. Here it is only told apart what a run would make anew: portfolios, products, versions with their
templates, cards and locked hashes, and the state that each has on the day, which nobody has to touch a file for.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Final, cast

from hub.config import HubSettings
from hub.definitions.lock_document import LOCK_FILE, Lock, read_lock
from hub.definitions.outline import Outline, outlines, states_on
from hub.definitions.yaml_file import content_of, read_yaml
from shared.catalog.lifecycle import State
from spoke.launches.contract_dependencies import Parts, digest

END: Final = "end of "
APPROVAL: Final = "approval of "
_SHARED: Final = ("prices.yaml", "marker.yaml")
"""Files of the catalog that every stack of it uses."""


class CatalogParts:
    """Digests the catalog's files for all stacks of a hub, each file once.

    Attributes:
        day: The day whose states of versions count.
    """

    def __init__(self, folder: Path, day: dt.date) -> None:
        self.day = day
        self._folder = folder
        self._digests: dict[Path, Parts] = {}

    def of(self, settings: HubSettings) -> Parts:
        """Give what a stack publishes.

        Raises:
            CatalogError: a file cannot be read at all.
        """
        found: dict[str, str] = {name: _bytes(self._folder / name) for name in _SHARED}
        found |= {
            f"portfolio {key}": part
            for key, part in self._portfolios.items()
            if not settings.portfolios or key in settings.portfolios
        }
        for each in self.outlines_of(settings):
            if each.path not in self._digests:
                self._digests[each.path] = dict(self._product(each))
            found |= self._digests[each.path]
        return found

    def outlines_of(self, settings: HubSettings) -> Iterator[Outline]:
        """Give the products that a stack publishes."""
        return (each for each in self._outlines if each.is_of(settings.portfolios))

    def states(self, settings: HubSettings) -> Iterator[tuple[Outline, str, State]]:
        """Give each version that a stack publishes: its product, its number, and its state on the day."""
        for outline in self.outlines_of(settings):
            for number, state in states_on(outline, self.day):
                yield outline, number, state

    def active(self, settings: HubSettings) -> Iterator[tuple[str, str, str]]:
        """Give each version that a stack's files say is active: product, number and model package."""
        for outline, number, state in self.states(settings):
            if state == "active":
                yield outline.key, number, outline.package_of(number)

    @cached_property
    def _outlines(self) -> list[Outline]:
        return outlines(self._folder)

    @cached_property
    def _lock(self) -> Lock:
        return read_lock(self._folder / LOCK_FILE)

    @cached_property
    def _portfolios(self) -> Mapping[str, str]:
        found = read_yaml(self._folder / "portfolios.yaml")
        listed: object = cast("dict[str, object]", found).get("portfolios") if isinstance(found, dict) else None
        entries = cast("list[object]", listed) if isinstance(listed, list) else []
        maps = [cast("dict[str, Any]", each) for each in entries if isinstance(each, dict)]
        return {str(each.get("key", "")): digest(_plain(each)) for each in maps}

    def _product(self, outline: Outline) -> Iterator[tuple[str, str]]:
        folder, content = outline.path.parent, dict(outline.content)
        content.pop("versions", None)
        role: object = content.get("execution_role")
        policy = cast("dict[str, object]", role).get("policy") if isinstance(role, dict) else None
        files = [_file(folder, name) for name in (content.get("launch_policy"), policy)]
        yield f"product {outline.key}", digest([_plain(content), files, *([] if content else [_bytes(outline.path)])])
        templates = self._lock.templates.get(outline.original_key, {})
        packaged = self._lock.files.get(outline.original_key, {})
        for entry in outline.versions:
            number, template = str(entry.get("version", "")), entry.get("template")
            if isinstance(template, dict):
                template = cast("dict[str, object]", template).get("file") or f"{number}.yaml"
            own = [_plain(entry), _file(folder, template), _file(folder, entry.get("card"))]
            locked = [templates.get(number), packaged.get(number)]
            yield f"version {number} of {outline.key}", digest([*own, *locked])
        for number, state in states_on(outline, self.day):
            if state != "active":
                yield f"{END}{outline.key} {number}", state


def _file(folder: Path, name: object) -> str:
    """Digest a file that a product names; nothing for one that is not there, which a run refuses."""
    path = folder / str(name)
    return _bytes(path) if isinstance(name, str) and path.is_file() else ""


def _bytes(path: Path) -> str:
    return digest(content_of(path).decode(errors="backslashreplace"))


def _plain(value: object) -> object:
    """Give what JSON can say; a day is a text there."""
    match value:
        case dict():
            return {str(key): _plain(part) for key, part in cast("dict[object, object]", value).items()}
        case list():
            return [_plain(part) for part in cast("list[object]", value)]
        case str() | int() | float() | None:
            return value
        case _:
            return str(value)
