"""What a preview of the organization's stack says before anything is changed, one line for each check."""

from collections.abc import Iterator, Mapping

from botocore.exceptions import ClientError

from organization.settings import SERVICE_PRINCIPAL, STACK_SETS, OrganizationSettings
from shared.aws.preflight import Check, Finding, failed, run_checks, warning
from shared.aws.session import AccountSession, code_of

_SERVICES: Mapping[str, str] = {SERVICE_PRINCIPAL: "Service Catalog", STACK_SETS: "stack sets"}


def preflight(settings: OrganizationSettings, *, where: str) -> None:
    """Look at the organization, and report.

    Raises:
        ConfigError: the credentials are of another account.
        PreflightError: something stands in the way.
    """
    _ = run_checks(checks_of(settings, AccountSession(settings, where=where)))


def checks_of(settings: OrganizationSettings, account: AccountSession) -> list[Check]:
    """List the checks, in their order."""
    checks = _Checks(settings, account)
    return [checks.management, checks.hub, checks.access, checks.delegates]


class _Checks:
    def __init__(self, settings: OrganizationSettings, account: AccountSession) -> None:
        self._settings = settings
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
