"""What a preview of a spoke says before anything is changed, one line for each check."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.aws.iam import trusts_service_catalog
from shared.aws.preflight import Finding, failed, run_checks, warning
from shared.aws.session import AccountSession
from shared.catalog.contract import Contract, Product
from shared.catalog.lifecycle import state_on
from shared.stack.provider import standard_tags
from spoke.config import SpokeSettings
from spoke.launches.resolution import ResolvedLaunch
from spoke.launches.tags import MOST_TAGS
from spoke.resources.portfolio_access import Place, Wanted

_MOST_PRINCIPALS = 100
"""Of a portfolio (source: Service Catalog Administrator Guide, "Service quotas"; it can be raised)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreflightScope:
    """What the stack is about to do.

    Attributes:
        published_on: The day of the hub's last run; None where the hub does not say.
    """

    settings: SpokeSettings
    contract: Contract
    published_on: dt.date | None
    day: dt.date
    hub: str
    where: str
    resolved_launches: Sequence[ResolvedLaunch]
    wanted: Mapping[Place, Wanted]
    products: Mapping[str, Product]


def preflight(plan: PreflightScope) -> None:
    """Look at the account, and report.

    Raises:
        ConfigError: the credentials are of another account.
        PreflightError: something stands in the way.
    """
    checks = _Checks(plan, AccountSession(plan.settings, where=plan.where))
    _ = run_checks(
        [checks.account, checks.contract, checks.portfolios, checks.roles, checks.launches, checks.paths, checks.access]
    )


class _Checks:
    def __init__(self, plan: PreflightScope, account: AccountSession) -> None:
        self._plan = plan
        self._account = account
        self._absent: set[str] = set()
        """Portfolios that did not arrive: nothing more can be said of them."""

    def account(self) -> Iterator[Finding]:
        """The account."""
        yield Finding(f"account {self._account.id}", f"works as {self._account.caller}")

    def contract(self) -> Iterator[Finding]:
        """The hub's contract."""
        plan = self._plan
        subject = f"contract {plan.contract.schema_version} of {plan.hub}"
        if plan.published_on is None:
            yield warning(subject, "the hub does not say when it ran: deploy it with this release")
            return
        age = (plan.day - plan.published_on).days
        yield Finding(subject, f"published on {plan.published_on}" + (f", {age} days ago" if age > 0 else ""))
        for resolved in plan.resolved_launches:
            version = resolved.choice.version
            deprecated, retires = (_date(text) for text in (version.deprecated_on, version.retires_on))
            before = state_on(plan.published_on, state=version.state, deprecated_on=deprecated, retires_on=retires)
            if before != resolved.choice.state:
                yield warning(
                    subject,
                    f"the hub has not run since {resolved.key} {resolved.choice.number} became "
                    f"{resolved.choice.state}, so AWS still takes it for {before}: have make up-hub run",
                )

    def portfolios(self) -> Iterator[Finding]:
        """Shared portfolios."""
        for region in sorted({region for region, _ in self._plan.wanted}):
            here = {
                kind: {
                    item["Id"]
                    for item in self._account.pages(
                        "servicecatalog",
                        "list_accepted_portfolio_shares",
                        "PortfolioDetails",
                        region,
                        PortfolioShareType=kind,
                    )
                }
                for kind in ("AWS_ORGANIZATIONS", "IMPORTED")
            }
            for each in self._plan.wanted.values():
                if each.region == region:
                    yield self._portfolio(each, here)

    def _portfolio(self, each: Wanted, here: Mapping[str, set[str]]) -> Finding:
        subject = f"portfolio {each.key} in {each.region}"
        kinds = sorted({share.type for share in each.portfolio.shares})
        if each.portfolio.id in here["AWS_ORGANIZATIONS"]:
            within = [kind for kind in kinds if kind != "ACCOUNT"]
            return Finding(subject, f"shared with this account by {' or '.join(within) or 'the organization'}")
        if each.portfolio.id in here["IMPORTED"]:
            return Finding(subject, "shared with this account alone, and accepted")
        if any(share.type == "ACCOUNT" and share.target == self._account.id for share in each.portfolio.shares):
            return Finding(subject, "shared with this account alone; this stack accepts it")
        self._absent.add(each.portfolio.id)
        return failed(
            subject,
            f"not shared with this account. The hub shares it by {', '.join(kinds) or 'nothing'}: ask the platform "
            f"team for a share that reaches {self._account.id}; make shares shows where it has arrived",
        )

    def roles(self) -> Iterator[Finding]:
        """Roles of the products."""
        iam = self._account.client("iam")
        for key, product in self._plan.products.items():
            for role in (product.launch_role, product.execution_role):
                try:
                    found: dict[str, Any] = iam.get_role(RoleName=role.name)["Role"]
                except iam.exceptions.NoSuchEntityException:
                    yield self._missing_role(role.name, key)
                else:
                    yield self._role(found, launches=role is product.launch_role)

    def _missing_role(self, name: str, product: str) -> Finding:
        if self._plan.settings.launch_roles == "create":
            return Finding(f"role {name}", "will be made by this stack")
        return failed(
            f"role {name}",
            f"is not there, and {product} needs it. Have it made by whoever manages the account's roles, or set "
            f"launchRoles to create",
        )

    def _role(self, found: dict[str, Any], *, launches: bool) -> Finding:
        subject = f"role {found['RoleName']}"
        if launches and not trusts_service_catalog(found["AssumeRolePolicyDocument"], self._account.id):
            return failed(
                subject,
                f"does not let servicecatalog.amazonaws.com assume it on behalf of {self._account.id}: no launch could "
                f"work. Put its trust policy right, or delete the role so that this stack makes it",
            )
        tags = {tag["Key"]: tag["Value"] for tag in found.get("Tags", [])}
        own = standard_tags().items() <= tags.items()
        if self._plan.settings.launch_roles == "create" and not own:
            return failed(
                subject,
                "is there already, and this stack did not make it. Set launchRoles to existing, or import it "
                "(docs/operations/adopting.md), or delete it",
            )
        return Finding(subject, "there, and trusts Service Catalog" if launches else "there")

    def launches(self) -> Iterator[Finding]:
        """Provisioned products."""
        for resolved in self._plan.resolved_launches:
            found = self._account.pages(
                "servicecatalog",
                "search_provisioned_products",
                "ProvisionedProducts",
                resolved.region,
                AccessLevelFilter={"Key": "Account", "Value": "self"},
                Filters={"SearchQuery": [f"name:{resolved.launch.name}"]},
            )
            yield _launch(resolved, next((item for item in found if item["Name"] == resolved.launch.name), None))

    def paths(self) -> Iterator[Finding]:
        """Launch paths."""
        for resolved in self._plan.resolved_launches:
            if resolved.portfolio.id in self._absent:
                continue
            catalog = self._account.client("servicecatalog", resolved.region)
            try:
                found = self._account.pages(
                    "servicecatalog",
                    "list_launch_paths",
                    "LaunchPathSummaries",
                    resolved.region,
                    ProductId=resolved.product.id,
                )
            except catalog.exceptions.ResourceNotFoundException:
                found = []
            names = [path["Name"] for path in found]
            yield self._path(resolved, names.count(resolved.portfolio.name))

    def _path(self, resolved: ResolvedLaunch, count: int) -> Finding:
        subject, name = f"launch path of {resolved.launch.name}", resolved.portfolio.name
        if count > 1:
            return failed(
                subject,
                f"{count} portfolios named {name!r} lead to {resolved.product.name} in {resolved.region}: remove the "
                f"product from the local one, or rename that",
            )
        if count == 1:
            return Finding(subject, f"through {name!r}")
        caller = self._account.caller.split("/")
        if any(arn.rpartition("/")[2] in caller for arn in self._principals(resolved.region, resolved.portfolio.id)):
            return warning(
                subject,
                f"none, although the deploying role has access to {name!r}. AWS may take a moment; if it stays so, the "
                f"product has left the portfolio: have make up-hub run",
            )
        return Finding(subject, f"will be there once this stack has access to {name!r}")

    def access(self) -> Iterator[Finding]:
        """Principals of the portfolios."""
        for each in self._plan.wanted.values():
            if each.portfolio.id in self._absent:
                continue
            subject = f"access to {each.key} in {each.region}"
            there = self._principals(each.region, each.portfolio.id)
            dead = [arn for arn in there if not arn.startswith("arn:")]
            if dead:
                yield warning(
                    subject,
                    f"{', '.join(dead)}: deleted since it was given access, and counted still. Remove it: make "
                    f"dead-principals",
                )
            text = f"{len(there)} of {_MOST_PRINCIPALS} principals"
            full = len(there) >= _MOST_PRINCIPALS
            yield warning(subject, f"{text}: no room for another") if full else Finding(subject, text)

    def _principals(self, region: str, portfolio: str) -> list[str]:
        """List those who have access; nobody has before an ACCOUNT share is accepted."""
        catalog = self._account.client("servicecatalog", region)
        try:
            there = self._account.pages(
                "servicecatalog", "list_principals_for_portfolio", "Principals", region, PortfolioId=portfolio
            )
        except catalog.exceptions.ResourceNotFoundException:
            return []
        return [item["PrincipalARN"] for item in there]


def _launch(resolved: ResolvedLaunch, found: dict[str, Any] | None) -> Finding:
    subject = f"launch {resolved.launch.name}"
    version = f"{resolved.key} {resolved.choice.number} ({resolved.choice.state})"
    if found is None:
        return Finding(
            subject, f"{version} is new; parameters, rules and {len(resolved.tags)} of {MOST_TAGS} tags are valid"
        )
    tags = {tag["Key"]: tag["Value"] for tag in found.get("Tags", [])}
    if not standard_tags().items() <= tags.items():
        return failed(
            subject,
            f"a provisioned product of this name is there ({found['Id']}), and this stack did not make it. Import it "
            f"(docs/operations/adopting.md), or give the launch another name",
        )
    match found["Status"]:
        case "AVAILABLE":
            return Finding(
                subject,
                f"{version} is AVAILABLE; parameters, rules and {len(resolved.tags)} of {MOST_TAGS} tags are valid",
            )
        case "ERROR":
            return warning(
                subject,
                f"its last launch failed ({found.get('StatusMessage', 'no reason given')}). AWS takes no update of it: "
                f"replace it (docs/operations/recovering.md)",
            )
        case "TAINTED":
            return warning(
                subject,
                f"its last update failed ({found.get('StatusMessage', 'no reason given')}). Once the cause is gone, "
                f"make up tries again",
            )
        case status:
            return warning(subject, f"is {status}: AWS takes no other change before that is over")


def _date(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
