"""The launch path of a launch, which AWS shows a while after the account got access, and not before.

A principal that has just been given access finds no path for seconds, and at times for minutes (source:
aws-service-catalog-products issue 51). The provider gives up after 34 seconds (source: terraform-provider-aws,
launch_paths_data_source.go), so a first run would end half done.
"""

import asyncio
import re
import time
from typing import Any, Final

import pulumi
import pulumi_aws as aws

from shared.errors import CatalogError, LaunchError
from spoke.config import SpokeSettings
from spoke.launches.portfolios import LaunchPath, paths_through
from spoke.launches.resolution import ResolvedLaunch

_FUNCTION: Final = "aws:servicecatalog/getLaunchPaths:getLaunchPaths"
_NOT_YET: Final = re.compile(r"couldn't find resource|ResourceNotFoundException|timeout while waiting")
"""What the provider says where AWS shows no path; all else is no matter of waiting."""
PATIENCE: Final = 600
"""Seconds for a path that nothing stands in the way of."""
_DOUBT: Final = 60
"""Seconds for what AWS's lists say stands in its way: they too may be behind."""
_PAUSES: Final = (1, 2, 4, 8)
_LONGEST_PAUSE: Final = 15


class LaunchPaths:
    """Looks up launch paths, and waits for those that AWS does not show yet."""

    def __init__(self, settings: SpokeSettings, provider: aws.Provider, *, where: str) -> None:
        """Take the account's settings, the stack's provider, and the name of the settings file."""
        self._settings = settings
        self._provider = provider
        self._where = where

    async def find(self, resolved: ResolvedLaunch, deployer: str, *, own: bool = True) -> str:
        """Give the id of the path of a launch.

        Args:
            resolved: The launch.
            deployer: The principal that has access, and launches.
            own: Whether this stack gives it access.

        Raises:
            LaunchError: there is none, and why; or there are several.
        """
        begun, tries = time.monotonic(), 0
        while True:
            paths, aws_says = await self._listed(resolved)
            found = paths_through(resolved.portfolio, paths)
            if len(found) == 1:
                return found[0]
            if found:
                raise _not_one(resolved, paths, len(found))
            obstacle = await asyncio.to_thread(self._obstacle, resolved, deployer, own=own)
            waited = time.monotonic() - begun
            patience = _DOUBT if obstacle or pulumi.runtime.is_dry_run() else PATIENCE
            if obstacle and self._viewer:
                patience = 0
            if waited >= patience:
                raise _not_one(resolved, paths, 0) if paths else _missing(resolved, obstacle, aws_says, waited)
            if not tries:
                pulumi.log.info(
                    f"{resolved.where}: AWS shows no launch path to {resolved.product.name} yet, which may take "
                    f"minutes after access was given. It is looked for again, for {patience} seconds."
                )
            await asyncio.sleep(_PAUSES[tries] if tries < len(_PAUSES) else _LONGEST_PAUSE)
            tries += 1

    @property
    def _viewer(self) -> str:
        """The role that only looks, where this is such a preview."""
        roles, deployer = self._settings.roles, self._settings.assume_role
        return "" if roles in ([], [deployer]) else roles[0]

    async def _listed(self, resolved: ResolvedLaunch) -> tuple[list[LaunchPath], str]:
        """Give the paths to a product, or what AWS says of there being none.

        Raises:
            LaunchError: they cannot be asked for.
        """
        asked = {"productId": resolved.product.id, "region": resolved.region}
        try:
            answer: dict[str, Any] = await pulumi.runtime.invoke_async(
                _FUNCTION, asked, pulumi.InvokeOptions(provider=self._provider)
            )
        except Exception as problem:  # noqa: BLE001 - the SDK raises nothing more precise for a failed invoke
            said = " ".join(str(problem).split())
            if _NOT_YET.search(said):
                return [], said
            raise LaunchError(
                f"the launch paths to {resolved.product.name} in {resolved.region} cannot be looked up. AWS says: "
                f"{said}",
                code="launch-paths-unreadable",
                place=resolved.where,
            ) from None
        listed: list[dict[str, str]] = answer.get("summaries") or []
        return [LaunchPath(each["pathId"], each["name"]) for each in listed], "it lists none"

    def _obstacle(self, resolved: ResolvedLaunch, deployer: str, *, own: bool) -> str:
        """Say what keeps the account from ever having the path; empty where AWS's lists show nothing of the kind."""
        # Loaded here, since it takes a third of a second and few runs need it.
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

        from shared.aws.portfolio_principals import imported_portfolios, portfolio_principals  # noqa: PLC0415
        from shared.aws.session import AccountSession  # noqa: PLC0415

        portfolio, region = resolved.portfolio, resolved.region
        try:
            account = AccountSession(self._settings, where=self._where)
            here = imported_portfolios(account, region)
            if not any(portfolio.id in each for each in here.values()):
                return (
                    f"the portfolio {portfolio.name!r} is not shared with the account {account.id}. Ask the platform "
                    f"team for a share that reaches it (model-catalog hub shares)"
                )
            there = portfolio_principals(account, portfolio.id, region)
        except (BotoCoreError, ClientError, CatalogError):
            return ""  # who may not look can still wait
        if (viewer := self._viewer) and viewer not in there:
            return (
                f"{viewer} only looks, and AWS shows paths to those alone who have access to {portfolio.name!r}. "
                f"Add it to model-catalog-spoke:principals in {self._where}, and run model-catalog stack up "
                f"{pulumi.get_stack()}: {{portfolio: {resolved.product.portfolio}, arn: {viewer}}}"
            )
        if deployer in there or (not own and any(":::" in each for each in there)):
            return ""  # or by a pattern of names, which the hub shared with the portfolio
        if own:
            return (
                f"the deploying role {deployer} has lost its access to {portfolio.name!r}. Run model-catalog stack "
                f"refresh {pulumi.get_stack()}, then model-catalog stack up {pulumi.get_stack()}"
            )
        return (
            f"the deploying role {deployer} has no access to {portfolio.name!r}, which is not among the portfolios of "
            f"this stack. Have the stack that sets it up name the role in principals"
        )


def _missing(resolved: ResolvedLaunch, obstacle: str, aws_says: str, waited: float) -> LaunchError:
    what = f"no launch path to {resolved.product.name} in {resolved.region}"
    if obstacle:
        return LaunchError(
            f"{what}: {obstacle}. AWS says: {aws_says}", code="launch-path-missing", place=resolved.where
        )
    return LaunchError(
        f"{what} after {waited:.0f} seconds, although the portfolio {resolved.portfolio.name!r} is shared with this "
        f"account and the deploying role has access, as far as can be seen. AWS may only be slow: run model-catalog "
        f"stack up {pulumi.get_stack()} again. If it stays so, the product has left the portfolio: have the platform "
        f"team run model-catalog stack up hub. AWS says: {aws_says}",
        code="launch-path-late",
        place=resolved.where,
    )


def _not_one(resolved: ResolvedLaunch, paths: list[LaunchPath], count: int) -> LaunchError:
    names = ", ".join(sorted(path.name for path in paths)) or "none"
    return LaunchError(
        f"{count} launch paths to {resolved.product.name} through the portfolio {resolved.portfolio.name!r} in "
        f"{resolved.region} (paths found: {names}). Exactly one is needed: check that the hub shares the portfolio "
        f"with this account, and that no local portfolio of the same name holds the product.",
        code="launch-paths-not-one",
        place=resolved.where,
    )
