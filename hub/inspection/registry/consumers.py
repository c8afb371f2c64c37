"""For whom artifacts have to be granted: whomever the hub's shares reach."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from botocore.exceptions import ClientError

from hub.config import ShareSetting
from shared.aws.organization import Organization
from shared.aws.session import code_of

_OUTSIDE: Final = ("ChildNotFoundException", "AccountNotFoundException")


@dataclass(frozen=True, slots=True, kw_only=True)
class Consumer:
    """Whom a share reaches: one account, or every account of a unit or organization, those that join later too.

    Attributes:
        name: For people.
        account: The account; None where it is many.
        organization: The id of the organization; None where that cannot be said.
        path: How the paths of these accounts in the organization begin, as far as that can be said.
    """

    name: str
    account: str | None = None
    organization: str | None = None
    path: str | None = None


class Consumers:
    """Tells whom shares reach, as far as the caller may read the organization.

    Attributes:
        organization: Its id; None where it cannot be read.
        unread: What AWS refused to tell, and with which error.
    """

    def __init__(self, tree: Organization, *, where: str) -> None:
        """Ask for the organization's id; `where` names the settings file."""
        self._tree = tree
        self._where = where
        self.unread: dict[str, str] = {}
        self.organization = self._told("its id", lambda: tree.id)

    def of(self, share: ShareSetting) -> Consumer:
        """Say whom a share reaches.

        Raises:
            ConfigError: there is no unit of that name.
        """
        target = share.target or ""
        whole = f"{self.organization}/" if self.organization else None
        match share.type:
            case "ORGANIZATION":
                organization = share.target or self.organization
                path = f"{organization}/" if organization else None
                return Consumer(name="the organization", organization=organization, path=path)
            case "ORGANIZATIONAL_UNIT":
                path = self._path_of(target) or whole
                return Consumer(name=f"unit {target}", organization=self.organization, path=path)
            case "ORGANIZATION_MEMBER_ACCOUNT":
                path = self._path_of(target) or whole
                return Consumer(name=f"account {target}", account=target, organization=self.organization, path=path)
            case "ACCOUNT":
                # It may be one outside the organization, for which a grant to the organization is none.
                path = self._path_of(target)
                organization = self.organization if path else None
                return Consumer(name=f"account {target}", account=target, organization=organization, path=path)

    def by_portfolio(self, shares: Sequence[ShareSetting]) -> dict[str, list[Consumer]]:
        """Say whom the shares of each portfolio reach."""
        found: dict[str, list[Consumer]] = {}
        for share in shares:
            found.setdefault(share.portfolio, []).append(self.of(share))
        return found

    def _path_of(self, target: str) -> str | None:
        """Give the path of a unit or an account; None for what is outside the organization, or cannot be read."""
        if self.organization is None:
            return None
        where = f"{self._where}: shares"
        return self._told(f"the place of {target}", lambda: self._tree.path_of(target, where=where))

    def _told(self, what: str, ask: Callable[[], str]) -> str | None:
        try:
            return ask()
        except ClientError as problem:
            if code_of(problem) not in _OUTSIDE:
                self.unread[what] = code_of(problem)
            return None
