"""Keeps proposals in a folder: a patch and a description each, and an index of all."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, cast

from cli.accounts.patch import patch_of
from cli.proposals.branches import NO_LONGER
from cli.proposals.placing import Closed, Described, Placed, Placement, Status
from cli.proposals.proposal import PREFIX
from shared.documents import parse_json
from shared.errors import ConfigError
from shared.files import write_file

INDEX: Final = "index.json"


class Patches:
    """A folder of patches."""

    def __init__(self, folder: Path) -> None:
        """Learn which there are.

        Raises:
            ConfigError: the folder has an index that is none of ours.
        """
        self._folder = folder
        self._there = _known(folder / INDEX)

    def place(self, proposals: Sequence[Described], *, write: bool) -> Placement:
        """Write what is new or has changed, and take away what is no longer needed.

        Args:
            proposals: All that there are.
            write: Without it, only what would be done is said.
        """
        placed = [self._placed(each, write=write) for each in proposals]
        needed = {each.proposal.branch for each in proposals}
        closed = [Closed(branch=name, reason=NO_LONGER) for name in self._there if name not in needed]
        for each in closed if write else ():
            for ending in (".patch", ".md"):
                self._path(each.branch, ending).unlink(missing_ok=True)
        return Placement(placed=placed, closed=closed)

    def index(self, document: Mapping[str, Any]) -> None:
        """Write the index, where it says something new: the day alone is nothing new."""
        path = self._folder / INDEX
        text = json.dumps(document, indent=1, ensure_ascii=False) + "\n"
        if _without_day(text) != _without_day(path.read_text() if path.exists() else "{}"):
            write_file(path, text)

    def _placed(self, described: Described, *, write: bool) -> Placed:
        proposal = described.proposal
        patch = "".join(patch_of(name, proposal.before[name], text) for name, text in proposal.after.items())
        path = self._path(proposal.branch, ".patch")
        before = self._there.get(proposal.branch)
        same = before == proposal.digest and path.exists() and path.read_bytes().decode() == patch
        status = Status.NEW if before is None else Status.UNCHANGED if same else Status.UPDATED
        if write and not same:
            write_file(path, patch)
            write_file(self._path(proposal.branch, ".md"), described.description)
        return Placed(described=described, status=status)

    def _path(self, branch: str, ending: str) -> Path:
        return self._folder / f"{branch.removeprefix(PREFIX).replace('/', '--')}{ending}"


def _known(path: Path) -> dict[str, str]:
    """Read which proposals a folder has, with their digests. Raises ConfigError."""
    if not path.exists():
        return {}
    try:
        found: Any = parse_json(path.read_text())
        return {str(each["branch"]): str(each["digest"]) for each in found["proposals"]}
    except (ValueError, KeyError, TypeError):
        raise ConfigError(
            "is no index of proposals. Name another folder, or remove the file.", code="index-foreign", place=str(path)
        ) from None


def _without_day(text: str) -> object:
    """Give what an index says but for what changes from run to run."""
    found = cast("dict[str, Any]", json.loads(text))
    those: Any = found.get("proposals", [])
    kept = [{key: each[key] for key in each if key not in ("status", "description", "ends")} for each in those]
    return {**found, "day": "", "proposals": kept, "close": []}
