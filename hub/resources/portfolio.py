"""A portfolio in one region, and its users in the hub's own account."""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from hub.definitions.schema import PortfolioFile
from shared.stack.principals import Principal, associate


class Portfolio(pulumi.ComponentResource):
    """A portfolio with its principals.

    Type: modelcatalog:hub:Portfolio
    """

    def __init__(
        self,
        name: str,
        *,
        file: PortfolioFile,
        region: str,
        principals: Sequence[Principal],
        protect: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("modelcatalog:hub:Portfolio", name, None, opts)
        self.file = file
        self.portfolio = aws.servicecatalog.Portfolio(
            name,
            name=file.name,
            provider_name=file.provider_name,
            description=file.description,
            tags=file.tags,
            region=region,
            opts=pulumi.ResourceOptions(parent=self, protect=protect),
        )
        self.id = self.portfolio.id
        for principal in principals:
            _ = associate(name, principal, self.id, region=region, opts=pulumi.ResourceOptions(parent=self))
        self.register_outputs({"portfolio_id": self.id})
