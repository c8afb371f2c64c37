"""The types of Service Catalog that stacks may hold. Loads moto's CloudFormation."""

from collections.abc import Callable
from functools import partial
from typing import Final

from sandbox.aws.cloudformation.permissions import resource_arns
from sandbox.aws.cloudformation.request import StackError
from sandbox.aws.cloudformation.resources import OwnType, StackResource, own_types
from sandbox.aws.documents import Json
from sandbox.aws.iam.callers import Caller
from sandbox.aws.servicecatalog.call import Call, CatalogBackend, operations
from sandbox.aws.servicecatalog.errors import ServiceCatalogError
from sandbox.aws.servicecatalog.shares import accept

SHARE: Final = "AWS::ServiceCatalog::AcceptedPortfolioShare"
ASSOCIATION: Final = "AWS::ServiceCatalog::ServiceActionAssociation"


def install(backend: CatalogBackend) -> None:
    """Let stacks accept ACCOUNT shares of this backend, and no others (cloudformation roadmap 1860); and actions."""

    def arn(properties: Json, region: str) -> str:
        """The ARN of a portfolio, which is its owner's; of one that does not exist, an ARN of nobody."""
        portfolio_id = properties["PortfolioId"]
        portfolio = backend.regions[region].portfolios.get(portfolio_id)
        return portfolio.arn if portfolio else f"arn:aws:catalog:{region}::portfolio/{portfolio_id}"

    def doing(work: Callable[[StackResource], object], resource: StackResource) -> Json:
        try:
            _ = work(resource)
        except ServiceCatalogError as error:
            raise StackError(f"{error} (Service: ServiceCatalog; Error Code: {error.code})") from error
        return {}

    def answer(resource: StackResource, *, accepted: bool) -> None:
        place = resource.place
        accept(backend, place.account, place.region, resource.properties["PortfolioId"], accepted=accepted)

    def ask(operation: Callable[[Call, Json], object], resource: StackResource) -> None:
        caller = Caller(resource.place.account, "", "", "", resource.place.region)
        _ = operation(Call(backend, caller), resource.properties)

    def own(make: Callable[[StackResource], None], remove: Callable[[StackResource], None]) -> OwnType:
        return OwnType(making := partial(doing, make), making, partial(doing, remove))

    resource_arns[SHARE] = arn
    own_types[SHARE] = own(partial(answer, accepted=True), partial(answer, accepted=False))
    own_types[ASSOCIATION] = own(
        partial(ask, operations["associate_service_action_with_provisioning_artifact"]),
        partial(ask, operations["disassociate_service_action_from_provisioning_artifact"]),
    )
