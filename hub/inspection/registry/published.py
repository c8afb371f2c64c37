"""Which versions AWS offers already, for the few that want to know before an update."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from hub.config import HubSettings
from hub.inspection.own_products import own_products
from shared.aws.session import Session

VersionName = tuple[str, str]
"""A version by its product's name and its own number, which is what AWS lists."""
Guidance = Literal["DEFAULT", "DEPRECATED"]


def published_versions(settings: HubSettings, wanted: Iterable[VersionName]) -> Mapping[VersionName, Guidance]:
    """Find which versions are active artifacts in any region of the stack, and with which guidance.

    Where regions differ, as after a run that was interrupted, a version counts as deprecated.

    Raises:
        ClientError: AWS does not tell.
    """
    names = set(wanted)
    if not names:
        return {}
    session = Session(region=settings.region, role=settings.assume_role)
    found: dict[VersionName, Guidance] = {}
    for region in settings.all_regions:
        for name, guidance in _in_region(session, region, names):
            found[name] = "DEPRECATED" if "DEPRECATED" in (guidance, found.get(name)) else "DEFAULT"
    return found


def _in_region(session: Session, region: str, names: set[VersionName]) -> Iterator[tuple[VersionName, Guidance]]:
    client = session.client("servicecatalog", region)
    for product in own_products(session, {name for name, _ in names}, region):
        for number, artifact in product.artifacts.items():
            if (name := (product.name, number)) in names:
                detail = client.describe_provisioning_artifact(ProductId=product.id, ProvisioningArtifactId=artifact)[
                    "ProvisioningArtifactDetail"
                ]
                if detail["Active"]:
                    yield name, detail["Guidance"]
