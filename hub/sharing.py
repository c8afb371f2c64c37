"""Shares portfolios with the organization, its units and accounts, and with single accounts outside it."""

from collections.abc import Sequence
from functools import partial

import pulumi
import pulumi_aws as aws

from hub.config import ShareSetting
from shared.errors import ConfigError


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
        shares: Sequence[tuple[ShareSetting, pulumi.Output[str]]],
        portfolio_ids: dict[str, pulumi.Output[str]],
        region: str,
        after: Sequence[pulumi.Resource],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("modelcatalog:hub:PortfolioSharing", name, None, opts)
        previous = list(after)
        for share, target in shares:
            made = aws.servicecatalog.PortfolioShare(
                f"{share.portfolio}-{_slug(share)}-{region}",
                portfolio_id=portfolio_ids[share.portfolio],
                type=share.type,
                principal_id=target,
                # An ACCOUNT share waits for its recipient, whose own stack runs after this one.
                wait_for_acceptance=share.type != "ACCOUNT",
                region=region,
                opts=pulumi.ResourceOptions(parent=self, depends_on=previous),
            )
            previous = [made]
        self.register_outputs({})


def share_target(share: ShareSetting, *, opts: pulumi.InvokeOutputOptions) -> pulumi.Output[str]:
    """Find the id that a share is made with: units and the organization are looked up, so nobody copies ids.

    A delegated administrator may read the organization (source: AWS Organizations API reference, ListRoots).

    Raises:
        ConfigError: inside the output, when no unit has that path.
    """
    if share.target is None:
        return aws.organizations.get_organization_output(opts=opts).id
    if share.type != "ORGANIZATIONAL_UNIT" or share.target.startswith("ou-"):
        return pulumi.Output.from_input(share.target)
    unit = aws.organizations.get_organization_output(opts=opts).roots.apply(lambda roots: roots[0].id)
    for name in share.target.split("/"):
        children = aws.organizations.get_organizational_units_output(parent_id=unit, opts=opts).children
        unit = children.apply(partial(_child, name, share.target))
    return unit


def _child(
    name: str, path: str, children: Sequence[aws.organizations.outputs.GetOrganizationalUnitsChildResult]
) -> str:
    for child in children:
        if child.name == name:
            return child.id
    known = ", ".join(sorted(child.name for child in children)) or "none"
    raise ConfigError(
        f"Pulumi.{pulumi.get_stack()}.yaml: shares: the organization has no unit {path!r}: {name!r} is not among "
        f"the units there ({known}). Correct the path, or create the unit first."
    )


def _slug(share: ShareSetting) -> str:
    words = share.type.lower().replace("_", "-")
    return f"{words}-{share.target.replace('/', '-').lower()}" if share.target else words
