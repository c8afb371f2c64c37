"""What roles may be and do."""

import json
import re
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
from shared.aws.allowed import SERVICES, Holder
from shared.aws.iam import parse
from shared.aws.rights import Excess, excesses
from shared.stack.names import EXECUTION_ROLE, LAUNCH_ROLE

ROLE: Final = "aws:iam/role:Role"
_POLICIES: Final = ("aws:iam/rolePolicy:RolePolicy", "aws:iam/policy:Policy")
_ATTACHMENTS: Final = (
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "aws:iam/rolePoliciesExclusive:RolePoliciesExclusive",
)
_NAMES: Final = (LAUNCH_ROLE, EXECUTION_ROLE)
_ANY_PRODUCT: Final = "[a-z0-9]+(-[a-z0-9]+)*"
_PASSING: Final = ("role-passed-to-any-service", "any-role-passed")
_ALLOW: Final = PolicyConfigSchema(properties={"allow": {"type": "array", "items": {"type": "string"}, "default": []}})
_SERVICE_CATALOG: Final = "servicecatalog.amazonaws.com"


def _of_role(args: ResourceValidationArgs) -> tuple[object, str]:
    """Give a policy that is written for roles, and whose it is; nothing while either is not known yet."""
    if args.resource_type in _POLICIES:
        return args.props.get("policy"), str(args.props.get("role") or "")
    return None, ""


def _beyond(args: ResourceValidationArgs) -> Iterator[Excess]:
    """Find what a policy allows beyond the list, whoever wrote it."""
    policy, role = _of_role(args)
    if not isinstance(policy, str):
        return
    try:
        document: object = json.loads(policy)
    except ValueError:
        document = None
    allowed: list[str] = args.get_config().get("allow", [])
    product = next((role.removeprefix(name) for name in _NAMES if role.startswith(name)), "")
    passable = re.escape(product) if product else _ANY_PRODUCT
    holder = Holder(passable=f"{EXECUTION_ROLE}{passable}", services=(*SERVICES, *allowed))
    for excess in excesses(document, holder):
        if not excess.token or excess.token not in allowed:
            yield excess


def _within_the_list(args: ResourceValidationArgs) -> Iterator[str]:
    for excess in _beyond(args):
        if excess.code not in _PASSING:
            yield f"{excess.place} {excess.text}".strip()


def _passing_is_exact(args: ResourceValidationArgs) -> Iterator[str]:
    for excess in _beyond(args):
        if excess.code in _PASSING:
            yield f"{excess.place} {excess.text}".strip()


def _known_services(args: ResourceValidationArgs) -> Iterator[str]:
    if args.resource_type != ROLE or not str(args.props.get("name", "")).startswith(EXECUTION_ROLE):
        return
    allowed: list[str] = args.get_config().get("allow", [])
    for statement in parse(args.props.get("assumeRolePolicy")):
        for kind, names in (statement.principals or {"": ["nobody by name"]}).items():
            for name in names:
                if statement.allows and (kind != "Service" or name not in (*SERVICES, *allowed)):
                    yield f"{name} may not run a model. Services that may: {', '.join(SERVICES)}."


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
        description="Policies of roles allow what is on the catalog's list, within its limits, and nothing else.",
        config_schema=_ALLOW,
        validate=each(_within_the_list),
    ),
    ResourceValidationPolicy(
        name="roles-are-passed-to-named-services",
        description="A role may pass its product's execution role alone, to services that may run a model.",
        config_schema=_ALLOW,
        validate=each(_passing_is_exact),
    ),
    ResourceValidationPolicy(
        name="models-run-in-listed-services",
        description="Execution roles are assumed by the services on the catalog's list, and by nobody else.",
        config_schema=_ALLOW,
        validate=each(_known_services),
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
