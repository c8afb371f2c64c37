"""What a look ahead begins with: the fleet as it is recorded, the hubs' settings, and the catalog's files."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from fleet.plan.fingerprint import code_parts
from fleet.plan.inventory import Inventory, collect
from fleet.plan.proposed_hubs import ProposedHubs
from fleet.plan.settings import Wave, read_settings
from fleet.plan.spokes import named, required_spokes
from hub.definitions.model import Catalog
from hub.definitions.templates import Template
from shared.catalog.contract import Contract
from shared.catalog.lifecycle import as_of
from shared.errors import CatalogError, ContentError
from shared.stack.names import short_name
from shared.stack.stack_file import StackFile, stack_files
from spoke.launches.launches_file import read_platform

_NOTHING: Final = ("hub-not-deployed", "no-backend")
"""Why nobody can say what is deployed."""

NOT_DEPLOYED: Final = "nothing is deployed here: what the settings of the spokes ask stands for what they run"


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What is known before the change.

    Attributes:
        inventory: The fleet, without AWS. Its hubs say what is deployed, as far as that is known.
        deployed: The contracts that hubs have published, by the names that spokes have for their stacks.
        hubs: The settings of the hub's stacks here, by the same names.
    """

    inventory: Inventory
    deployed: Mapping[str, Contract]
    hubs: Mapping[str, StackFile]

    @property
    def day(self) -> dt.date:
        """The day whose states of versions count."""
        return self.inventory.day

    @property
    def against(self) -> str:
        """Say what a change is compared with."""
        if not self.deployed:
            return "the catalog's files: nothing is deployed here"
        told = ", ".join(f"{short_name(name)} {each.content_hash[:19]}…" for name, each in self.deployed.items())
        return f"what is deployed ({told})"

    @property
    def notes(self) -> list[str]:
        """Say what is not looked at."""
        found = ["AWS is not asked: suspended accounts are not left out, and what previews ask is not known"]
        if elsewhere := list(self.inventory.neighbours.elsewhere):
            found.append(f"run from another repository, and not looked at here: {named(elsewhere)}")
        return found if self.deployed else [*found, NOT_DEPLOYED]

    def contracts(self, made: Callable[[StackFile, Contract | None], Contract]) -> dict[str, Contract]:
        """Make the contract of each hub's stack that has settings here."""
        return {name: made(file, self.deployed.get(name)) for name, file in self.hubs.items()}

    def with_hubs(self, contracts: Mapping[str, Contract]) -> Inventory:
        """Give the fleet as it would be with other contracts."""
        today = self.inventory.hubs if self.deployed else None
        return replace(self.inventory, hubs=ProposedHubs(contracts, self.day, today))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A change, and the fleet before and after it.

    Attributes:
        templates: By their hashes.
        assumed: Nothing is deployed here, so that what settings ask stands for what runs.
        notes: What was not looked at.
    """

    before: Inventory
    after: Inventory
    templates: Mapping[str, Template]
    assumed: bool = False
    notes: tuple[str, ...] = ()


def begin(root: Path) -> Start:
    """Read what is recorded of the fleet, and ask nobody else. Raises CatalogError."""
    try:
        inventory = collect(root, recorded=True, asks_aws=False)
        deployed = {name: found.contract for name, found in inventory.hubs.published().items()}
    except CatalogError as problem:
        if problem.code not in _NOTHING:
            raise
        inventory, deployed = _undeployed(root), dict[str, Contract]()
    # Waves can go by what only the organization knows, and which of them a spoke is in makes no difference here.
    settings = inventory.settings.model_copy(update={"waves": [Wave(name="all", default=True)]})
    inventory = replace(inventory, settings=settings)
    names = {name for spoke in inventory.spokes.values() if spoke.settings for name in spoke.settings.hub_stacks} or {
        "hub"
    }
    files = {file.stack: file for file in stack_files(root, "hub")}
    if not files:
        raise ContentError(
            "has no settings of a hub (Pulumi.hub.yaml). A change of the catalog is foreseen where the catalog is.",
            code="no-hub-here",
            place=str(root),
        )
    hubs = {name: files[short_name(name)] for name in sorted(names) if short_name(name) in files}
    return Start(inventory=inventory, deployed=deployed, hubs=hubs)


def templates_of(*catalogs: Catalog) -> dict[str, Template]:
    """List the templates of catalogs by their hashes."""
    return {
        version.template.sha256: version.template
        for catalog in catalogs
        for product in catalog.products
        for version in product.versions
    }


def _undeployed(root: Path) -> Inventory:
    """Give a fleet of which nothing is deployed, or nobody can say."""
    return Inventory(
        root=root,
        settings=read_settings(root),
        spokes=required_spokes(root),
        organization=None,
        unread="AWS is not asked",
        records={},
        tags={},
        hubs=ProposedHubs({}, as_of()),
        code=code_parts(root),
        day=as_of(),
        platform=read_platform(root),
    )
