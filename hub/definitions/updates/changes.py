"""What becomes of each resource of a launch when its template or its parameters change."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from hub.definitions.derived.registry import ResourceType, resource_type
from hub.definitions.updates.behavior import (
    Downtime,
    Told,
    at,
    names_of,
    recreating,
    stays,
    when_changed,
    when_removed,
    when_replaced,
)
from hub.definitions.updates.parts import Json, is_undecided, references

_ELSEWHERE: Final = ("AWS::CloudFormation::CustomResource", "Custom::")
"""Whether such a resource is made anew a function decides that is asked when it changes."""


class Fate(StrEnum):
    """What becomes of a resource."""

    MADE = "made"
    CHANGED = "changed"
    MAY_CHANGE = "may change"
    REPLACED = "replaced"
    MAY_BE_REPLACED = "may be replaced"
    REMOVED = "removed"
    REFUSED = "refused"

    @property
    def is_certain(self) -> bool:
        """Whether it is certain to come."""
        return self not in (Fate.MAY_CHANGE, Fate.MAY_BE_REPLACED)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceChange:
    """What becomes of one resource.

    Attributes:
        causes: The properties that change, and after `from` the resource whose change makes them change.
        forced_by: Those of them that make the resource anew.
        downtime: What those notice who use it.
        because: By what rule that is said; why CloudFormation refuses, where it does.
    """

    logical_id: str
    kind: str
    fate: Fate
    causes: tuple[str, ...] = ()
    forced_by: tuple[str, ...] = ()
    downtime: Downtime = Downtime.NONE
    because: str = ""


def changes(before: Mapping[str, Json], after: Mapping[str, Json], *, retagged: bool = False) -> list[ResourceChange]:
    """Compare a launch's resources before and after (`Reckoning.resources`).

    Args:
        before: Those that are there.
        after: Those that there shall be.
        retagged: The stack's own tags change, which its resources bear too.
    """
    comparison = _Comparison(before, after, retagged=retagged)
    found = [comparison.of(name) for name in after]
    gone = [_removed(name, before[name]["Type"]) for name in before if name not in after]
    return [each for each in (*found, *gone) if each]


@dataclass(slots=True)
class _Cause:
    """Why a property changes.

    Attributes:
        certain: It does.
        through: The resource whose change makes it; empty where the template or a parameter does.
    """

    certain: bool
    through: str = ""


class _Comparison:
    def __init__(self, before: Mapping[str, Json], after: Mapping[str, Json], *, retagged: bool) -> None:
        self._before = before
        self._after = after
        self._retagged = retagged
        self._known: dict[str, ResourceChange | None] = {}

    def of(self, name: str) -> ResourceChange | None:
        """Say what becomes of a resource, after those that it refers to; None where it stays as it is."""
        if name not in self._known:
            self._known[name] = None
            self._known[name] = self._change(name)
        return self._known[name]

    def _change(self, name: str) -> ResourceChange | None:
        kind = str(self._after[name]["Type"])
        if name not in self._before:
            return ResourceChange(logical_id=name, kind=kind, fate=Fate.MADE)
        if (old := str(self._before[name]["Type"])) != kind:
            because = f"CloudFormation lets no resource become one of another type: it is {old}. Give it another name"
            return ResourceChange(
                logical_id=name, kind=kind, fate=Fate.REFUSED, downtime=Downtime.UNKNOWN, because=because
            )
        return self._modification(name, kind, self._before[name]["Properties"], self._after[name]["Properties"])

    def _modification(self, name: str, kind: str, old: Json, new: Json) -> ResourceChange | None:
        known = resource_type(kind)
        found = {
            key: cause for key in dict.fromkeys((*old, *new)) if (cause := self._cause(old.get(key), new.get(key)))
        }
        if self._retagged and known and known.tags:
            found.setdefault(known.tags, _Cause(certain=True))
        if not found:
            return None
        causes = tuple(f"{key} (from {each.through})" if each.through else key for key, each in found.items())
        forced = dict(self._forced(known, kind, found, old, new))
        if not forced:
            certain = any(cause.certain for cause in found.values())
            downtime, because = when_changed(kind, list(found))
            fate = Fate.CHANGED if certain else Fate.MAY_CHANGE
            return _told(name, kind, fate, causes, (downtime, because))
        certain = any(forced.values())
        if certain and known and (conflict := _conflict(known, found, new)):
            return _told(name, kind, Fate.REFUSED, causes, (Downtime.UNKNOWN, conflict), tuple(forced))
        fate = Fate.REPLACED if certain else Fate.MAY_BE_REPLACED
        return _told(name, kind, fate, causes, when_replaced(kind, certain=certain), tuple(forced))

    def _cause(self, old: object, new: object) -> _Cause | None:
        """Say why a property changes; None where it does not."""
        if old != new:
            return _Cause(certain=not (is_undecided(old) or is_undecided(new)))
        found: _Cause | None = None
        for resource, attribute in sorted(references(new)):
            certain = self._reaches(resource, attribute)
            if certain is not None and (found is None or (certain and not found.certain)):
                found = _Cause(certain=certain, through=resource)
        return found

    def _reaches(self, resource: str, attribute: str) -> bool | None:
        """Say whether a reference to a resource comes to something else: certainly, perhaps, or None for no."""
        change = self.of(resource) if resource in self._after else None
        if change is None:
            return None
        match change.fate:
            case Fate.REPLACED | Fate.MADE:
                return True
            case Fate.MAY_BE_REPLACED:
                return False
            case _:
                return None if stays(change.kind, attribute) else False

    def _forced(
        self, known: ResourceType | None, kind: str, found: Mapping[str, _Cause], old: Json, new: Json
    ) -> Iterator[tuple[str, bool]]:
        """Give the properties that make the resource anew, each with whether they are certain to."""
        if known is None:
            if kind.startswith(_ELSEWHERE):
                yield from dict.fromkeys(found, False).items()
            return
        for key, cause in found.items():
            certainties = list[bool]()
            for path, always in recreating(known, key):
                change = self._cause(at(old.get(key), path), at(new.get(key), path))
                if change:
                    certainties.append(change.certain and always and cause.certain)
            if certainties:
                yield key, any(certainties)


def _conflict(known: ResourceType, found: Mapping[str, Any], new: Json) -> str:
    """Say that CloudFormation would have to make a second resource of one name; empty where it would not.

    Source: CloudFormation User Guide, "Troubleshooting", on custom-named resources that require replacing.
    """
    names = names_of(known)
    given = [name for name in names if name in new]
    if not names or names[0] not in new or any(name in found for name in given):
        return ""
    return (
        f"it would be made anew, and its name is fixed ({names[0]}): CloudFormation refuses that. Leave the name out, "
        f"or change it with what forces this"
    )


def _told(
    name: str, kind: str, fate: Fate, causes: tuple[str, ...], told: Told, forced: tuple[str, ...] = ()
) -> ResourceChange:
    downtime, because = told
    return ResourceChange(
        logical_id=name, kind=kind, fate=fate, causes=causes, forced_by=forced, downtime=downtime, because=because
    )


def _removed(name: str, kind: str) -> ResourceChange:
    return _told(name, kind, Fate.REMOVED, (), when_removed(kind))
