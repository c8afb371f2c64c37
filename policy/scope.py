"""Where stacks work, and what they consist of."""

from collections.abc import Iterator
from typing import Any, Final

from pulumi_policy import Policy, PolicyConfigSchema, ResourceValidationArgs, ResourceValidationPolicy

from policy.reporting import each

_LIST: Final[dict[str, Any]] = {"type": "array", "items": {"type": "string"}}
_SPOKE: Final = "model-catalog-spoke"
_IN_A_SPOKE: Final = (
    "aws:cloudformation/stack:Stack",
    "aws:iam/role:Role",
    "aws:iam/rolePolicy:RolePolicy",
    "aws:servicecatalog/principalPortfolioAssociation:PrincipalPortfolioAssociation",
    "aws:servicecatalog/provisionedProduct:ProvisionedProduct",
)


def _allowed_regions(args: ResourceValidationArgs) -> Iterator[str]:
    allowed: list[str] = args.get_config().get("regions", [])
    region = args.props.get("region")
    if allowed and isinstance(region, str) and region not in allowed:
        yield f"It is in {region}. Allowed are: {', '.join(allowed)}."


def _only_what_a_spoke_is(args: ResourceValidationArgs) -> Iterator[str]:
    """The project stands in the URN: urn:pulumi:<stack>::<project>::<type>::<name>."""
    project = args.urn.split("::")[1]
    if project == _SPOKE and args.resource_type.startswith("aws:") and args.resource_type not in _IN_A_SPOKE:
        yield f"A spoke has no {args.resource_type}. Put what an account needs beside the catalog into another stack."


SCOPE: Final[list[Policy]] = [
    ResourceValidationPolicy(
        name="regions-are-allowed",
        description="Everything is in an allowed region, where regions are configured.",
        config_schema=PolicyConfigSchema(properties={"regions": {**_LIST, "default": []}}),
        validate=each(_allowed_regions),
    ),
    ResourceValidationPolicy(
        name="spokes-are-spokes",
        description="A spoke's stack has launches, access and roles, and nothing else of AWS.",
        validate=each(_only_what_a_spoke_is),
    ),
]
