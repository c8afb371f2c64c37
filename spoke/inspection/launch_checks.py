"""What there is of a spoke's launches, and whether a launch path leads to each."""

from collections.abc import Iterator
from typing import Any

from shared.aws.portfolio_principals import portfolio_principals
from shared.aws.preflight import Finding, failed, warning
from shared.aws.provisioned_products import search_account
from shared.aws.session import AccountSession
from spoke.inspection.portfolio_checks import PortfolioChecks
from spoke.inspection.scope import PreflightScope
from spoke.launches.claims import Claim, claimed
from spoke.launches.portfolios import LaunchPath, paths_through
from spoke.launches.resolution import ResolvedLaunch
from spoke.launches.tags import MOST_TAGS


class LaunchChecks:
    """Checks of the launches, after those of the portfolios that they go through.

    Attributes:
        new: Those that are not there yet, once the launches have been looked for.
    """

    def __init__(self, scope: PreflightScope, account: AccountSession, portfolios: PortfolioChecks) -> None:
        self._scope = scope
        self._account = account
        self._portfolios = portfolios
        self.new: list[ResolvedLaunch] = []

    def launches(self) -> Iterator[Finding]:
        """Provisioned products."""
        for resolved in self._scope.resolved_launches:
            found = self._account.pages(
                "servicecatalog",
                "search_provisioned_products",
                "ProvisionedProducts",
                resolved.region,
                AccessLevelFilter={"Key": "Account", "Value": "self"},
                Filters={"SearchQuery": [f"name:{resolved.launch.name}"]},
            )
            there = next((item for item in found if item["Name"] == resolved.launch.name), None)
            if there is None:
                self.new.append(resolved)
            yield _launch(resolved, there, self._scope)

    def names(self) -> Iterator[Finding]:
        """Names of other stacks' launches."""
        prefix = self._scope.settings.name_prefix
        for region in sorted({each.region for each in self._scope.resolved_launches}) if prefix else ():
            catalog = self._account.client("servicecatalog", region)
            for each in search_account(catalog, self._account.id, region):
                other = self._scope.neighbour(each.tags)
                if other and each.name.startswith(prefix or ""):
                    yield warning(
                        f"launch {each.name}",
                        f"is {other}'s, and begins with {prefix} (namePrefix), which shall be this stack's alone",
                    )

    def paths(self) -> Iterator[Finding]:
        """Launch paths."""
        for resolved in self._scope.resolved_launches:
            if resolved.portfolio.id in self._portfolios.absent:
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
            paths = paths_through(resolved.portfolio, (LaunchPath(path["Id"], path["Name"]) for path in found))
            yield self._path(resolved, len(paths))

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
        there = portfolio_principals(self._account, resolved.portfolio.id, resolved.region)
        if any(arn.rpartition("/")[2] in caller for arn in there):
            return warning(
                subject,
                f"none, although the deploying role has access to {name!r}. AWS may take a moment; if it stays so, the "
                f"product has left the portfolio: deploy the hub again (model-catalog stack up hub)",
            )
        who = "this stack" if self._own(resolved) else "the deploying role"
        return Finding(subject, f"will be there once {who} has access to {name!r}")

    def _own(self, resolved: ResolvedLaunch) -> bool:
        return self._scope.wanted[resolved.region, resolved.product.portfolio].own


def _launch(resolved: ResolvedLaunch, found: dict[str, Any] | None, scope: PreflightScope) -> Finding:
    subject = f"launch {resolved.launch.name}"
    version = f"{resolved.key} {resolved.choice.number} ({resolved.choice.state}){_model(resolved)}"
    if found is None:
        return Finding(
            subject, f"{version} is new; parameters, rules and {len(resolved.tags)} of {MOST_TAGS} tags are valid"
        )
    tags = {tag["Key"]: tag["Value"] for tag in found.get("Tags", [])}
    taken = Claim("launch", resolved.launch.name, resolved.region, place="launches")
    if not scope.is_own(taken, tags):
        other = scope.neighbour(tags)
        whose = "this stack did not make it. Import it (docs/operations/adopting.md), or give the launch another name"
        return failed(
            subject,
            str(claimed(taken, other, where=scope.where))
            if other
            else f"a provisioned product of this name exists ({found['Id']}), and {whose}",
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
                f"stack up tries again",
            )
        case status:
            return warning(subject, f"is {status}: AWS takes no other change until that ends")


def _model(resolved: ResolvedLaunch) -> str:
    model = resolved.model
    if model is None:
        return ""
    return f" with {model.archive}" + (", not the catalog's," if model.own else "")
