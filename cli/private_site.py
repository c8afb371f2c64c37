"""Makes a site private: adds what the fleet that is here runs, by its own knowledge and by AWS's."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from cli.deployment.shares import rows_of
from fleet.commands import planned
from fleet.show.status import look_in_accounts
from pages.machines.reading import read_index
from pages.platform_team.collect import TEAM_TAG, accounts_of_products, nothing_yet, platform_of
from pages.platform_team.live import LiveRollouts
from pages.platform_team.render import ROOMS, platform_pages
from pages.platform_team.shapes import Arrival, Platform
from pages.web.build import MARK, Site, context_of
from pages.web.rendering import environment
from pages.web.serve import Fresh
from shared.aws.session import error_text
from shared.catalog.lifecycle import as_of
from shared.errors import CatalogError
from shared.stack.stack_file import stack_files

_NOTHING: Final = ("no-spokes", "hub-not-deployed", "no-backend")
"""Why there is no fleet to look at yet."""


def with_platform(site: Site, *, recorded: bool, team_tag: str) -> Site:
    """Add the platform team's pages to a site, and how many accounts run each product. Raises CatalogError."""
    platform = platform_here(recorded=recorded, team_tag=team_tag)
    more = partial(platform_pages, platform=platform, now=dt.datetime.now(dt.UTC))
    return replace(site, users=accounts_of_products(platform), more=more, rooms=ROOMS)


def live_rollouts(folder: Path, linked: Sequence[tuple[str, str]]) -> Fresh | None:
    """Give what makes a site's pages of rollouts anew; None for one that has none. Raises CatalogError.

    Args:
        folder: What was built.
        linked: The files for machines that every page names.
    """
    if not all((folder / address).exists() for address, _ in ROOMS):
        return None
    site = Site(index=read_index(folder, as_of()), title=(folder / MARK).read_text(), linked=linked, rooms=ROOMS)
    return LiveRollouts(Path.cwd(), environment(), context_of(site)).page


def platform_here(*, recorded: bool, team_tag: str = TEAM_TAG) -> Platform:
    """Collect what the platform team's pages show.

    Args:
        recorded: As it was recorded: no account is asked what it really runs, and no hub where its shares are.
        team_tag: The tag of a launch that names its team.

    Raises:
        CatalogError: settings are wrong, or backend, records or history are out of reach.
    """
    root, notes = Path.cwd(), list[str]()
    try:
        plan = planned(root, recorded=recorded)
    except CatalogError as problem:
        if problem.code not in _NOTHING:
            raise
        return nothing_yet(root, [str(problem)], team_tag=team_tag)
    accounts = None if recorded else look_in_accounts(plan)
    arrivals = [] if recorded else list(_arrivals(root, notes))
    return platform_of(plan, accounts=accounts, arrivals=arrivals, notes=notes, team_tag=team_tag)


def _arrivals(root: Path, notes: list[str]) -> Iterator[Arrival]:
    """Look where the shares of each hub are; of a hub that cannot be looked at, a note is taken."""
    for file in stack_files(root, "hub"):
        try:
            yield from (Arrival(hub=file.stack, **row.model_dump(mode="json")) for row in rows_of(file.stack))
        except (CatalogError, ClientError, BotoCoreError) as problem:
            notes.append(f"the shares of {file.stack} were not looked at: {error_text(problem)}")
