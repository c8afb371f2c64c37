"""For whom artifacts have to be granted: whomever the hub's shares reach."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import ClientError

from hub.config import ShareSetting
from hub.inspection.registry.aws import code_of
from shared.errors import ConfigError

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


class OrganizationTree:
    """The organization as far as the caller may read it. A member may read its id, a delegated administrator all.

    Attributes:
        id: Of the organization; None where it cannot be read.
        unread: What AWS refused to tell, and with which error.
    """

    def __init__(self, organizations: Any) -> None:  # noqa: ANN401 - a boto3 client
        self._organizations = organizations
        self.unread: dict[str, str] = {}
        self.id: str | None = None
        try:
            self.id = organizations.describe_organization()["Organization"]["Id"]
        except ClientError as problem:
            self.unread["its id"] = code_of(problem)

    def path_of(self, target: str) -> str | None:
        """Give the path of a unit (by id or path of names) or of an account's unit, ending with a slash.

        None stands for what is outside the organization, or cannot be read.

        Raises:
            ConfigError: there is no unit of that name.
        """
        if self.id is None:
            return None
        try:
            by_id = target.isdigit() or target.startswith("ou-")
            steps = self._upwards(target) if by_id else self._downwards(target)
        except ClientError as problem:
            if code_of(problem) not in _OUTSIDE:
                self.unread[f"the place of {target}"] = code_of(problem)
            return None
        return "/".join((self.id, *steps, ""))

    def _upwards(self, node: str) -> list[str]:
        path = [] if node.isdigit() else [node]
        while not node.startswith("r-"):
            node = self._organizations.list_parents(ChildId=node)["Parents"][0]["Id"]
            path.insert(0, node)
        return path

    def _downwards(self, names: str) -> list[str]:
        path: list[str] = [self._organizations.list_roots()["Roots"][0]["Id"]]
        for name in names.split("/"):
            pages = self._organizations.get_paginator("list_organizational_units_for_parent").paginate(
                ParentId=path[-1]
            )
            units: dict[str, str] = {unit["Name"]: unit["Id"] for page in pages for unit in page["OrganizationalUnits"]}
            if name not in units:
                raise ConfigError(
                    f"shares: the organization has no unit {names!r}: {name!r} is not among the units there "
                    f"({', '.join(sorted(units)) or 'none'}). Correct the path, or create the unit first."
                )
            path.append(units[name])
        return path


def consumer_of(share: ShareSetting, tree: OrganizationTree) -> Consumer:
    """Say whom a share reaches."""
    target = share.target or ""
    whole = f"{tree.id}/" if tree.id else None
    match share.type:
        case "ORGANIZATION":
            organization = share.target or tree.id
            path = f"{organization}/" if organization else None
            return Consumer(name="the organization", organization=organization, path=path)
        case "ORGANIZATIONAL_UNIT":
            return Consumer(name=f"unit {target}", organization=tree.id, path=tree.path_of(target) or whole)
        case "ORGANIZATION_MEMBER_ACCOUNT":
            path = tree.path_of(target) or whole
            return Consumer(name=f"account {target}", account=target, organization=tree.id, path=path)
        case "ACCOUNT":
            # It may be one outside the organization, for which a grant to the organization is none.
            path = tree.path_of(target)
            return Consumer(name=f"account {target}", account=target, organization=tree.id if path else None, path=path)


def consumers_by_portfolio(shares: Sequence[ShareSetting], tree: OrganizationTree) -> dict[str, list[Consumer]]:
    """Say whom the shares of each portfolio reach."""
    guests: dict[str, list[Consumer]] = {}
    for share in shares:
        guests.setdefault(share.portfolio, []).append(consumer_of(share, tree))
    return guests
