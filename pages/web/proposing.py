"""Where the pages let a person propose a change: the editors of the host of the repository, opened with what to save.

A page has no credentials, so it opens the host's own form, where the person signs in; what is saved there becomes a
pull request. Sources: GitHub takes a new file's path and text as `filename` and `value` of `/new/BRANCH`, as the bot of
github.com/changesets uses it. GitLab takes the path as `file_name` of `/-/new/BRANCH`; its newer editors leave the
text, `content`, out (gitlab-org/gitlab, issue 594214), so that the page copies it as well.
"""

import re
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import quote

Host = Literal["github", "gitlab"]
BRANCH: Final = "main"
FOLDER: Final = "change-requests"
"""Where a request lies in the repository, until `model-catalog spoke take-requests` makes the change of it."""

_GITLAB: Final = re.compile(r"^https://([^/]*\.)?gitlab\.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """The repository of the catalog, as its host shows it.

    Attributes:
        address: Without an ending; empty where it is not set, or no address of a host's pages.
        branch: What is proposed to.
        host: Whose addresses it has; None to tell by its name.
    """

    address: str = ""
    branch: str = BRANCH
    host: Host | None = None

    @property
    def _is_gitlab(self) -> bool:
        return self.host == "gitlab" if self.host else bool(_GITLAB.match(f"{self.address}/"))

    @property
    def _top(self) -> str:
        if not self.address.startswith("https://"):
            return ""
        return self.address.rstrip("/").removesuffix(".git") + ("/-" if self._is_gitlab else "")

    @property
    def edit(self) -> str:
        """The editor of a file, whose path follows; empty without an address."""
        return f"{self._top}/edit/{quote(self.branch)}/" if self._top else ""

    @property
    def view(self) -> str:
        """A file, whose path follows; empty without an address."""
        return f"{self._top}/blob/{quote(self.branch)}/" if self._top else ""

    @property
    def proposal(self) -> dict[str, str] | None:
        """How the page opens the form of a new file; None without an address."""
        if not self._top:
            return None
        names = ("file_name", "content") if self._is_gitlab else ("filename", "value")
        return {
            "address": f"{self._top}/new/{quote(self.branch)}",
            "folder": FOLDER,
            "path": names[0],
            "text": names[1],
            "edit": self.edit,
        }

    @property
    def request(self) -> str:
        """What the host calls a change that somebody proposes."""
        return "merge request" if self._is_gitlab else "pull request"
