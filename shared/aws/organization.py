"""The accounts of the organization, with their units, tags and status."""

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from shared.aws.session import error_text
from shared.errors import ConfigError

_AT_ONCE: Final = 4
"""Organizations takes few calls a second (source: AWS Organizations User Guide, "Quotas", throttling)."""

_PATIENCE = Config(
    connect_timeout=10,
    read_timeout=30,
    retries={"mode": "adaptive", "total_max_attempts": 8},
    max_pool_connections=_AT_ONCE,
)


@dataclass(frozen=True, slots=True)
class Account:
    """A member account.

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
    """The accounts, read once.

    Attributes:
        management: The id of the management account.
        accounts: By id.
    """

    def __init__(self, role: str | None = None) -> None:
        """Read the tree of units and accounts.

        Raises:
            ConfigError: the credentials may not list it.
        """
        try:
            self._client = _client(role)
            self.management: str = self._client.describe_organization()["Organization"]["MasterAccountId"]
            roots = self._pages("list_roots", "Roots")
            self._workers = ThreadPoolExecutor(_AT_ONCE)
            self.accounts: Mapping[str, Account] = {
                account.id: account for root in roots for account in self._below(root["Id"], "", frozenset())
            }
        except (BotoCoreError, ClientError) as problem:
            raise ConfigError(
                f"the organization's accounts cannot be listed with the credentials at hand. Use those of the "
                f"management account or of a delegated administrator, or set organization.assumeRole in fleet.yaml. "
                f"AWS says: {error_text(problem)}"
            ) from None

    def status_of(self, account: str) -> str:
        """Ask for an account's status as it is now; the one that was read where AWS does not say."""
        try:
            return _status(self._client.describe_account(AccountId=account)["Account"])
        except (BotoCoreError, ClientError):
            return self.accounts[account].status if account in self.accounts else "ACTIVE"

    def tags(self, accounts: Iterable[str]) -> Mapping[str, Mapping[str, str]]:
        """Give the tags of accounts, one call for each (source: Organizations API reference, ListTagsForResource)."""

        def of(account: str) -> Mapping[str, str]:
            found = self._pages("list_tags_for_resource", "Tags", ResourceId=account)
            return {tag["Key"]: tag["Value"] for tag in found}

        known = [account for account in accounts if account in self.accounts]
        try:
            return dict(zip(known, self._workers.map(of, known), strict=True))
        except (BotoCoreError, ClientError) as problem:
            raise ConfigError(
                f"the tags of the organization's accounts cannot be read: {error_text(problem)}"
            ) from None

    def _below(self, parent: str, path: str, units: frozenset[str]) -> list[Account]:
        """Walk the tree level by level; the units of one level are asked for at the same time."""
        found: list[Account] = []
        level = [(parent, path, units)]
        while level:
            ids = [unit for unit, _, _ in level]
            accounts, children = self._workers.map(self._accounts, ids), self._workers.map(self._units, ids)
            below: list[tuple[str, str, frozenset[str]]] = []
            for (_, here, above), members, units_below in zip(level, accounts, children, strict=True):
                found += [Account(each["Id"], each["Name"], here, above, _status(each)) for each in members]
                below += [
                    (child["Id"], f"{here}/{child['Name']}".lstrip("/"), above | {child["Id"]}) for child in units_below
                ]
            level = below
        return found

    def _accounts(self, parent: str) -> list[dict[str, Any]]:
        return self._pages("list_accounts_for_parent", "Accounts", ParentId=parent)

    def _units(self, parent: str) -> list[dict[str, Any]]:
        return self._pages("list_organizational_units_for_parent", "OrganizationalUnits", ParentId=parent)

    def _pages(self, operation: str, result: str, **arguments: str) -> list[dict[str, Any]]:
        paginator = self._client.get_paginator(operation)
        return [item for page in paginator.paginate(**arguments) for item in page[result]]


def _status(account: Mapping[str, Any]) -> str:
    """Give an account's state: `State` replaces `Status`, which AWS has announced to end in 2026."""
    return str(account.get("State") or account.get("Status"))


def _client(role: str | None) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
    session: Any = boto3.Session()  # the stubs have one function per service
    if role:
        given = session.client("sts").assume_role(RoleArn=role, RoleSessionName="model-catalog-fleet")["Credentials"]
        session = boto3.Session(
            aws_access_key_id=given["AccessKeyId"],
            aws_secret_access_key=given["SecretAccessKey"],
            aws_session_token=given["SessionToken"],
        )
    # Organizations is served from one region, whatever the caller's (source: AWS General Reference).
    return session.client("organizations", region_name=session.region_name or "us-east-1", config=_PATIENCE)
