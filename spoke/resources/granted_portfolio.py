"""A hub portfolio as this account sees it."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

import pulumi
import pulumi_aws as aws

from shared.catalog.contract import Portfolio
from shared.stack.principals import Principal, associate

_ACCEPTANCE: Final[Mapping[str, Any]] = {
    "AWSTemplateFormatVersion": "2010-09-09",
    "Description": "Accepts a portfolio that another account shares with this one.",
    "Parameters": {"PortfolioId": {"Type": "String"}},
    "Resources": {
        "Accepted": {
            "Type": "AWS::ServiceCatalog::AcceptedPortfolioShare",
            "Properties": {"PortfolioId": {"Ref": "PortfolioId"}},
        }
    },
}


class GrantedPortfolio(pulumi.ComponentResource):
    """A shared portfolio, accepted where that is needed, and those who may launch from it.

    Shares within an organization are there by themselves, and accepting one fails; only an `ACCOUNT` share is
    accepted. Neither Pulumi nor Terraform has a resource for that, so a CloudFormation stack does it.

    Principals are not part of a share: without an association here even an administrator finds no launch path
    (source: Service Catalog Administrator Guide, "Sharing a portfolio"; API reference, ProvisionProduct).

    Type: modelcatalog:spoke:GrantedPortfolio

    Attributes:
        access: The access of the first principal, which is the one that launches.
    """

    def __init__(
        self,
        name: str,
        *,
        portfolio: Portfolio,
        account_id: str,
        region: str,
        principals: Sequence[Principal],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("modelcatalog:spoke:GrantedPortfolio", name, None, opts)
        accepted: list[pulumi.Resource] = []
        if any(share.type == "ACCOUNT" and share.target == account_id for share in portfolio.shares):
            accepted.append(
                aws.cloudformation.Stack(
                    f"{name}-accepted",
                    template_body=json.dumps(_ACCEPTANCE),
                    parameters={"PortfolioId": portfolio.id},
                    region=region,
                    opts=pulumi.ResourceOptions(parent=self),
                )
            )
        associations = [
            associate(
                name,
                principal,
                portfolio.id,
                region=region,
                opts=pulumi.ResourceOptions(parent=self, depends_on=accepted),
            )
            for principal in principals
        ]
        self.access = associations[0]
        self.register_outputs({"portfolio_id": portfolio.id})
