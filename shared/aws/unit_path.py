"""Finds the units of an organization by the names that people write; whoever can list units can use it."""

from collections.abc import Callable, Mapping
from typing import Annotated, Final

from pydantic import Field

from shared.errors import ConfigError

UNIT: Final = r"ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}|[^/]+(/[^/]+)*"
"""A unit's id, or its path of names (source: Organizations API reference, OrganizationalUnit)."""
Unit = Annotated[str, Field(pattern=f"^({UNIT})$")]


def unit_ids(path: str, root: str, units_in: Callable[[str], Mapping[str, str]], *, where: str) -> list[str]:
    """Follow a path of names, such as Workloads/Research, and give the id of each unit on the way.

    Args:
        path: Names of units, the highest first.
        root: The id of the organization's root.
        units_in: Lists the units right below a unit or the root: their ids by their names.
        where: The file and setting that the path is from.

    Raises:
        ConfigError: there is no such unit.
    """
    found = [root]
    for name in path.split("/"):
        there = units_in(found[-1])
        if name not in there:
            raise ConfigError(
                f"the organization has no unit {path!r}: {name!r} is not among the units there "
                f"({', '.join(sorted(there)) or 'none'}). Correct the path, or create the unit first.",
                code="unit-unknown",
                place=where,
            )
        found.append(there[name])
    return found[1:]
