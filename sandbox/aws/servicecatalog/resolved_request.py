"""A launch or update that has passed every check."""

from dataclasses import dataclass

from sandbox.aws.iam.callers import Caller
from sandbox.aws.servicecatalog.launch_paths import LaunchPath
from sandbox.aws.servicecatalog.model import Artifact, Product


@dataclass(frozen=True)
class ResolvedRequest:
    """What is to be built, and by whom."""

    product: Product
    artifact: Artifact
    path: LaunchPath
    builder: Caller
    """The launch role, or without a launch constraint the caller (Administrator Guide, "Launch constraints")."""
    parameters: dict[str, str]
    tags: dict[str, str]
    failure: str | None = None
    """Why it will end in ERROR, although it is taken."""
    planned: bool = False
