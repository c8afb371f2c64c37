"""What roles may be and do."""

from collections.abc import Iterator
from typing import Final

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyConfigSchema,
    ResourceValidationArgs,
    ResourceValidationPolicy,
)

from policy.reporting import each
from shared.aws.iam import Statement, parse

ROLE: Final = "aws:iam/role:Role"
_POLICIES: Final = ("aws:iam/rolePolicy:RolePolicy", "aws:iam/policy:Policy")
_ATTACHMENTS: Final = (
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "aws:iam/rolePoliciesExclusive:RolePoliciesExclusive",
)
_NAMES: Final = ("ModelCatalogLaunch-", "ModelCatalogExecution-")
_SERVICE_CATALOG: Final = "servicecatalog.amazonaws.com"


def _allowing(args: ResourceValidationArgs) -> list[Statement]:
    """Give the statements of a policy that give rights."""
    policy = args.props.get("policy") if args.resource_type in _POLICIES else None
    return [statement for statement in parse(policy) if statement.allows]


def _no_wildcards(args: ResourceValidationArgs) -> Iterator[str]:
    for statement in _allowing(args):
        if "NotAction" in statement.negations:
            yield "NotAction allows all that it does not name. Name the actions."
        for action in statement.whole_services:
            yield f"The action {action} allows everything. Name the actions."


def _passing_names_a_service(args: ResourceValidationArgs) -> Iterator[str]:
    for statement in _allowing(args):
        if statement.naming("iam:PassRole") and "iam:passedtoservice" not in statement.condition_keys:
            yield "iam:PassRole without a condition on iam:PassedToService. Say which service may get the role."


def _no_confused_deputy(args: ResourceValidationArgs) -> Iterator[str]:
    if args.resource_type != ROLE:
        return
    for statement in parse(args.props.get("assumeRolePolicy")):
        services = (statement.principals or {}).get("Service", ())
        if _SERVICE_CATALOG in services and "aws:sourceaccount" not in statement.condition_keys:
            yield f"{_SERVICE_CATALOG} may assume the role for any account. Add a condition on aws:SourceAccount."


def _known_names(args: ResourceValidationArgs) -> Iterator[str]:
    if args.resource_type == ROLE and not str(args.props.get("name", "")).startswith(_NAMES):
        name = args.props.get("name")
        yield f"The role {name!r} is not one of the catalog's, whose names begin with {' or '.join(_NAMES)}."


def _no_attachments(args: ResourceValidationArgs) -> Iterator[str]:
    if args.resource_type in _ATTACHMENTS or (args.resource_type == ROLE and args.props.get("managedPolicyArns")):
        yield "The catalog's roles have inline policies of their own, and no others. Remove the attachment."


def _bounded(args: ResourceValidationArgs) -> Iterator[str]:
    wanted: str = args.get_config().get("boundary", "")
    if args.resource_type != ROLE:
        return
    found = args.props.get("permissionsBoundary") or ""
    if not found:
        yield "The role has no permissions boundary. Set permissionsBoundary in the spoke's settings."
    elif wanted and not str(found).endswith(f":policy/{wanted}"):
        yield f"The role's permissions boundary is {found}, and has to be the policy {wanted}."


ROLES: Final[list[Policy]] = [
    ResourceValidationPolicy(
        name="policies-name-their-actions",
        description="No policy allows every action, or every action of a service.",
        validate=each(_no_wildcards),
    ),
    ResourceValidationPolicy(
        name="roles-are-passed-to-named-services",
        description="Whoever may pass a role may pass it to named services only.",
        validate=each(_passing_names_a_service),
    ),
    ResourceValidationPolicy(
        name="launch-roles-serve-one-account",
        description="Service Catalog may assume a role on behalf of a named account only.",
        validate=each(_no_confused_deputy),
    ),
    ResourceValidationPolicy(
        name="roles-are-the-catalogs",
        description="Stacks make launch and execution roles, and no others.",
        validate=each(_known_names),
    ),
    ResourceValidationPolicy(
        name="roles-have-no-attached-policies",
        description="No managed policy, such as AdministratorAccess, is attached to a role.",
        validate=each(_no_attachments),
    ),
    ResourceValidationPolicy(
        name="roles-have-a-boundary",
        description="Every role in a spoke has a permissions boundary, of the configured name where there is one.",
        # The hub's copies of launch roles can do nothing, and an account may have its roles made by somebody else.
        enforcement_level=EnforcementLevel.ADVISORY,
        config_schema=PolicyConfigSchema(properties={"boundary": {"type": "string", "default": ""}}),
        validate=each(_bounded),
    ),
]
