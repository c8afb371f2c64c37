"""What a preview of a hub says before anything is changed, one line for each check."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from hub.config import HubSettings, ShareSetting
from hub.definitions.model import Catalog
from hub.definitions.quotas import MOST, beyond, in_each
from hub.definitions.schema import PortfolioFile
from hub.inspection.published_templates import check_templates
from hub.inspection.share_status import Shares, ShareState
from hub.inspection.share_targets import NOT_THERE, check_targets, subject_of
from hub.inspection.unpinned_models import check_pins
from shared.aws.arn import Arn
from shared.aws.organization import Organization
from shared.aws.preflight import Check, Finding, failed, run_checks, warning
from shared.aws.session import AccountSession, code_of, error_text, message_of
from shared.stack.before_deploying import begin_checks
from shared.stack.names import origin_tags

_MOST_TAGS = 20
"""Of a portfolio or product; it cannot be raised (source: the same)."""
_LONGEST_BODY = 51_200
"""Bytes that CloudFormation looks at (source: API:ValidateTemplate); longer ones only in S3, where they are not yet."""
_SERVICE = "servicecatalog.amazonaws.com"
_STACK_SETS = "member.org.stacksets.cloudformation.amazonaws.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class PreflightScope:
    """What the stack is about to do; each share with the id that it is made with, and the units that get roles."""

    settings: HubSettings
    catalog: Catalog
    targets: Sequence[tuple[ShareSetting, str]]
    units: Sequence[str]
    where: str

    @property
    def tags(self) -> dict[str, str]:
        """Those of all that the stack makes."""
        return origin_tags(self.where)


def preflight(plan: PreflightScope) -> None:
    """Look at the account and the organization, and report.

    Raises:
        ConfigError: the credentials are of another account.
        PreflightError: something stands in the way.
    """
    account = AccountSession(plan.settings, where=plan.where)
    beside = begin_checks(account, plan.settings, "hub", hub=account.id)
    _ = run_checks([*checks_of(plan, account), *beside])


def checks_of(plan: PreflightScope, account: AccountSession) -> list[Check]:
    """List the checks, in their order."""
    checks = _Checks(plan, account)
    return [
        checks.account,
        checks.delegation,
        checks.targets,
        checks.rollout,
        checks.quotas,
        checks.keys,
        checks.templates,
        checks.names,
        checks.published,
        checks.models,
        checks.shares,
        checks.budgets,
    ]


class _Checks:
    def __init__(self, plan: PreflightScope, account: AccountSession) -> None:
        self._plan = plan
        self._account = account
        self._organization = Organization(account)
        self._within = [(share, target) for share, target in plan.targets if share.type != "ACCOUNT"]

    def account(self) -> Iterator[Finding]:
        """The account."""
        yield Finding(f"account {self._account.id}", f"works as {self._account.caller}")

    def delegation(self) -> Iterator[Finding]:
        """Trusted access and the delegation."""
        if not self._within:
            return
        organizations = self._account.client("organizations")
        trusted = self._account.client("servicecatalog").get_aws_organizations_access_status()["AccessStatus"]
        if trusted == "ENABLED":
            yield Finding("organization", "Service Catalog has trusted access")
        else:
            advice = "Run model-catalog stack up organization"
            yield failed("organization", f"Service Catalog's trusted access is {trusted}. {advice}")
        delegates = organizations.list_delegated_administrators(ServicePrincipal=_SERVICE)["DelegatedAdministrators"]
        if self._account.id in {item["Id"] for item in delegates}:
            yield Finding("organization", f"{self._account.id} is a delegated administrator of Service Catalog")
        else:
            yield failed(
                "organization",
                f"{self._account.id} is not a delegated administrator of Service Catalog, so it cannot share with "
                f"units and members. Run model-catalog stack up organization",
            )

    def targets(self) -> Iterator[Finding]:
        """Targets of the shares."""
        yield from check_targets(self._plan.targets, self._organization)

    def rollout(self) -> Iterator[Finding]:
        """Rollout of the roles."""
        if not self._plan.units:
            return
        subject = "rollout of the roles"
        delegates = self._account.client("organizations").list_delegated_administrators(ServicePrincipal=_STACK_SETS)
        if self._account.id not in {item["Id"] for item in delegates["DelegatedAdministrators"]}:
            yield failed(
                subject,
                f"{self._account.id} is not a delegated administrator of stack sets. Set stackSets: true in "
                f"Pulumi.organization.yaml, then run model-catalog stack up organization",
            )
        reached = {account for unit in self._plan.units for account in self._organization.statuses_below(unit)}
        if self._account.id in reached:
            yield failed(
                subject,
                f"the hub {self._account.id} is in one of the units, and has roles of the same names already. Name "
                f"units without it",
            )
        else:
            yield Finding(subject, f"{len(reached)} accounts, and those that join later")

    def keys(self) -> Iterator[Finding]:
        """Keys of the templates' buckets."""
        for key in self._plan.settings.template_keys:
            client = self._account.client("kms", Arn.parse(key).region)
            subject = f"key {Arn.parse(key).name}"
            try:
                state = client.describe_key(KeyId=key)["KeyMetadata"]["KeyState"]
            except ClientError as problem:
                yield failed(subject, f"AWS says: {error_text(problem)}. Correct templateKeys ({key})")
                continue
            if state == "Enabled":
                yield Finding(subject, "encrypts the templates")
            else:
                yield failed(subject, f"is {state}. Enable it, or name another one in templateKeys ({key})")

    def quotas(self) -> Iterator[Finding]:
        """Quotas of Service Catalog."""
        catalog = self._plan.catalog
        for key, found in in_each(catalog):
            yield from _within_quota(key, found)
        for file in [*catalog.portfolios, *(product.file for product in catalog.products)]:
            count = len({**self._plan.settings.tags, **self._plan.tags, **file.tags})
            if count > _MOST_TAGS:
                yield failed(
                    file.key, f"has {count} tags with the stack's own, and AWS takes {_MOST_TAGS}. Remove some"
                )
        for region in self._plan.settings.all_regions:
            yield from _within_quota(region, self._in_region(region), say=True)

    def _in_region(self, region: str) -> Mapping[str, int]:
        """Count what there is in a region, and what the catalog adds to it, by name."""
        catalog = self._plan.catalog
        portfolios = {item["DisplayName"] for item in self._portfolios(region)}
        views = self._account.pages("servicecatalog", "search_products_as_admin", "ProductViewDetails", region)
        products = {item["ProductViewSummary"]["Name"] for item in views}
        return {
            "portfolios": len(portfolios | {file.name for file in catalog.portfolios}),
            "products": len(products | {product.file.name for product in catalog.products}),
        }

    def templates(self) -> Iterator[Finding]:
        """Templates of the versions."""
        versions = {
            version.template.sha256: (f"{product.file.key} {version.entry.version}", version.template.path.read_text())
            for product in self._plan.catalog.products
            for version in product.versions
            if version.state != "retired"  # nobody launches it, and nobody could mend it
        }
        bodies = dict(each for each in versions.values() if len(each[1].encode()) <= _LONGEST_BODY)
        for region in self._plan.settings.all_regions:
            client = self._account.client("cloudformation", region)
            refused = 0
            for name, body in bodies.items():
                try:
                    _ = client.validate_template(TemplateBody=body)
                except ClientError as problem:
                    if code_of(problem) != "ValidationError":
                        raise
                    refused += 1
                    yield failed(f"template of {name} in {region}", message_of(problem))
            if not refused:
                yield Finding(f"templates in {region}", f"CloudFormation takes {len(bodies)} of {len(versions)}")

    def names(self) -> Iterator[Finding]:
        """Portfolios that are there already."""
        for region in self._plan.settings.all_regions:
            for file in self._plan.catalog.portfolios:
                yield from self._strangers(file, region)

    def _strangers(self, file: PortfolioFile, region: str) -> Iterator[Finding]:
        """Two portfolios of one name may make the launch paths of a spoke ambiguous."""
        for item in self._portfolios(region):
            if item["DisplayName"] == file.name:
                described = self._account.client("servicecatalog", region).describe_portfolio(Id=item["Id"])
                tags = {tag["Key"]: tag["Value"] for tag in described.get("Tags", [])}
                if not self._plan.tags.items() <= tags.items():
                    yield warning(
                        f"portfolio {file.key} in {region}",
                        f"{item['Id']} has the same name, {file.name!r}, and is not of this stack. Import it "
                        f"(docs/operations/adopting.md), or rename one of the two",
                    )

    def published(self) -> Iterator[Finding]:
        """Templates of published versions."""
        for region in self._plan.settings.all_regions:
            yield from check_templates(self._account, self._plan.catalog, region, tags=self._plan.tags)

    def models(self) -> Iterator[Finding]:
        """Models of the versions."""
        yield from check_pins(self._plan.catalog.products)

    def shares(self) -> Iterator[Finding]:
        """Shares under way."""
        names = {file.name: file.key for file in self._plan.catalog.portfolios}
        for region in self._plan.settings.all_regions:
            for item in self._portfolios(region):
                made = Shares(self._account, self._organization, region=region, portfolio=item["Id"])
                for share, target in self._plan.targets:
                    if share.portfolio == names.get(item["DisplayName"]):
                        subject = f"{subject_of(share)} in {region}"
                        try:
                            yield from _under_way(subject, made.arrivals(share.type, target))
                        except ClientError as problem:
                            if code_of(problem) not in NOT_THERE:  # which the check of targets tells
                                yield warning(subject, f"not checked: {error_text(problem)}")

    def budgets(self) -> Iterator[Finding]:
        """Budgets."""
        catalog = self._plan.catalog
        client = self._account.client("budgets", "us-east-1")
        for file in [*catalog.portfolios, *(product.file for product in catalog.products)]:
            for name in file.budgets:
                try:
                    _ = client.describe_budget(AccountId=self._account.id, BudgetName=name)
                except client.exceptions.NotFoundException:
                    yield failed(
                        file.key, f"budgets: the account {self._account.id} has no budget {name!r}. Create it first"
                    )
                else:
                    yield Finding(file.key, f"the budget {name} is there")

    def _portfolios(self, region: str) -> list[dict[str, Any]]:
        return self._account.pages("servicecatalog", "list_portfolios", "PortfolioDetails", region)


def _under_way(subject: str, arrivals: Mapping[str, ShareState]) -> Iterator[Finding]:
    missing = [account for account, state in arrivals.items() if state is ShareState.MISSING]
    if missing:
        yield warning(
            subject,
            f"not arrived in {', '.join(missing)}. AWS takes one share action at a time, and may still be working on "
            f"it: watch it with model-catalog hub shares",
        )
    elif ShareState.UNACCEPTED in arrivals.values():
        yield Finding(subject, "there, and waits for the account's own stack to accept it")
    elif ShareState.ARRIVED in arrivals.values():
        yield Finding(subject, "arrived")


def _within_quota(what: str, found: Mapping[str, int], *, say: bool = False) -> Iterator[Finding]:
    subject = f"quotas of {what}"
    too_many = list(beyond(found))
    yield from (warning(subject, text) for text in too_many)
    if say and not too_many:
        yield Finding(subject, ", ".join(f"{count} of {MOST[name]} {name}" for name, count in found.items()))
