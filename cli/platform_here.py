"""Collects what the platform team's pages show of the fleet that is here: its own private knowledge, and AWS's."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from cli.accounts.shares import rows_of
from fleet.commands import planned
from fleet.show.status import look_in_accounts
from pages.platform_team.collect import nothing_yet, platform_of
from pages.platform_team.shapes import Arrival, Platform
from shared.aws.session import error_text
from shared.errors import CatalogError
from shared.stack.stack_file import stack_files

_NOTHING: Final = ("no-spokes", "hub-not-deployed", "no-backend")
"""Why there is no fleet to look at yet."""


def platform_here(*, recorded: bool, team_tag: str) -> Platform:
    """Collect it.

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
