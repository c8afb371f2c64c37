"""Version numbers and ranges of them (Semantic Versioning 2.0.0)."""

import re
from collections.abc import Iterable
from typing import Annotated, Final

from pydantic import AfterValidator, Field
from semver import Version

from shared.errors import Mistake

_RANGE: Final = re.compile(r"([~^])(0|[1-9][0-9]*)(?:\.(0|[1-9][0-9]*))?(?:\.(0|[1-9][0-9]*))?")


def _number(text: str) -> str:
    version = Version.parse(text)
    if version.build:
        raise Mistake(
            f"invalid value {text!r}. What follows + does not count in SemVer, so it equals "
            f"{version.replace(build=None)}: give it a number of its own, without +.",
            code="version-with-build",
        )
    return text


SemVer = Annotated[
    str,
    Field(
        pattern=r"^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)"
        r"(-(0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*)(\.(0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*))*)?"
        r"(\+[0-9a-zA-Z-]+(\.[0-9a-zA-Z-]+)*)?$",
        max_length=64,
        description="a semantic version",
        examples=["1.2.0"],
    ),
    AfterValidator(_number),
]
"""One version's number, such as 1.2.0 or 2.0.0-rc.1."""


def is_range(wanted: str) -> bool:
    """Whether a spoke's version tracks a range instead of naming one version."""
    return wanted.startswith(("~", "^"))


def fits(version: str, wanted: str) -> bool:
    """Whether a version is the one that is wanted, or within the range.

    `~1.2` means 1.2.0 and every later 1.2.x, `~1.2.3` the same from 1.2.3, `~1` every 1.x; `^1.2` means every
    1.x from 1.2.0, and `^0.2` every 0.2.x, because a 0.x may break with each minor. A range never means a
    pre-release.
    """
    if not is_range(wanted):
        return version == wanted
    number = Version.parse(version)
    least, below = _bounds(wanted)
    return number.prerelease is None and least <= number < below


def newest(versions: Iterable[str]) -> str | None:
    """The highest of some versions, or None where there are none."""
    return max(versions, key=Version.parse, default=None)


def newest_release(versions: Iterable[str]) -> str | None:
    """The highest of some versions that is no pre-release; where there is none, the highest of all."""
    known = list(versions)
    return newest(filter(_is_release, known)) or newest(known)


def releases_after(version: str, others: Iterable[str]) -> list[str]:
    """Those of some versions that come after one and are no pre-releases, in the order of precedence."""
    return [other for other in ascending(others) if is_higher(other, version) and _is_release(other)]


def _is_release(version: str) -> bool:
    return Version.parse(version).prerelease is None


def ascending(versions: Iterable[str]) -> list[str]:
    """Versions in the order of precedence."""
    return sorted(versions, key=Version.parse)


def is_higher(version: str, other: str) -> bool:
    """Whether one version comes after another."""
    return Version.parse(version) > Version.parse(other)


def major(version: str) -> int:
    """The first number, which changes when something breaks."""
    return Version.parse(version).major


def next_minor(versions: Iterable[str]) -> str:
    """The number that follows the highest of some versions where something is new and nothing breaks."""
    return str(max(map(Version.parse, versions)).bump_minor())


def _bounds(wanted: str) -> tuple[Version, Version]:
    match = _RANGE.fullmatch(wanted)
    if match is None:
        raise Mistake(f"invalid value {wanted!r}. Expected a range such as ~1.2 or ^1.", code="range-invalid")
    sign, *numbers = match.groups()
    first, second, third = (int(number or 0) for number in numbers)
    least = Version(first, second, third)
    if numbers[1] is None or (sign == "^" and first > 0):
        return least, Version(first + 1)
    if sign == "~" or second > 0 or numbers[2] is None:
        return least, Version(first, second + 1)
    return least, Version(first, second, third + 1)


def _range_or_number(text: str) -> str:
    if is_range(text):
        _ = _bounds(text)
        return text
    return _number(text)


VersionOrRange = Annotated[
    str,
    Field(
        pattern=r"^([~^](0|[1-9][0-9]*)(\.(0|[1-9][0-9]*)){0,2}|(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*)){2}(-[0-9A-Za-z.-]+)?)$",
        max_length=64,
        description="one version, or a range that it tracks",
        examples=["1.2.0, or ~1.2 for the newest 1.2.x"],
    ),
    AfterValidator(_range_or_number),
]
"""What a spoke writes: 1.2.0, ~1.2 or ^1."""
