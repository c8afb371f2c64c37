"""Shares portfolios with the organization, its units and accounts, and with single accounts outside it."""

import asyncio
from collections.abc import Sequence
from typing import Final

import pulumi
import pulumi_aws as aws

from hub.config import ShareSetting

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
        shares: Sequence[ShareSetting],
        recipients: Sequence[str],
        portfolio_ids: dict[str, pulumi.Output[str]],
        names: Sequence[str],
        region: str,
        after: Sequence[pulumi.Resource],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("modelcatalog:hub:PortfolioSharing", name, None, opts)
        previous = list(after)
        patience = pulumi.ErrorHook(f"{name}-one-at-a-time", _wait_for_the_one_before)
        for share, recipient, stem in zip(shares, recipients, names, strict=True):
            made = aws.servicecatalog.PortfolioShare(
                f"{stem}-{region}",
                portfolio_id=portfolio_ids[share.portfolio],
                type=share.type,
                principal_id=recipient,
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
