"""Looks at the stacks that come before the spokes: their settings, their states, and what registries approve."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from fleet.engine import Engine
from fleet.plan.approvals import Approvals
from fleet.plan.fingerprint import code_of_programs
from fleet.plan.hub_parts import CatalogParts
from fleet.plan.upstream import Upstream, read_upstream
from fleet.store.locations import states_at
from hub.config import HubSettings
from shared.catalog.lifecycle import as_of
from shared.stack.stack_file import stack_files

CATALOG: Final = Path("hub") / "catalog"
_PROGRAMS: Final = ("organization", "hub")


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """The stacks that come before the spokes, as they are at one moment.

    Attributes:
        stacks: In their order; none where this is no checkout of theirs.
        tags: Those of their states.
        catalog: What the hub's publish; None where there is none.
        approvals: What registries say; None where they were not asked.
    """

    stacks: Mapping[str, Upstream] = field(default_factory=dict[str, Upstream])
    tags: Mapping[str, str] = field(default_factory=dict[str, str])
    catalog: CatalogParts | None = None
    approvals: Approvals | None = None


def look_before(root: Path, backend: str, engine: Engine, *, ask: bool) -> Before:
    """Look at them.

    Args:
        root: The checkout.
        backend: Where their states are.
        engine: Of the checkout.
        ask: Ask the registries what they approve.

    Raises:
        CatalogError: the backend is out of reach, or the checkout has no lock file.
    """
    if not (stack_files(root, "hub") or (root / "Pulumi.organization.yaml").exists()):
        return Before()
    programs = [each for each in _PROGRAMS if (root / each).is_dir()]
    if not programs:
        return Before()
    catalog = CatalogParts(root / CATALOG, as_of())
    stacks = read_upstream(root, code_of_programs(root, programs), catalog)
    tags: dict[str, str] = {}
    for project in dict.fromkeys(each.project for each in stacks.values()):
        tags |= states_at(backend, engine, project).tags()
    approvals = Approvals() if ask else None
    if approvals:
        hubs = [each.settings for each in stacks.values() if isinstance(each.settings, HubSettings)]
        approvals.ask((settings, catalog) for settings in hubs)
    return Before(stacks=stacks, tags=tags, catalog=catalog, approvals=approvals)
