"""Writes a launch into the text of a spoke's settings, where what is offered lets it through."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cli.stacks import wanted_launches
from cli.yaml_text import append
from pages.launching.block import Wanted, checked
from shared.catalog.contract import Contract
from shared.catalog.lifecycle import as_of
from shared.errors import LaunchError
from shared.stack.names import SPOKE_PROJECT, set_command
from spoke.config import SpokeSettings
from spoke.launches.cost import estimate_launch
from spoke.launches.resolution import ResolvedLaunch

_LAUNCHES: Final = ("config", f"{SPOKE_PROJECT}:launches")


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchEntry:
    """A launch that would be let through.

    Attributes:
        text: The settings with it.
        resolved: What it would run.
        price: What a month of it costs, in words.
        secrets: The commands that set its hidden parameters afterwards.
    """

    text: str
    resolved: ResolvedLaunch
    price: str
    secrets: list[str]


def launch_entry(
    stack: str, settings: SpokeSettings, contract: Contract, wanted: Wanted, *, where: str, name_place: str
) -> LaunchEntry:
    """Check a launch, and add it to the settings as they are now; nothing is written.

    Args:
        stack: The spoke's.
        settings: What its file says.
        contract: What is offered.
        wanted: The launch.
        where: Opens messages.
        name_place: Where its name was given.

    Raises:
        CatalogError: it would be refused, or its name is taken.
    """
    path = Path(f"Pulumi.{stack}.yaml")
    region = wanted.region or settings.region
    resolved, secrets = checked(contract, wanted, region, as_of(), where=where, account=settings.account_id)
    launch = resolved.launch
    if origin := wanted_launches(settings, contract, stack).origins.get(launch.name):
        raise LaunchError(
            f"{origin.line} has a launch {launch.name!r} already. Give this one another name: {name_place}",
            code="launch-exists",
            place=name_place,
        )
    place = f"{SPOKE_PROJECT}:launches[{len(settings.launches)}].parameters"
    return LaunchEntry(
        text=append(path.read_text(), _LAUNCHES, wanted.entry(), where=str(path)),
        resolved=resolved,
        price=f"{launch.name}: {estimate_launch(resolved) or 'the hub gives no cost of it'}",
        secrets=[set_command(path.name, f"{place}.{parameter}", secret=True) for parameter in secrets],
    )


def named(name: str, key: str, prefix: str, *, place: str) -> str:
    """Give the launch's name, which begins as the settings say. Raises LaunchError."""
    if name and not name.startswith(prefix):
        raise LaunchError(
            f"invalid value {name!r}, which does not begin with {prefix} (namePrefix). For example: {prefix}{name}",
            code="launch-name-without-prefix",
            place=place,
        )
    return name or (f"{prefix}{key}" if prefix else "")
