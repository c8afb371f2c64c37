"""The pages of rollouts as they are at the moment when somebody asks for one."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import jinja2

from fleet.show.report import report_folders
from pages.platform_team.collect import rollout_in, rollouts_of
from pages.platform_team.render import FOLDER, rollout_pages
from pages.platform_team.shapes import Rollout

_ROLLOUTS: Final = f"{FOLDER}/rollouts/"


class LiveRollouts:
    """Renders a page of a rollout from its report, for as long as a site is served where rollouts run."""

    def __init__(self, root: Path, environment: jinja2.Environment, context: Mapping[str, Any]) -> None:
        self._root = root
        self._environment = environment
        self._context = context

    def page(self, address: str) -> str | None:
        """Give a page, or a report, by its place in the site's folder; None where it is none of a rollout's."""
        if not address.startswith(_ROLLOUTS):
            return None
        name = address.removeprefix(_ROLLOUTS).rpartition(".")[0]
        rollouts = rollouts_of(self._root) if name == "index" else self._rollout(name)
        return rollout_pages(self._environment, self._context, rollouts, now=dt.datetime.now(dt.UTC)).get(address)

    def _rollout(self, name: str) -> list[Rollout]:
        """Read the report of one that has this very name; no name leads out of their folder."""
        folder = next((each for each in report_folders(self._root) if each.name == name), None)
        found = rollout_in(folder) if folder else None
        return [found] if found else []
