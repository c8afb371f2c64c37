"""Finds whom portfolios are shared with."""

from hub.config import ShareSetting
from shared.aws.arn import partition_of
from shared.stack.organization_units import OrganizationUnits


class OrganizationNodes(OrganizationUnits):
    """Looks up the recipients of shares, among them units and the organization itself."""

    def target_of(self, share: ShareSetting) -> str:
        """Find the id that a share is made with.

        Raises:
            ConfigError: no unit has that path, or the organization cannot be read.
        """
        if share.target is None or share.type == "ORGANIZATIONAL_UNIT":
            return self.find(share.target, setting="shares")
        return share.target

    def principal_of(self, share: ShareSetting, target: str, *, region: str) -> str:
        """Name the recipient of a share in the form that every provider since 5.x takes: a node by its ARN.

        Plain ids are younger there, and what is deployed stays: the provider compares the last part alone (source:
        terraform-provider-aws, portfolio_share.go). Outside the partition `aws` Service Catalog takes no ARN of a node
        (source: Service Catalog API reference, OrganizationNode, the pattern of Value).

        Args:
            share: The share.
            target: The id that it is made with.
            region: Of the hub's account.

        Raises:
            ConfigError: the organization cannot be read.
        """
        if share.type not in ("ORGANIZATION", "ORGANIZATIONAL_UNIT") or partition_of(region) != "aws":
            return target
        account, _, organization = self._own_arn.partition(":organization/")
        if share.type == "ORGANIZATION":
            return f"{account}:organization/{target}"
        return f"{account}:ou/{organization}/{target}"
