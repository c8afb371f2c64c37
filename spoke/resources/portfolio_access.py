"""Access to the portfolios in use: accepted where that is needed, and granted to those who may launch."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pulumi
import pulumi_aws as aws

from shared.aws.caller import deploying
from shared.catalog.contract import Portfolio
from shared.errors import ConfigError
from shared.stack.principals import Principal, associate, find_principal
from spoke.config import SpokeSettings
from spoke.launches.portfolios import Place, Wanted

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
        if portfolio.is_shared_with(account_id):
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """The deploying role's access to a portfolio.

    Attributes:
        principal: Its ARN, known once it has access.
        granted: What gives it; empty where another stack of the account has done so.
    """

    principal: pulumi.Output[str]
    granted: Sequence[pulumi.Resource]


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """The access that a stack gives."""

    portfolios: Mapping[Place, GrantedPortfolio]
    deployer: str

    def to(self, region: str, portfolio: str) -> Access:
        """Give the deploying role's access to a portfolio."""
        own = self.portfolios.get((region, portfolio))
        if own is None:
            return Access(principal=pulumi.Output.from_input(self.deployer), granted=())
        # Looking up a path fails until the caller is a principal, so that waits for the association, in a preview too.
        ready = pulumi.Output.all(own.access.id, own.access.principal_arn).apply(lambda access: str(access[1]))
        return Access(principal=ready, granted=[own])


def grant(
    settings: SpokeSettings, wanted: Mapping[Place, Wanted], *, caller: str, provider: aws.Provider, where: str
) -> Granted:
    """Declare access to the portfolios that this stack sets up, for the deploying role first.

    Raises:
        ConfigError: the account has no such principal, or the deploying role is named beside itself.
    """
    for note in (note for each in wanted.values() for note in each.notes):
        pulumi.log.info(note)
    looking = pulumi.InvokeOptions(provider=provider)
    session = aws.iam.get_session_context(arn=deploying(settings.assume_role, caller), opts=looking)
    deployer = Principal(name="deployer", arn=session.issuer_arn, identity=session.issuer_id or None)
    guests = {
        index: find_principal(item, where=f"{where}: principals[{index}]", opts=looking)
        for index, item in enumerate(settings.principals)
    }
    for index, guest in guests.items():
        if guest.arn == deployer.arn:
            raise ConfigError(
                f"invalid value {guest.arn!r}, which is the deploying role. It may launch anyway: remove it.",
                code="principal-is-deployer",
                place=f"{where}: principals[{index}]",
            )
    portfolios = {
        place: GrantedPortfolio(
            f"{each.portfolio.original_key}-{each.region}",
            portfolio=each.portfolio,
            account_id=settings.account_id,
            region=each.region,
            principals=[deployer, *(guests[index] for index in each.guests)],
            opts=pulumi.ResourceOptions(providers=[provider]),
        )
        for place, each in wanted.items()
        if each.own
    }
    return Granted(portfolios=portfolios, deployer=deployer.arn)
