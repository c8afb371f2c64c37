"""What of a version AWS will not offer for much longer, or does not any more: services, instances, images, runtimes.

The table beside this module has what AWS's pages say; cfn-lint brings AWS's table of Lambda's runtimes. A version is
what was published, so only a new one can be refused: of the others it is said, with the advice to end them.
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final, Literal, cast

from pydantic import Field

from hub.definitions.derived.registry import runtime_lifecycles
from hub.definitions.model import Catalog, CatalogVersion
from hub.definitions.template_values import function_of, map_in, parts_of
from hub.definitions.templates import Template
from hub.definitions.yaml_file import read_document
from shared.collecting import Mistakes
from shared.errors import ContentError
from shared.validation import Document

TABLE: Final = Path(__file__).with_suffix(".yaml")
FORESIGHT: Final = dt.timedelta(days=365)
"""How long before its date an ending is told: every runtime of Lambda's has a date from its first day on."""
_RUNTIMES: Final = "https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html"
_FUNCTIONS: Final = ("AWS::Lambda::Function", "AWS::Serverless::Function")
_INSTANCE: Final = re.compile(r"(ml\.[a-z0-9-]+)\.[a-z0-9-]+")
_IMAGE: Final = re.compile(r"[^/]*/(?P<repository>[a-z0-9][a-z0-9._/-]*):(?P<tag>[A-Za-z0-9._-]+)")
"""The end of an image's address too, whose beginning a launch decides."""

Day = Annotated[dt.date, Field(description="a date", examples=["2026-11-27"])]
Names = Annotated[list[Annotated[str, Field(min_length=1)]], Field(min_length=1, description="a list of names")]


class _Entry(Document):
    """What happens, by a page of AWS's, and when that was read; without a replacement the page names none."""

    happens: str = Field(pattern=r"^[a-z].*[^.]$", description="what happens, to go on from `that`")
    replacement: str | None = Field(default=None, min_length=1, description="what to use instead")
    source: str = Field(
        pattern=r"^https://(docs\.aws\.amazon\.com|aws\.amazon\.com|docs\.amazonaws\.cn|aws\.github\.io)/\S+$",
        description="the address of a page of AWS's",
    )
    read: Day


class NamedEntry(_Entry):
    """Types of resources (a name that ends with :: is all that begin so), or families of instances.

    What concerns new customers alone is still there for an organization that has used it before.
    """

    names: Names
    date: Day | None = None
    concerns: Literal["everybody", "new customers"] = "everybody"


class ImagesEntry(_Entry):
    """Versions of container images, with the date of each."""

    repositories: Names
    versions: Annotated[dict[str, Day | None], Field(min_length=1, description="a map of versions and dates")]


class EndingsFile(Document):
    """The table."""

    types: list[NamedEntry]
    instances: list[NamedEntry]
    images: list[ImagesEntry]


@dataclass(frozen=True, slots=True)
class Ending:
    """One ending: what happens from which day on; without a day AWS names none, or none that is known."""

    happens: str
    date: dt.date | None
    replacement: str | None
    source: str
    for_everybody: bool = True

    def when(self, day: dt.date) -> str:
        """Say what happens, and when, as of a day."""
        if self.date is None:
            return self.happens
        return f"{self.happens} since {self.date}" if self.is_past(day) else f"{self.happens} from {self.date} on"

    def is_past(self, day: dt.date) -> bool:
        """Whether it has come, on a day of which AWS told."""
        return self.date is not None and self.date <= day

    @property
    def remedy(self) -> str:
        """Say what to use in its place."""
        return f"Use {self.replacement} instead" if self.replacement else "Do without it"


@cache
def known_endings() -> EndingsFile:
    """Read the table. Raises ContentError."""
    return read_document(EndingsFile, TABLE)


def endings_of(template: Template, images: Iterable[str] = ()) -> Iterator[tuple[str, Ending]]:
    """Find what a template, those nested in it, and images use that ends: its name, and how it ends."""
    nested = template.packaged.files() if template.packaged else ()
    for body in (template.body, *(each.text.body for each in nested if each.text)):
        used = list(_texts([map_in(body, section) for section in ("Parameters", "Mappings", "Resources")]))
        yield from _types(body)
        yield from _runtimes(body)
        yield from _instances(used)
        yield from _images(used)
    yield from _images(images)


def coming_endings(catalog: Catalog) -> Iterator[str]:
    """Tell of what will end, and of what has ended under versions that were there before."""
    for place, version, used, ending in _found(catalog):
        if not _is_refused(version, ending, catalog.day):
            advice = "End the version (lifecycle), and release one without" if ending.is_past(catalog.day) else None
            yield (
                f"{place}: uses {used}, and that {ending.when(catalog.day)}. {ending.remedy}"
                f"{f'. {advice}' if advice else ' in the next version'}. Source: {ending.source}"
            )


def refuse_ended(catalog: Catalog) -> None:
    """Refuse versions that were released with what AWS had ended.

    Raises:
        ContentError: names each, the date, and what replaces it.
    """
    mistakes = Mistakes()
    for place, version, used, ending in _found(catalog):
        if _is_refused(version, ending, catalog.day):
            mistakes.add(
                ContentError(
                    f"uses {used}, and that {ending.when(catalog.day)}, before it was released. {ending.remedy}; where "
                    f"it is published already, end it: lifecycle.retires_on. Source: {ending.source}",
                    code="ended-by-aws",
                    place=place,
                )
            )
    mistakes.refuse()


def _found(catalog: Catalog) -> Iterator[tuple[str, CatalogVersion, str, Ending]]:
    """List what versions use that ends: one line for each ending, of those that do not end before it."""
    for product in catalog.products:
        for version in product.versions:
            used = dict[Ending, list[str]]()
            for name, ending in endings_of(version.template, version.entry.artifacts.images):
                names = used.setdefault(ending, [])
                if name not in names:
                    names.append(name)
            for ending, names in used.items():
                ahead = ending.date is not None and ending.date - catalog.day > FORESIGHT
                if not ahead and not _ends_itself(version, ending, catalog.day):
                    place = f"{version.template.path}: version {version.entry.version}"
                    yield place, version, ", ".join(names), ending


def _ends_itself(version: CatalogVersion, ending: Ending, day: dt.date) -> bool:
    """Whether a version is ended, or ends before what it uses: nothing more is to be done about it."""
    retires = version.entry.lifecycle.retires_on if version.entry.lifecycle else None
    too_late = ending.date is not None and day < ending.date and retires is not None and retires > ending.date
    return version.state == "retired" or (retires is not None and not too_late)


def _is_refused(version: CatalogVersion, ending: Ending, day: dt.date) -> bool:
    if ending.date is None or not ending.for_everybody:
        return False
    return ending.is_past(day) and version.entry.released > ending.date


def _types(body: Mapping[str, Any]) -> Iterator[tuple[str, Ending]]:
    for resource in map_in(body, "Resources").values():
        kind = _type_of(resource)
        for entry in known_endings().types:
            if any(kind == name or (name.endswith("::") and kind.startswith(name)) for name in entry.names):
                yield kind, _ending(entry, entry.date, for_everybody=entry.concerns == "everybody")


def _instances(texts: Iterable[str]) -> Iterator[tuple[str, Ending]]:
    for text in texts:
        if found := _INSTANCE.fullmatch(text):
            for entry in known_endings().instances:
                if found[1] in entry.names:
                    yield text, _ending(entry, entry.date)


def _images(texts: Iterable[str]) -> Iterator[tuple[str, Ending]]:
    for text in texts:
        if found := _IMAGE.fullmatch(text):
            for entry in known_endings().images:
                for version, date in entry.versions.items() if found["repository"] in entry.repositories else ():
                    if version == "*" or re.match(rf"{re.escape(version)}(?![0-9])", found["tag"]):
                        yield f"{found['repository']}:{found['tag']}", _ending(entry, date)


def _runtimes(body: Mapping[str, Any]) -> Iterator[tuple[str, Ending]]:
    functions = [each for each in map_in(body, "Resources").values() if _type_of(each) in _FUNCTIONS]
    nodes = [map_in(each, "Properties").get("Runtime") for each in functions]
    nodes.append(map_in(map_in(body, "Globals"), "Function").get("Runtime"))
    for name in (text for node in nodes for text in _values(node, body)):
        life = runtime_lifecycles().get(name, {})
        if deprecated := life.get("deprecated"):
            closed = life.get("create-block")
            more = f" (AWS takes no new function of it from {closed} on)" if closed else ""
            date = dt.date.fromisoformat(deprecated)
            yield f"{name}{more}", Ending("gets no security patches", date, life.get("successor"), _RUNTIMES)


def _values(node: object, body: Mapping[str, Any]) -> Iterator[str]:
    """Give the texts that a property can be, whatever a launch sets."""
    name, argument = function_of(node)
    first = str((parts_of(argument) or [""])[0])
    if name == "Ref":
        parameter = map_in(map_in(body, "Parameters"), first)
        yield from _texts([parameter.get("Default"), parameter.get("AllowedValues")])
    elif name == "Fn::FindInMap":
        yield from _texts(map_in(map_in(body, "Mappings"), first))
    elif name == "Fn::If":
        yield from (text for part in parts_of(argument)[1:] for text in _values(part, body))
    elif isinstance(node, str):
        yield node


def _texts(node: object) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict | list):
        inner = cast("dict[str, object] | list[object]", node)
        for each in inner.values() if isinstance(inner, dict) else inner:
            yield from _texts(each)


def _type_of(resource: object) -> str:
    return str(cast("dict[str, object]", resource).get("Type")) if isinstance(resource, dict) else ""


def _ending(entry: _Entry, date: dt.date | None, *, for_everybody: bool = True) -> Ending:
    return Ending(entry.happens, date, entry.replacement, f"{entry.source} (read {entry.read})", for_everybody)
