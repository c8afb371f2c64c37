"""Shares portfolios with the organization, its units and accounts, and with single accounts outside it."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final

import pulumi
import pulumi_aws as aws

from hub.config import ShareSetting
from shared.errors import ConfigError

_PATIENCE: Final = "15m"
_BUSY: Final = "Cannot process more than one portfolio share action at the same time"
_PAUSES: Final = (1, 2, 4, 8, 15, 30, 60, 60, 60, 60)
"""Seconds before each further try, five minutes in all."""


class PortfolioSharing(pulumi.ComponentResource):
    """All shares of a region's portfolios, made one after the other.

    AWS takes one share action at a time in an account; each share therefore waits for the one before
    (source: Service Catalog API, InvalidStateException; terraform-provider-aws issue 24729).

    Type: modelcatalog:hub:PortfolioSharing
    """

    def __init__(
        self,
        name: str,
        *,
        shares: Sequence[tuple[ShareSetting, str]],
        portfolio_ids: dict[str, pulumi.Output[str]],
        names: Sequence[str],
        region: str,
        after: Sequence[pulumi.Resource],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("modelcatalog:hub:PortfolioSharing", name, None, opts)
        previous = list(after)
        patience = pulumi.ErrorHook(f"{name}-one-at-a-time", _wait_for_the_one_before)
        for (share, target), stem in zip(shares, names, strict=True):
            made = aws.servicecatalog.PortfolioShare(
                f"{stem}-{region}",
                portfolio_id=portfolio_ids[share.portfolio],
                type=share.type,
                principal_id=target,
                # An ACCOUNT share waits for its recipient, whose own stack runs after this one.
                wait_for_acceptance=share.type != "ACCOUNT",
                share_tag_options=share.tag_options,
                share_principals=share.principals,
                region=region,
                opts=pulumi.ResourceOptions(
                    parent=self,
                    depends_on=previous,
                    # AWS takes its time with large units; the provider would wait for three minutes only.
                    custom_timeouts=pulumi.CustomTimeouts(create=_PATIENCE, update=_PATIENCE, delete=_PATIENCE),
                    hooks=pulumi.ResourceHookBinding(on_error=[patience]),
                ),
            )
            previous = [made]
        self.register_outputs({})


async def _wait_for_the_one_before(args: pulumi.ErrorHookArgs) -> bool:
    """Try again where another share action is still under way.

    The provider does not wait for an update of a share, nor for what somebody else began (source:
    terraform-provider-aws, portfolio_share.go).
    """
    busy = _BUSY in args.errors[0] and len(args.errors) <= len(_PAUSES)
    if busy:
        pause = _PAUSES[len(args.errors) - 1]
        pulumi.log.info(f"{args.name}: AWS is still busy with another share. Trying again in {pause} seconds.")
        await asyncio.sleep(pause)
    return busy


def share_target(share: ShareSetting, *, opts: pulumi.InvokeOptions) -> str:
    """Find the id that a share is made with: units and the organization are looked up, so nobody copies ids.

    It is asked before anything is declared, so that a wrong path stops the run while nothing is changed yet. A
    delegated administrator may read the organization (source: AWS Organizations API reference, ListRoots).

    Raises:
        ConfigError: no unit has that path, or the organization cannot be read.
    """
    if share.target is not None and (share.type != "ORGANIZATIONAL_UNIT" or share.target.startswith("ou-")):
        return share.target
    return find_node(share.target, opts=opts, where="shares")


def find_node(path: str | None, *, opts: pulumi.InvokeOptions, where: str) -> str:
    """Find the id of a unit by its path of names, or of the organization itself.

    Raises:
        ConfigError: no unit has that path, or the organization cannot be read.
    """
    if path and path.startswith("ou-"):
        return path
    try:
        organization = aws.organizations.get_organization(opts=opts)
        if path is None:
            return organization.id
        # An account that may not read the units gets no error here, but an organization without roots.
        unit = next((root.id for root in organization.roots), "")
        for name in path.split("/"):
            children = aws.organizations.get_organizational_units(parent_id=unit, opts=opts).children
            unit = _child(name, path, {child.name: child.id for child in children}, where)
    except ConfigError:
        raise
    except Exception as problem:  # noqa: BLE001 - the SDK raises nothing more precise for a failed invoke
        raise ConfigError(
            f"Pulumi.{pulumi.get_stack()}.yaml: {where}: the organization cannot be read, which only a delegated "
            f"administrator may. Run make up-organization first. AWS says: {' '.join(str(problem).split())}"
        ) from None
    return unit


def _child(name: str, path: str, children: Mapping[str, str], where: str) -> str:
    if name not in children:
        raise ConfigError(
            f"Pulumi.{pulumi.get_stack()}.yaml: {where}: the organization has no unit {path!r}: {name!r} is not among "
            f"the units there ({', '.join(sorted(children)) or 'none'}). Correct the path, or create the unit first."
        )
    return children[name]
