"""The organization: its units, and its accounts with their units, tags and status."""

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from shared.aws.session import Session, error_text
from shared.aws.unit_path import unit_ids
from shared.errors import ConfigError

_AT_ONCE: Final = 4
"""Organizations takes few calls a second (source: AWS Organizations User Guide, "Quotas", throttling)."""


@dataclass(frozen=True, slots=True)
class MemberAccount:
    """An account of the organization.

    Attributes:
        unit: The path of its unit's names, such as Workloads/Research; empty right below the root.
        units: The ids of the units above it.
        status: ACTIVE, SUSPENDED, PENDING_CLOSURE or CLOSED.
    """

    id: str
    name: str
    unit: str
    units: frozenset[str]
    status: str

    @property
    def is_active(self) -> bool:
        """Whether anything can be done in it."""
        return self.status == "ACTIVE"

    def is_in(self, unit: str) -> bool:
        """Say whether it is in a unit, given by id or path, or below it."""
        return unit in self.units or self.unit == unit or self.unit.startswith(f"{unit}/")


class Organization:
    """The organization as the session may read it: a member its id, the management account and delegates all of it.

    AWS is asked once for each thing, and only for what somebody wants to know. Where it refuses or is out of reach,
    boto's own errors come through, but where another is named.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._workers = ThreadPoolExecutor(_AT_ONCE)
        self._listed: dict[tuple[str, ...], list[dict[str, Any]]] = {}

    @property
    def id(self) -> str:
        """The organization's id."""
        return self._description["Id"]

    @property
    def management(self) -> str:
        """The id of the management account."""
        return self._description["MasterAccountId"]

    @cached_property
    def accounts(self) -> Mapping[str, MemberAccount]:
        """All accounts by id, with the units that they are in."""
        return {account.id: account for root in self._roots() for account in self._walk(root)}

    @cached_property
    def statuses(self) -> Mapping[str, str]:
        """The status of all accounts by id; it takes fewer calls than to walk through the units."""
        return {account["Id"]: _status(account) for account in self._list("list_accounts", "Accounts")}

    def statuses_below(self, node: str) -> Mapping[str, str]:
        """Give the status of the accounts in a unit and in the units below it, or in the organization, by id."""
        if node.startswith("o-"):
            return self.statuses
        return {account.id: account.status for account in self._walk(node)}

    def path_of(self, target: str, *, where: str) -> str:
        """Give the path of a unit (by id or path of names), or of an account's unit.

        Such paths consist of ids and end with a slash (source: IAM User Guide, "aws:PrincipalOrgPaths").

        Raises:
            ClientError: the unit or account is outside the organization, or may not be read.
            ConfigError: there is no unit of that name; `where` names the setting.
        """
        if target.isdigit() or target.startswith("ou-"):
            steps = self._upwards(target)
        else:
            [root] = self._roots()
            steps = [root, *unit_ids(target, root, self._units, where=where)]
        return "/".join((self.id, *steps, ""))

    def status_of(self, account: str) -> str:
        """Ask for an account's status as it is now; the one that was read where AWS does not say."""
        try:
            return _status(self._session.client("organizations").describe_account(AccountId=account)["Account"])
        except (BotoCoreError, ClientError):
            return self.accounts[account].status if account in self.accounts else "ACTIVE"

    def tags(self, accounts: Iterable[str]) -> Mapping[str, Mapping[str, str]]:
        """Give the tags of accounts, one call for each (source: Organizations API reference, ListTagsForResource).

        Raises:
            ConfigError: the credentials may not read them.
        """

        def of(account: str) -> Mapping[str, str]:
            found = self._list("list_tags_for_resource", "Tags", ResourceId=account)
            return {tag["Key"]: tag["Value"] for tag in found}

        known = [account for account in accounts if account in self.accounts]
        try:
            return dict(zip(known, self._workers.map(of, known), strict=True))
        except (BotoCoreError, ClientError) as problem:
            raise ConfigError(
                f"the tags of the organization's accounts cannot be read. Let the credentials call "
                f"organizations:ListTagsForResource. AWS says: {error_text(problem)}",
                code="account-tags-unreadable",
            ) from None

    @cached_property
    def _description(self) -> dict[str, str]:
        return self._session.client("organizations").describe_organization()["Organization"]

    def _walk(self, top: str) -> list[MemberAccount]:
        """Walk down level by level; the units of one level are asked for at the same time."""
        found: list[MemberAccount] = []
        level = [(top, "", frozenset[str]())]
        while level:
            ids = [unit for unit, _, _ in level]
            accounts, children = self._workers.map(self._accounts, ids), self._workers.map(self._units, ids)
            below: list[tuple[str, str, frozenset[str]]] = []
            for (_, here, above), members, units in zip(level, accounts, children, strict=True):
                found += [MemberAccount(each["Id"], each["Name"], here, above, _status(each)) for each in members]
                below += [(unit, f"{here}/{name}".lstrip("/"), above | {unit}) for name, unit in units.items()]
            level = below
        return found

    def _upwards(self, node: str) -> list[str]:
        steps = [] if node.isdigit() else [node]
        while not node.startswith("r-"):
            [parent] = self._list("list_parents", "Parents", ChildId=node)
            node = parent["Id"]
            steps.insert(0, node)
        return steps

    def _roots(self) -> list[str]:
        return [root["Id"] for root in self._list("list_roots", "Roots")]

    def _accounts(self, parent: str) -> list[dict[str, Any]]:
        return self._list("list_accounts_for_parent", "Accounts", ParentId=parent)

    def _units(self, parent: str) -> Mapping[str, str]:
        found = self._list("list_organizational_units_for_parent", "OrganizationalUnits", ParentId=parent)
        return {unit["Name"]: unit["Id"] for unit in found}

    def _list(self, operation: str, result: str, **arguments: str) -> list[dict[str, Any]]:
        key = (operation, *arguments.values())
        if key not in self._listed:
            self._listed[key] = self._session.pages("organizations", operation, result, **arguments)
        return self._listed[key]


def _status(account: Mapping[str, Any]) -> str:
    """Give an account's state: `State` replaces `Status`, which AWS has announced to end in 2026."""
    return str(account.get("State") or account.get("Status"))
