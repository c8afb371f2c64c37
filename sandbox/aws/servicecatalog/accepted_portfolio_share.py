"""AWS::ServiceCatalog::AcceptedPortfolioShare: the share that a stack accepts. Loads moto's CloudFormation."""

from functools import partial

from sandbox.aws.cloudformation.permissions import resource_arns
from sandbox.aws.cloudformation.request import StackError
from sandbox.aws.cloudformation.resources import OwnType, StackResource, own_types
from sandbox.aws.documents import Json
from sandbox.aws.servicecatalog.call import CatalogBackend
from sandbox.aws.servicecatalog.errors import ServiceCatalogError
from sandbox.aws.servicecatalog.shares import accept

TYPE = "AWS::ServiceCatalog::AcceptedPortfolioShare"


def install(backend: CatalogBackend) -> None:
    """Let stacks accept ACCOUNT shares of this backend; they cannot accept any other (cloudformation roadmap 1860)."""

    def arn(properties: Json, region: str) -> str:
        """The ARN of a portfolio, which is its owner's; of one that does not exist, an ARN of nobody."""
        portfolio_id = properties["PortfolioId"]
        portfolio = backend.regions[region].portfolios.get(portfolio_id)
        return portfolio.arn if portfolio else f"arn:aws:catalog:{region}::portfolio/{portfolio_id}"

    def answer(resource: StackResource, *, accepted: bool) -> Json:
        place = resource.place
        try:
            accept(backend, place.account, place.region, resource.properties["PortfolioId"], accepted=accepted)
        except ServiceCatalogError as error:
            raise StackError(f"{error} (Service: ServiceCatalog; Error Code: {error.code})") from error
        return {}

    def reject(resource: StackResource) -> None:
        answer(resource, accepted=False)

    resource_arns[TYPE] = arn
    own_types[TYPE] = OwnType(accepting := partial(answer, accepted=True), accepting, reject)
