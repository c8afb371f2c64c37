"""What portfolios, constraints and launches may be."""

import json
from collections.abc import Iterator
from typing import Any, Final

from pulumi_policy import Policy, PolicyConfigSchema, ResourceValidationArgs, ResourceValidationPolicy

from policy.reporting import each

LAUNCH: Final = "aws:servicecatalog/provisionedProduct:ProvisionedProduct"
ASSOCIATION: Final = "aws:servicecatalog/principalPortfolioAssociation:PrincipalPortfolioAssociation"
CONSTRAINT: Final = "aws:servicecatalog/constraint:Constraint"
SHARE: Final = "aws:servicecatalog/portfolioShare:PortfolioShare"
_SHARES: Final = ["ORGANIZATION", "ORGANIZATIONAL_UNIT", "ORGANIZATION_MEMBER_ACCOUNT", "ACCOUNT"]
_LIST: Final[dict[str, Any]] = {"type": "array", "items": {"type": "string"}}


def _tagged(args: ResourceValidationArgs) -> Iterator[str]:
    wanted: list[str] = args.get_config().get("tags", [])
    if args.resource_type == LAUNCH:
        for key in sorted(set(wanted) - set(args.props.get("tags") or {})):
            yield f"The launch has no tag {key}. Add it to the launch's tags in the spoke's settings."


def _by_id(args: ResourceValidationArgs) -> Iterator[str]:
    if args.resource_type == LAUNCH:
        for name in ("productName", "provisioningArtifactName", "pathName"):
            if args.props.get(name):
                yield f"The launch names something by {name}, and names are not unique. Use ids."


def _exact_principals(args: ResourceValidationArgs) -> Iterator[str]:
    allowed: bool = args.get_config().get("patterns", False)
    if args.resource_type == ASSOCIATION and args.props.get("principalType") == "IAM_PATTERN" and not allowed:
        pattern = args.props.get("principalArn")
        yield f"{pattern} is a pattern, which anyone who can create roles can match. Name principals."


def _local_roles(args: ResourceValidationArgs) -> Iterator[str]:
    if args.resource_type != CONSTRAINT or args.props.get("type") != "LAUNCH":
        return
    parameters = args.props.get("parameters")
    if isinstance(parameters, str) and "RoleArn" in json.loads(parameters):
        yield "A launch role by ARN builds every account's launches in the role's account. Use LocalRoleName."


def _shared_with(args: ResourceValidationArgs) -> Iterator[str]:
    allowed: list[str] = args.get_config().get("types", _SHARES)
    if args.resource_type == SHARE and args.props.get("type") not in allowed:
        yield f"The portfolio is shared by {args.props.get('type')}. Allowed are: {', '.join(allowed)}."


CATALOG: Final[list[Policy]] = [
    ResourceValidationPolicy(
        name="launches-are-tagged",
        description="Every launch has the tags that the platform team asks for.",
        config_schema=PolicyConfigSchema(properties={"tags": {**_LIST, "default": []}}),
        validate=each(_tagged),
    ),
    ResourceValidationPolicy(
        name="launches-go-by-id",
        description="Launches name product, version and path by id, because names are not unique.",
        validate=each(_by_id),
    ),
    ResourceValidationPolicy(
        name="principals-are-exact",
        description="Access is given to exact principals, unless patterns are allowed.",
        config_schema=PolicyConfigSchema(properties={"patterns": {"type": "boolean", "default": False}}),
        validate=each(_exact_principals),
    ),
    ResourceValidationPolicy(
        name="launches-build-where-they-are-made",
        description="Launch constraints name a role of the launching account.",
        validate=each(_local_roles),
    ),
    ResourceValidationPolicy(
        name="portfolios-are-shared-as-agreed",
        description="Portfolios are shared by the allowed types only.",
        config_schema=PolicyConfigSchema(properties={"types": {**_LIST, "default": _SHARES}}),
        validate=each(_shared_with),
    ),
]
