"""The pack's table of contents."""

from typing import Final

from pulumi_policy import EnforcementLevel, Policy, PolicyPack

from policy.buckets import BUCKETS
from policy.catalog import CATALOG
from policy.roles import ROLES
from policy.scope import SCOPE

NAME: Final = "model-catalog"
POLICIES: Final[list[Policy]] = [*ROLES, *CATALOG, *BUCKETS, *SCOPE]


def run() -> None:
    """Serve the pack to the engine."""
    _ = PolicyPack(name=NAME, policies=POLICIES, enforcement_level=EnforcementLevel.MANDATORY)
