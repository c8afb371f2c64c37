"""Semantic Versioning, kept: within a major version no launch that was good becomes wrong."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path

from hub.definitions.templates import Template
from shared.catalog.parameters import Parameter
from shared.catalog.versions import is_higher, major, newest
from shared.collecting import Mistakes
from shared.errors import ContentError

Parameters = Mapping[str, Parameter]


def breaking_changes(old: Parameters, new: Parameters) -> Iterator[tuple[str, str]]:
    """Name each parameter whose change would refuse a launch that was good before, and say what changed."""
    for name, parameter in new.items():
        if name not in old and parameter.default is None:
            yield name, "is new and has no default"
    for name, before in old.items():
        if name not in new:
            yield name, "was removed"
        else:
            yield from ((name, change) for change in _narrowed(before, new[name]))


def refuse_breaking_changes(path: Path, templates: Mapping[str, Template]) -> None:
    """Refuse a version that breaks its users without saying so by its number.

    Each version is compared with the closest lower one of the same major version. Under 1.0.0 anything may
    change (source: semver.org, item 4).

    Args:
        path: The product's file.
        templates: The templates of all versions.

    Raises:
        ContentError: names version, parameter and change.
    """
    mistakes = Mistakes()
    for version, template in templates.items():
        lower = [other for other in templates if major(other) == major(version) and is_higher(version, other)]
        previous = newest(lower)
        if previous is None or major(version) == 0:
            continue
        for name, change in breaking_changes(templates[previous].parameters, template.parameters):
            mistakes.add(
                ContentError(
                    f"the parameter {name} {change}, so launches that are valid with {previous} would fail. Make it "
                    f"{major(version) + 1}.0.0, or keep what {previous} accepts.",
                    code="breaking-change",
                    place=f"{path}: version {version}",
                )
            )
    mistakes.refuse()


def refuse_silent_backports(path: Path, versions: Sequence[tuple[str, bool]]) -> None:
    """Refuse a version whose number is below an earlier one, unless it says that it is meant.

    Args:
        path: The product's file.
        versions: Each version in the order of the file, and whether it is a backport.

    Raises:
        ContentError: names the version and the higher one before it.
    """
    mistakes = Mistakes()
    for index, (version, backport) in enumerate(versions):
        higher = next((other for other, _ in versions[:index] if is_higher(other, version)), None)
        if higher is not None and not backport:
            mistakes.add(
                ContentError(
                    f"invalid value {version!r}. It is below {higher}, which is published before it: give it a higher "
                    f"number, or say that it is meant: backport: true.",
                    code="version-below-earlier",
                    place=f"{path}: versions[{index}].version",
                )
            )
    mistakes.refuse()


def _narrowed(old: Parameter, new: Parameter) -> Iterator[str]:
    if old.type != new.type:
        yield f"has another type ({new.type} instead of {old.type})"
    if old.default is not None and new.default is None:
        yield "lost its default"
    gone = _missing(old.allowed_values, new.allowed_values)
    if gone is not None:
        yield f"no longer allows {gone}"
    if new.allowed_pattern is not None and new.allowed_pattern != old.allowed_pattern:
        yield f"has another pattern ({new.allowed_pattern}), which may refuse what was valid"
    for what, before, now, sign in (
        ("minimum", old.min_value, new.min_value, 1),
        ("maximum", old.max_value, new.max_value, -1),
        ("shortest length", old.min_length, new.min_length, 1),
        ("longest length", old.max_length, new.max_length, -1),
    ):
        if now is not None and (before is None or sign * Decimal(now) > sign * Decimal(before)):
            yield f"has a narrower {what} ({now} instead of {before or 'none'})"


def _missing(old: list[str] | None, new: list[str] | None) -> str | None:
    """What was allowed and is so no longer; None where everything still is."""
    if new is None:
        return None
    if old is None:
        return f"anything but {', '.join(new)}"
    return ", ".join(value for value in old if value not in new) or None
