"""What a preview of the organization's stack says before anything is changed, one line for each check."""

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from botocore.exceptions import ClientError

from organization.settings import SERVICE_PRINCIPAL, STACK_SETS, OrganizationSettings
from shared.aws.organization import Organization
from shared.aws.preflight import Check, Finding, failed, run_checks, warning
from shared.aws.session import AccountSession, code_of
from shared.errors import ConfigError
from shared.stack.before_deploying import begin_checks

_SERVICES: Mapping[str, str] = {SERVICE_PRINCIPAL: "Service Catalog", STACK_SETS: "stack sets"}


_BY_HAND: Final = "model-catalog organization deployers"
_ACTIVATE: Final = "aws cloudformation activate-organizations-access"


def preflight(settings: OrganizationSettings, *, where: str) -> None:
    """Look at the organization, and report.

    Raises:
        ConfigError: the credentials are of another account.
        PreflightError: something stands in the way.
    """
    account = AccountSession(settings, where=where)
    beside = begin_checks(account, settings, "organization", hub=settings.hub_account_id)
    _ = run_checks([*checks_of(settings, account, where=where), *beside])


def checks_of(settings: OrganizationSettings, account: AccountSession, *, where: str) -> list[Check]:
    """List the checks, in their order."""
    checks = _Checks(settings, account, where)
    return [checks.management, checks.hub, checks.access, checks.delegates, checks.deployers]


class _Checks:
    def __init__(self, settings: OrganizationSettings, account: AccountSession, where: str) -> None:
        self._settings = settings
        self._where = where
        self._account = account

    def management(self) -> Iterator[Finding]:
        """The organization."""
        found = self._account.client("organizations").describe_organization()["Organization"]
        subject = f"organization {found['Id']}"
        if found["MasterAccountId"] != self._account.id:
            yield failed(
                subject,
                f"its management account is {found['MasterAccountId']}, and only that one may turn sharing on. Correct "
                f"accountId ({self._account.id})",
            )
        elif found["FeatureSet"] != "ALL":
            yield failed(
                subject,
                "has no features but consolidated billing, so nothing is shared in it. Enable all features: aws "
                "organizations enable-all-features",
            )
        else:
            yield Finding(subject, f"works as {self._account.caller}, in the management account")

    def hub(self) -> Iterator[Finding]:
        """The hub's account."""
        hub = self._settings.hub_account_id
        subject = f"hub {hub}"
        try:
            found = self._account.client("organizations").describe_account(AccountId=hub)["Account"]
        except ClientError as problem:
            if code_of(problem) != "AccountNotFoundException":
                raise
            yield failed(subject, "is no account of the organization. Correct hubAccountId, or invite it first")
            return
        status = str(found.get("State") or found.get("Status"))
        if status != "ACTIVE":
            yield failed(subject, f"is {status}. Name an account that is ACTIVE in hubAccountId")
        elif hub == self._account.id:
            yield warning(
                subject,
                "is the management account, where no policy of the organization holds. Name another one, for what the "
                "hub shares need not be made there",
            )
        else:
            yield Finding(subject, f"{found['Name']}, ACTIVE")

    def access(self) -> Iterator[Finding]:
        """Trusted access of Service Catalog."""
        status = self._account.client("servicecatalog").get_aws_organizations_access_status()["AccessStatus"]
        text = "has trusted access" if status == "ENABLED" else f"trusted access is {status}; this stack turns it on"
        yield Finding("Service Catalog", text)

    def delegates(self) -> Iterator[Finding]:
        """Delegated administrators."""
        hub = self._settings.hub_account_id
        for service in [SERVICE_PRINCIPAL, *([STACK_SETS] if self._settings.stack_sets else [])]:
            listed = self._account.pages(
                "organizations", "list_delegated_administrators", "DelegatedAdministrators", ServicePrincipal=service
            )
            there = [str(each["Id"]) for each in listed]
            subject = f"delegated administrators of {_SERVICES[service]}"
            if hub in there:
                yield Finding(subject, f"{hub} is one. Where somebody made it so by hand: model-catalog stack adopt")
            else:
                others = f"; {', '.join(there)} stay" if there else ""
                yield Finding(subject, f"this stack makes {hub} one{others}")

    def deployers(self) -> Iterator[Finding]:
        """Deployers of accounts."""
        deployers = self._settings.deployers
        if deployers is None:
            return
        subject = "deployers of accounts"
        status = self._account.client("cloudformation").describe_organizations_access()["Status"]
        if status != "ENABLED":
            yield failed(subject, f"stack sets are not let into the organization ({status}). Once: {_ACTIVATE}")
        organization, reached = Organization(self._account), dict[str, str]()
        for unit in deployers.units:
            try:
                path = organization.path_of(unit, where=f"{self._where}: deployers")
            except ConfigError as problem:
                yield failed(unit, str(problem))
                continue
            reached |= organization.statuses_below(path.rstrip("/").rpartition("/")[2])
        yield Finding(subject, "; ".join(self._reached(reached, deployers.leave_out)))

    def _reached(self, accounts: Mapping[str, str], left_out: Collection[str]) -> Iterator[str]:
        """Tell who gets a deployer, and who does not."""
        members = accounts.keys() - {self._account.id}
        within = {account for account in members if accounts[account] == "ACTIVE"}
        yield f"{len(within - {*left_out})} accounts, and those that join later"
        if without := within & {*left_out}:
            yield f"{len(without)} left out"
        if len(within) < len(members):
            yield f"{len(members) - len(within)} not ACTIVE"
        if (hub := self._settings.hub_account_id) not in {*members, *left_out}:
            yield f"the hub {hub} is in none of the units, and gets its own by hand: {_BY_HAND}"
