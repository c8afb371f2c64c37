"""What each stack has and lacks in its account: the checks that its preview makes, and what comes before them."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from cli.doctor.lines import Line, lines_of, missing
from cli.doctor.models import models
from cli.stacks import engine, wanted_launches
from fleet.plan.hub_contracts import Hubs
from fleet.store.locations import states_at
from fleet.store.storage import backend_url
from hub.config import HubSettings, ShareSetting
from hub.definitions.load import read_catalog
from hub.definitions.portfolio_selection import part_of
from hub.inspection import preflight as of_hub
from organization import inspection as of_organization
from organization.deployer_template import DEPLOYER
from organization.settings import OrganizationSettings
from shared.aws.arn import Arn
from shared.aws.endpoints import named_endpoints
from shared.aws.examples import EXAMPLE_ACCOUNTS
from shared.aws.organization import Organization
from shared.aws.preflight import Check, Finding, failed, warning
from shared.aws.reach import is_loopback
from shared.aws.session import AccountSession, error_text
from shared.catalog.lifecycle import as_of
from shared.errors import CatalogError
from shared.stack.readiness import permissions
from shared.stack.settings import AccountSettings
from shared.stack.stack_file import settings_of
from spoke.config import SpokeSettings
from spoke.inspection import preflight as of_spoke
from spoke.inspection.scope import PreflightScope
from spoke.launches.portfolios import roles_in_use, wanted_portfolios
from spoke.launches.resolution import resolve_launches

_MODELS: Final[Mapping[str, type[AccountSettings]]] = {
    "organization": OrganizationSettings,
    "hub": HubSettings,
    "spoke": SpokeSettings,
}
_ADMINISTRATOR: Final = "OrganizationAccountAccessRole"
_REMEDY: Final = (
    "Where the account has no deployer yet: `deployers` in Pulumi.organization.yaml gives it one, and model-catalog "
    "organization deployers writes what makes it by hand (docs/operations/deployers.md)"
)
_NO_ACCESS: Final = "account-without-access"
_ACCESS: Final = "account"
"""The check of a preview that says whom it works as, which is told here before."""
_ABOUT_NODES: Final = ("targets", "rollout", "shares")
"""Checks of a hub that need the ids of units."""
CATALOG: Final = Path("hub/catalog")


class StackChecks:
    """The checks of one stack."""

    def __init__(self, stack: str, *, hub_account: str) -> None:
        """Take the stack, and the hub's account, which policies name."""
        self.stack = stack
        self._kind = stack.partition("-")[0]
        self._where = f"Pulumi.{stack}.yaml"
        self._hub_account = hub_account

    @cached_property
    def settings(self) -> AccountSettings:
        """The settings. Raises CatalogError."""
        return settings_of(_MODELS[self._kind], self.stack)

    def lines(self) -> list[Line]:
        """Look, and go on as far as what was found allows."""
        try:
            settings = self.settings
        except CatalogError as problem:
            return [missing(self.stack, self._where, problem)]
        lines = lines_of(self.stack, [self._examples])
        if any(line.is_missing for line in lines):
            return lines
        try:
            account = AccountSession(settings, where=self._where)
        except CatalogError as problem:
            return [*lines, self._unreached(settings, problem)]
        asked = permissions(account, settings, self._kind, hub=self._hub_account, folder=Path())
        lines += lines_of(self.stack, [self._access(account), asked])
        try:
            checks = [each for each in self._checks(account) if each.__name__ != _ACCESS]
            lines += lines_of(self.stack, checks)
        except (CatalogError, ClientError, BotoCoreError) as problem:
            lines.append(missing(self.stack, "what it is to deploy", problem))
        return lines

    def _examples(self) -> Iterator[Finding]:
        """The settings."""
        settings = self.settings
        rehearsed = any(is_loopback(each.url) for each in named_endpoints())
        if settings.account_id in EXAMPLE_ACCOUNTS and not rehearsed:
            yield failed(
                self._where,
                f"accountId {settings.account_id} is an example, of AWS's documentation. Put the id of your account, "
                f"and look at all else in the file (docs/first-day.md)",
            )
        else:
            yield Finding(self._where, "can be read")

    def _unreached(self, settings: AccountSettings, problem: CatalogError) -> Line:
        """Say why nothing can be done in the account, and where its deployer comes from."""
        named = Arn.parse(settings.assume_role).name if settings.assume_role else ""
        remedy = f" {_REMEDY}" if named in (DEPLOYER, _ADMINISTRATOR) and problem.code == _NO_ACCESS else ""
        return Line(self.stack, failed(f"account {settings.account_id}", f"{problem}{remedy}"))

    def _access(self, account: AccountSession) -> Check:
        settings = self.settings

        def access() -> Iterator[Finding]:
            """The account."""
            subject = f"account {account.id}"
            if f"/{_ADMINISTRATOR}/" in account.caller:
                yield warning(
                    subject,
                    f"works as {account.caller}, an administrator. Name {DEPLOYER} in assumeRole. {_REMEDY}",
                )
            elif settings.assume_role is None and self._kind == "spoke":
                yield warning(
                    subject,
                    f"works as {account.caller}, and assumeRole names nobody: whoever runs it becomes the one who "
                    f"launches, and two who take turns replace each other's access. Name one role in assumeRole",
                )
            else:
                yield Finding(subject, f"works as {account.caller}")

        return access

    def _checks(self, account: AccountSession) -> Sequence[Check]:
        """List those of its kind. Raises CatalogError."""
        match self.settings:
            case OrganizationSettings() as settings:
                return of_organization.checks_of(settings, account, where=self._where)
            case HubSettings() as settings:
                return self._of_hub(settings, account)
            case SpokeSettings() as settings:
                return self._of_spoke(settings, account)
            case _:
                return []

    def _of_hub(self, settings: HubSettings, account: AccountSession) -> Sequence[Check]:
        whole = read_catalog(CATALOG, as_of(), exceptions=settings.exceptions, published=settings.portfolios)
        catalog = part_of(settings, whole, where=self._where)

        organization, unknown = Organization(account), list[Finding]()
        targets = [(each, self._id_of(organization, each, unknown)) for each in settings.shares]
        units = settings.launch_roles.units if settings.launch_roles else []
        scope = of_hub.PreflightScope(
            settings=settings,
            catalog=catalog,
            targets=targets,
            units=[self._unit(organization, unit, "launchRoles", unknown) for unit in units],
            where=self._where,
        )
        checks = of_hub.checks_of(scope, account)
        if unknown:  # what is about these ids cannot be said
            checks = [each for each in checks if each.__name__ not in _ABOUT_NODES]
        return [*checks, lambda: dict.fromkeys(unknown), *models(settings, catalog, CATALOG)]

    def _id_of(self, organization: Organization, share: ShareSetting, unknown: list[Finding]) -> str:
        """Find the id that a share is made with, or take note of why it cannot be found."""
        if share.type == "ORGANIZATIONAL_UNIT" and share.target:
            return self._unit(organization, share.target, "shares", unknown)
        if share.target is None:
            try:
                return organization.id
            except (ClientError, BotoCoreError) as problem:
                unknown.append(_unread(f"{self._where}: shares", problem))
        return share.target or ""

    def _unit(self, organization: Organization, target: str, setting: str, unknown: list[Finding]) -> str:
        if target.startswith("ou-"):
            return target
        where = f"{self._where}: {setting}"
        try:
            return organization.path_of(target, where=where).rstrip("/").rpartition("/")[2]
        except CatalogError as problem:
            unknown.append(failed(where, str(problem)))
        except (ClientError, BotoCoreError, ValueError) as problem:
            unknown.append(_unread(where, problem))
        return target

    def _of_spoke(self, settings: SpokeSettings, account: AccountSession) -> Sequence[Check]:
        hubs = Hubs(engine(), settings.hub_stacks)
        contract = hubs.contract(settings, where=self._where)
        days = [each.on for each in hubs.published().values()]
        asked = wanted_launches(settings, contract, self.stack)
        launches = resolve_launches(asked.settings, contract, as_of(), where=self._where, origins=asked.origins)
        wanted = wanted_portfolios(settings, contract, launches, where=self._where)
        state = states_at(backend_url(), engine()).read(self.stack)
        scope = PreflightScope(
            settings=settings,
            contract=contract,
            published_on=None if None in days else min(day for day in days if day),
            day=as_of(),
            hub=", ".join(settings.hub_stacks),
            where=self._where,
            resolved_launches=launches,
            wanted=wanted,
            roles=roles_in_use(settings, contract, wanted, launches, where=self._where),
            deployed=state.claims if state else frozenset(),
        )
        return of_spoke.checks_of(scope, account)


def _unread(where: str, problem: Exception) -> Finding:
    return failed(
        where,
        f"the organization cannot be read, which only a delegated administrator may: model-catalog stack up "
        f"organization. AWS says: {error_text(problem)}",
    )


def hub_account_of(stacks: Sequence[str]) -> str:
    """Give the account of the hub, from its settings or from the pin of a spoke; empty where nobody says."""
    for stack in sorted(stacks):
        try:
            if stack.startswith("hub"):
                return settings_of(HubSettings, stack).account_id
            if stack.startswith("spoke-") and (pin := settings_of(SpokeSettings, stack).hub):
                return pin.account_id
        except CatalogError:
            continue
    return ""
