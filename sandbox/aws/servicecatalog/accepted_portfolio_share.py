"""AWS::ServiceCatalog::AcceptedPortfolioShare: the share that a stack accepts. Loads moto's CloudFormation."""

from typing import Any, ClassVar

from moto.core.common_models import CloudFormationModel

from sandbox.aws.cloudformation.permissions import resource_arns
from sandbox.aws.cloudformation.request import StackError
from sandbox.aws.cloudformation.resources import Given, Moto, MotoResource
from sandbox.aws.servicecatalog.call import CatalogBackend
from sandbox.aws.servicecatalog.errors import ServiceCatalogError
from sandbox.aws.servicecatalog.shares import accept

TYPE = "AWS::ServiceCatalog::AcceptedPortfolioShare"


class AcceptedPortfolioShare(MotoResource, CloudFormationModel):
    """Accepts an ACCOUNT share while it lives; it cannot accept any other (cloudformation roadmap issue 1860)."""

    backend: ClassVar[CatalogBackend]

    @staticmethod
    def cloudformation_type() -> str:
        return TYPE

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Given, account_id: str, region_name: str, **_: Moto
    ) -> "AcceptedPortfolioShare":
        given = cloudformation_json["Properties"]
        try:
            accept(cls.backend, account_id, region_name, given["PortfolioId"], accepted=True)
        except ServiceCatalogError as error:
            raise StackError(f"{error} (Service: ServiceCatalog; Error Code: {error.code})") from error
        return cls(f"{account_id}|{given['PortfolioId']}", given, {"Id": resource_name})

    def delete(self, account_id: str, region_name: str) -> None:
        try:
            accept(self.backend, account_id, region_name, self.properties["PortfolioId"], accepted=False)
        except ServiceCatalogError as error:
            raise StackError(str(error)) from error


def install(backend: CatalogBackend) -> None:
    """Let stacks accept portfolio shares of this backend."""

    def arn(properties: dict[str, Any], region: str) -> str:
        """The ARN of a portfolio, which is its owner's; of one that does not exist, an ARN of nobody."""
        portfolio_id = properties["PortfolioId"]
        portfolio = backend.regions[region].portfolios.get(portfolio_id)
        return portfolio.arn if portfolio else f"arn:aws:catalog:{region}::portfolio/{portfolio_id}"

    AcceptedPortfolioShare.backend = backend
    resource_arns[TYPE] = arn
