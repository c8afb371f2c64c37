"""The AWS organization: which accounts exist, and where in the tree of units."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Annotated, Any, Literal, cast
from unittest.mock import patch

from moto.moto_api._internal import mock_random
from moto.organizations import models
from moto.organizations import utils as moto_ids
from pydantic import BaseModel, ConfigDict, Field, model_validator

from sandbox.aws.inputs import checked, read
from sandbox.aws.model_packages import ModelPackageEntry

SERVICE_CATALOG = "servicecatalog.amazonaws.com"
STACK_SETS = "member.org.stacksets.cloudformation.amazonaws.com"

# moto does not know it as a service with delegates. AWS does not know its other name, which moto takes
# (cdk-organizations issue 1718).
models.FakeDelegatedAdministrator.SUPPORTED_SERVICES.append(STACK_SETS)
models.FakeServiceAccess.TRUSTED_SERVICES.remove("stacksets.cloudformation.amazonaws.com")

AccountId = Annotated[str, Field(pattern=r"^\d{12}$", description="twelve digits, in quotes in YAML")]


class AccountEntry(BaseModel):
    """One member account."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: AccountId
    name: str
    ou: str = Field(default="", description="path of unit names, as in Workloads/Research; empty: the root")
    status: Literal["ACTIVE", "SUSPENDED"] = "ACTIVE"
    tags: dict[str, str] = {}


class OrganizationFile(BaseModel):
    """The whole organization, as `--organization FILE` gives it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    management: AccountId
    accounts: tuple[AccountEntry, ...] = ()
    units: tuple[str, ...] = Field(default=(), description="paths of units that exist without accounts")
    outside: tuple[AccountId, ...] = Field(default=(), description="accounts that are not of the organization")
    model_packages: tuple[ModelPackageEntry, ...] | None = Field(
        default=None, description="without a word of them, those of this catalog's models, where their account is there"
    )

    @model_validator(mode="after")
    def ids_are_unique_and_known(self) -> "OrganizationFile":
        ids = self._ids()
        if twice := [each for number, each in enumerate(ids) if each in ids[:number]]:
            raise ValueError(f"account id {twice[0]} is used twice")
        for package in self.model_packages or ():
            if package.account not in ids:
                raise ValueError(f"model package of {package.group}: there is no account {package.account}")
        return self

    def _ids(self) -> list[str]:
        return [self.management, *(account.id for account in self.accounts), *self.outside]

    @property
    def registered(self) -> tuple[ModelPackageEntry, ...]:
        """The model packages that are there from the beginning."""
        if self.model_packages is not None:
            return self.model_packages
        return tuple(package for package in DEFAULT.model_packages or () if package.account in self._ids())


def read_organization(path: Path) -> OrganizationFile:
    """Read an organization file.

    Raises:
        InputError: it is missing, is not YAML, or a field is wrong; the first fault is named.
    """
    hint = ". Account ids are twelve digits in quotes, for example '222233334444'"
    return checked(OrganizationFile, read(path), str(path), hint)


DEFAULT = read_organization(Path(__file__).with_name("default_organization.yaml"))
"""The one that is there when no file is given."""


class Organization:
    """The living organization. The tree itself is kept by moto, so that Organizations calls change it."""

    def __init__(self, file: OrganizationFile, seed: int) -> None:
        mock_random.seed(seed)
        self.management = file.management
        self.model_packages = file.registered
        self.moto: models.OrganizationsBackend = models.organizations_backends[file.management]["aws"]
        with _next_account_id(file.management):
            self.moto.create_organization(region="us-east-1")
        self._by_id: dict[str, models.FakeAccount] = {}
        self._known = {file.management, *file.outside}
        units = {"": self.root_id}
        for path in (*(account.ou for account in file.accounts), *file.units):
            self._make_units(units, path.strip("/"))
        for account in file.accounts:
            self._make_account(account, units[account.ou.strip("/")])

    def _make_units(self, units: dict[str, str], path: str) -> None:
        parent = ""
        for name in filter(None, path.split("/")):
            here = f"{parent}/{name}".strip("/")
            if here not in units:
                made = self.moto.create_organizational_unit(Name=name, ParentId=units[parent])
                units[here] = made["OrganizationalUnit"]["Id"]
            parent = here

    def _make_account(self, entry: AccountEntry, parent: str) -> None:
        with _next_account_id(entry.id):
            self.moto.create_account(AccountName=entry.name, Email=f"{entry.name}@example.com")
        account = self.moto.get_account_by_id(entry.id)
        account.parent_id = parent
        account.status = account.state = entry.status
        account.tags.update(entry.tags)

    @property
    def id(self) -> str:
        return cast("Any", self.moto.org).id

    @property
    def root_id(self) -> str:
        return cast("Any", self.moto.org).root_id

    def _members(self) -> dict[str, models.FakeAccount]:
        """The members by id, looked up anew only when accounts have come or gone."""
        accounts = self.moto.accounts
        if len(accounts) != len(self._by_id) or (accounts and accounts[-1].id not in self._by_id):
            self._by_id = {account.id: account for account in accounts}
        return self._by_id

    def members(self) -> list[str]:
        """Ids of all accounts that are in the organization now, the management account among them."""
        return list(self._members())

    def has(self, account: str) -> bool:
        return account in self._members()

    def exists(self, account: str) -> bool:
        """Whether there is such an account; one that left the organization still exists."""
        if account in self._members():
            self._known.add(account)
        return account in self._known

    def status(self, account: str) -> str:
        member = self._members().get(account)
        return member.status if member else "ACTIVE"

    def covers(self, node: str, account: str) -> bool:
        """Whether the organization, unit or account named by `node` (an id) contains the account."""
        if account not in self._members():
            return False
        return node in (self.id, account, *self.ancestors(account))

    def ancestors(self, account: str) -> list[str]:
        """Ids of the units above the account, nearest first, the root last."""
        parents = {unit.id: cast("str | None", unit.parent_id) for unit in self.moto.ou}
        path: list[str] = []
        unit = cast("str | None", self._members()[account].parent_id)
        while unit:
            path.append(unit)
            unit = parents.get(unit)
        return path

    def has_unit(self, unit: str) -> bool:
        return any(candidate.id == unit for candidate in self.moto.ou)

    def administers(self, account: str, service: str | None = None) -> bool:
        """Whether the account is a delegated administrator, for one service or for any."""
        return any(
            admin.account.id == account and (service is None or service in admin.services) for admin in self.moto.admins
        )

    def trusts(self, service: str) -> bool:
        """Whether the service has trusted access to the organization."""
        return any(entry["ServicePrincipal"] == service for entry in self.moto.services)


def _next_account_id(wanted: str) -> AbstractContextManager[object]:
    """Let moto, which rolls dice for account ids, make the wanted one."""
    return patch.object(moto_ids, "make_random_account_id", lambda: wanted)
