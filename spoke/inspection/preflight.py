"""What a preview of a spoke says before anything is changed, one line for each check."""

from collections.abc import Iterator

from shared.aws.preflight import Check, Finding, run_checks, warning
from shared.aws.session import AccountSession
from shared.stack.before_deploying import begin_checks
from spoke.inspection.launch_checks import LaunchChecks
from spoke.inspection.portfolio_checks import PortfolioChecks
from spoke.inspection.quota_checks import QuotaChecks
from spoke.inspection.role_checks import RoleChecks
from spoke.inspection.scope import PreflightScope
from spoke.inspection.template_checks import TemplateChecks


def preflight(scope: PreflightScope) -> None:
    """Look at the account, and report.

    Raises:
        ConfigError: the credentials are of another account.
        PreflightError: something stands in the way.
    """
    account = AccountSession(scope.settings, where=scope.where)
    beside = begin_checks(account, scope.settings, "spoke", hub=scope.contract.hub_account)
    _ = run_checks([*checks_of(scope, account), *beside])


def checks_of(scope: PreflightScope, account: AccountSession) -> list[Check]:
    """List the checks, in their order."""
    checks, roles = _Checks(scope, account), RoleChecks(scope, account)
    portfolios = PortfolioChecks(scope, account, roles)
    launches = LaunchChecks(scope, account, portfolios)
    return [
        checks.account,
        checks.contract,
        portfolios.portfolios,
        roles.roles,
        TemplateChecks(scope, account).templates,
        launches.launches,
        launches.names,
        launches.paths,
        portfolios.access,
        # All of them count as soon as one is new: what runs already was taken then.
        QuotaChecks(account, lambda: list(scope.resolved_launches) if launches.new else []).quotas,
    ]


class _Checks:
    def __init__(self, scope: PreflightScope, account: AccountSession) -> None:
        self._scope = scope
        self._account = account

    def account(self) -> Iterator[Finding]:
        """The account."""
        yield Finding(f"account {self._account.id}", f"works as {self._account.caller}")

    def contract(self) -> Iterator[Finding]:
        """The hub's contract."""
        scope = self._scope
        subject = f"contract {scope.contract.schema_version} of {scope.hub}"
        if scope.published_on is None:
            yield warning(subject, "the hub does not say when it ran: deploy it with this release")
            return
        if scope.settings.hub is None:
            yield warning(
                subject,
                f"any hub of this backend would do. Name yours in {scope.where}: model-catalog-spoke:hub: "
                f'{{accountId: "{scope.contract.hub_account}"}}',
            )
        age = (scope.day - scope.published_on).days
        yield Finding(subject, f"published on {scope.published_on}" + (f", {age} days ago" if age > 0 else ""))
        for resolved in scope.resolved_launches:
            before = resolved.choice.version.state_on(scope.published_on)
            if before != resolved.choice.state:
                yield warning(
                    subject,
                    f"the hub has not run since {resolved.key} {resolved.choice.number} became "
                    f"{resolved.choice.state}, so AWS still takes it for {before}: deploy the hub again "
                    f"(model-catalog stack up hub)",
                )
