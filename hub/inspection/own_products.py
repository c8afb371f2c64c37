"""The stack's products as Service Catalog has them, and not somebody else's of the same name."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from shared.aws.session import Session
from shared.stack.provider import standard_tags


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnProduct:
    """A product that the stack has made.

    Attributes:
        name: What people see, which is no key: others may use it too.
        artifacts: The ids of its provisioning artifacts, by number.
    """

    name: str
    id: str
    artifacts: Mapping[str, str]


def own_products(
    session: Session, names: Collection[str], region: str, *, tags: Mapping[str, str] | None = None
) -> Iterator[OwnProduct]:
    """Find the stack's products of these names in a region, by the stack's tags.

    Args:
        session: With the hub's account.
        names: What people see.
        region: Where.
        tags: The stack's, for whoever is no program of it.

    Raises:
        ClientError: AWS does not tell.
    """
    client = session.client("servicecatalog", region)
    wanted = standard_tags() if tags is None else tags
    for view in session.pages("servicecatalog", "search_products_as_admin", "ProductViewDetails", region):
        product = view["ProductViewSummary"]
        if product["Name"] not in names:
            continue
        described = client.describe_product_as_admin(Id=product["ProductId"])
        found = {tag["Key"]: tag["Value"] for tag in described.get("Tags", [])}
        if wanted.items() <= found.items():
            artifacts = {each["Name"]: each["Id"] for each in described["ProvisioningArtifactSummaries"]}
            yield OwnProduct(name=product["Name"], id=product["ProductId"], artifacts=artifacts)
