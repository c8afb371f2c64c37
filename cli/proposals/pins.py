"""Finds where settings name a version, and which launches run by it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

from cli.yaml_text import text_at
from fleet.plan.inventory import Inventory
from fleet.plan.verdicts import FleetPlan, Verdict
from shared.catalog.contract import Contract
from shared.stack.names import SPOKE_PROJECT
from shared.yaml_lines import parsed_key
from spoke.config import SpokeSettings
from spoke.launches.launches_file import LAUNCHES_FILE
from spoke.launches.resolution import ResolvedLaunch

PLATFORM: Final = "platform"
"""The team of launches.yaml."""

_OTHER: Final = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A launch that runs by a pin.

    Attributes:
        settings: Those of its spoke, launches.yaml included.
        contract: What its hub offers.
        resolved: As it is now.
    """

    verdict: Verdict
    settings: SpokeSettings
    contract: Contract
    resolved: ResolvedLaunch


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """A version, as a file of settings names it.

    Attributes:
        path: To the text in the file.
        written: One version, or a range.
        users: The launches that run by it: several, where launches.yaml asks for one in many accounts.
    """

    file: str
    path: tuple[str | int, ...]
    written: str
    team: str
    users: Sequence[User]

    @property
    def place(self) -> str:
        """Where it stands, for messages."""
        return f"{self.file}: {'.'.join(map(str, self.path))}"


def pins_of(plan: FleetPlan) -> list[Pin]:
    """List all pins of the spokes whose settings are good, in the order of files."""
    found: dict[tuple[str, tuple[str | int, ...]], list[User]] = {}
    for verdict in plan.verdicts.values():
        if verdict.wanted is None or not verdict.resolved_launches:
            continue
        settings = verdict.wanted.settings
        contract = plan.inventory.hubs.contract(settings, where=verdict.spoke.file)
        for resolved in verdict.resolved_launches:
            if place := _place(resolved, plan.inventory):
                user = User(verdict=verdict, settings=settings, contract=contract, resolved=resolved)
                found.setdefault(place, []).append(user)
    return [_pin(file, path, users, plan.inventory) for (file, path), users in sorted(found.items(), key=str)]


def _pin(file: str, path: tuple[str | int, ...], users: Sequence[User], inventory: Inventory) -> Pin:
    written = _written(inventory.root / file, path) or users[0].resolved.launch.version
    team = PLATFORM if file == LAUNCHES_FILE else team_of(users[0], inventory)
    return Pin(file=file, path=path, written=written, team=team, users=tuple(users))


def _written(path: Path, keys: Sequence[str | int]) -> str | None:
    try:
        return text_at(path.read_text(), keys)
    except (OSError, ValueError, yaml.YAMLError):
        return None


def team_of(user: User, inventory: Inventory) -> str:
    """Name the team of a spoke, as branches are named."""
    tag = inventory.settings.proposals.team_tag
    facts = inventory.platform.accounts.get(user.settings.account_id)
    named = user.settings.tags.get(tag) or (facts.tags.get(tag) if facts else None)
    stack = user.verdict.spoke.stack.removeprefix("spoke-")
    return _OTHER.sub("-", (named or stack).lower()).strip("-") or stack


def _place(resolved: ResolvedLaunch, inventory: Inventory) -> tuple[str, tuple[str | int, ...]] | None:
    """Say where a launch's version is written."""
    origin = resolved.origin
    if setting := origin.setting_of("version"):
        name, *rest = parsed_key(setting)
        stack_file = origin.keys["version"].line if "version" in origin.keys else origin.line
        return stack_file, ("config", f"{SPOKE_PROJECT}:{name}", *rest)
    for index, entry in enumerate(inventory.platform.entries):
        for position, launch in enumerate(entry.launches):
            if entry.name == origin.entry and launch.name == resolved.launch.name:
                return LAUNCHES_FILE, ("entries", index, "launches", position, "version")
    return None
