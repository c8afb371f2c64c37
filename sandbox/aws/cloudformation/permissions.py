"""Whose permissions CloudFormation works with, and whether they suffice."""

import re
from collections.abc import Callable, Collection, Generator, Iterable, Iterator
from contextlib import contextmanager
from typing import Final

from moto.iam.models import Role
from moto.sns.models import sns_backends
from moto.utilities.utils import get_partition

from sandbox.aws.cloudformation.attributes import Place, arn_of
from sandbox.aws.cloudformation.request import StackError
from sandbox.aws.cloudformation.required_actions import actions_of
from sandbox.aws.cloudformation.schemas import Schema, reads, resources_of
from sandbox.aws.documents import Json, Value, is_list, is_object, part
from sandbox.aws.iam import principals
from sandbox.aws.iam.callers import Caller
from sandbox.aws.iam.evaluation import Statement, as_list, like, statements

STACK_ACTIONS: Final = {
    "create": "CreateStack",
    "update": "UpdateStack",
    "delete": "DeleteStack",
    "plan": "CreateChangeSet",
    "execute": "ExecuteChangeSet",
}
"""CloudFormation's own action of each step, on the stack's ARN, besides looking at the stack."""
_PARTS_OF_ARN: Final = 6
_ROLE = re.compile(r"arn:[^:]+:iam::\d{12}:role/(?!aws-service-role/).+")
_SCALING_ROLES: Final = {
    "dynamodb": "DynamoDBTable",
    "ecs": "ECSService",
    "lambda": "LambdaConcurrency",
    "sagemaker": "SageMakerEndpoint",
}
"""The end of a service-linked role's name, by the namespace that Application Auto Scaling scales in."""

resource_arns: dict[str, Callable[[Json, str], str]] = {}
"""By type: the ARN that permissions are asked for, from properties and region, where the reference cannot say it."""
_callers: list[Caller] = []
"""Whose permissions count now; empty for stacks of administrators, which are not checked."""


@contextmanager
def acting_as(caller: Caller) -> Generator[None, None, None]:
    """Check what CloudFormation does in here against the caller's policies."""
    _callers.append(caller)
    try:
        yield
    finally:
        _callers.pop()


@contextmanager
def unchecked() -> Generator[None, None, None]:
    """Check nothing in here."""
    kept = _callers[:]
    _callers.clear()
    try:
        yield
    finally:
        _callers[:] = kept


def require_stack(caller: Caller, name: str, step: str) -> None:
    """The caller's permissions on the stack itself, and for a launch on Service Catalog's template copy.

    The Administrator Guide, "Launch constraints", asks for s3:GetObject on objects of a service-owned bucket
    that bear the tag servicecatalog:provisioning=true.
    """
    partition = get_partition(caller.region)
    arn = f"arn:{partition}:cloudformation:{caller.region}:{caller.account}:stack/{name}/*"
    for action in (STACK_ACTIONS[step], "DescribeStacks", "DescribeStackEvents"):
        _require(caller, f"cloudformation:{action}", arn)
    if step != "delete":
        _require(caller, "cloudformation:GetTemplateSummary", "*")
        template = f"arn:{partition}:s3:::sc-templates-{caller.region}/{name}"
        _require(caller, "s3:GetObject", template, **{"s3:ExistingObjectTag/servicecatalog:provisioning": "true"})


def require_topics(caller: Caller, topics: Collection[str]) -> None:
    """The caller's permission to tell topics of the stack; those of another account have to let it, too.

    Service Catalog Administrator Guide, "Add a launch constraint", gives the role of a launch `sns:*`; SNS Developer
    Guide, "Identity-based policies": between accounts both policies must allow.
    """
    for arn in topics:
        _require(caller, "sns:Publish", arn)
        _, _, _, region, owner, _ = arn.split(":")
        if owner == caller.account:
            continue
        topic = sns_backends[owner][region].topics.get(arn)
        if not caller.judged_by(topic.policy if topic else None, "sns:Publish", arn):
            raise StackError(caller.refusal("SNS:Publish", arn, "resource"))


def require(action: str, resource: str | None) -> None:
    """One permission of whoever acts now; None for a resource that only the service knows."""
    if _callers:
        _require(_callers[-1], action, resource)


def builder(account: str, region: str) -> Caller:
    """Whoever acts now, or where nobody is checked the administrator of the account."""
    arn = f"arn:aws:iam::{account}:user/{principals.ADMINISTRATOR}"
    return _callers[-1] if _callers else Caller(account, arn, arn, principals.administrator_key(account), region)


def require_resource(
    step: str,
    schema: Schema,
    place: Place,
    name: str | None,
    properties: Json,
    changed: Collection[str] | None = None,
    *,
    tagged: bool = False,
) -> list[str]:
    """The caller's permissions on one resource.

    Args:
        step: create, update or delete.
        schema: of the resource's type.
        place: where the resource is.
        name: its name, or None while only the service knows it.
        properties: what it is made of.
        changed: for an update, the properties that change.
        tagged: whether tags are put on it.

    Returns:
        The actions that the type's handler names and nobody checked.

    Raises:
        StackError: one is missing.
    """
    given = properties if changed is None else [each for each in changed if each in properties]
    gone = [each for each in changed or () if each not in properties]
    actions = actions_of(schema, step, given, gone, tagged=tagged)
    if not _callers:
        return list(actions.unchecked)
    caller = _callers[-1]
    own = resource_arns.get(schema.type)
    if name and schema.service == "iam":  # whose ARNs have the path before the name
        name = f"{properties.get('Path', '')}{name}"
    arn = arn_of(schema, place, name) if name and not schema.is_known_by_id else None
    arn = own(properties, place.region) if own else arn
    for action in actions.required:
        kinds = resources_of(action)
        if kinds is None:  # a schema may name what is no action of IAM's, which no policy has to allow
            continue
        # Which resource a look at all of a kind is allowed on, only the service knows.
        unknown = (not kinds and reads(action)) or not schema.is_about(action)
        _require(caller, action, None if unknown else arn if kinds else "*", **_scaling_context(properties))
    seen: set[str] = set()
    if step != "delete" and "iam:PassRole" in (*schema.actions(step), *schema.actions("create")):
        _require_roles(caller, schema, {key: properties[key] for key in given})
        seen.add("iam:PassRole")
    namespace = str(properties.get("ServiceNamespace"))
    if (schema.type, step) == ("AWS::ApplicationAutoScaling::ScalableTarget", "create") and namespace in _SCALING_ROLES:
        _require_scaling_role(caller, place.account, namespace)
        seen.add("iam:CreateServiceLinkedRole")
    return [action for action in actions.unchecked if action not in seen]


def _scaling_context(properties: Json) -> dict[str, str]:
    """The condition keys of Application Auto Scaling (Service Authorization Reference)."""
    if "ScalableDimension" not in properties:
        return {}
    return {
        "application-autoscaling:service-namespace": str(properties.get("ServiceNamespace")),
        "application-autoscaling:scalable-dimension": str(properties["ScalableDimension"]),
    }


def _require_roles(caller: Caller, schema: Schema, given: Json) -> None:
    """A role that is handed to the service has to be there, trust the service, and be the caller's to pass."""
    for arn in _roles_in(schema, schema.raw, given):
        role = principals.find_principal(arn)
        if not isinstance(role, Role):
            raise StackError(f"The role {arn} does not exist")
        trust = list(statements([role.assume_role_policy_document]))
        trusted = [name for each in trust for name in principals.principals_in(each, "Service")]
        services = [name for name in trusted if schema.service in name.split(".")[0] or f".{schema.service}." in name]
        service = (services or [f"{schema.service}.amazonaws.com"])[0]
        # A role may trust a service in one region; it is passed to the service as such.
        _require(caller, "iam:PassRole", arn, **{"iam:PassedToService": service.replace(f".{caller.region}.", ".")})
        # One that trusts no service is for another role to assume, as those of a pipeline's actions are.
        if trusted and not any(
            principals.trusts_service(role, service, {"aws:SourceAccount": [caller.account], "aws:SourceArn": [source]})
            for source in _sources(trust, caller)
        ):
            raise StackError(f"Could not assume role {arn}. Ensure that it trusts the service {service}")


def _sources(trust: Iterable[Statement], caller: Caller) -> Iterator[str]:
    """ARNs in whose name the service may come: one of the caller's for each that the trust speaks of, or any.

    Whether the resource that is made is among them, the service asks when it works in its name, with an id that is not
    known before (source: IAM User Guide, "The confused deputy problem", aws:SourceArn).
    """
    yield f"arn:{get_partition(caller.region)}:*:{caller.region}:{caller.account}:*"
    own = (caller.region, caller.account)
    patterns = [
        pattern.split(":", 5)
        for statement in trust
        for keys in statement.get("Condition", {}).values()
        for key, given in keys.items()
        if key.lower() == "aws:sourcearn"
        for pattern in as_list(given)
    ]
    for parts in patterns:
        if len(parts) == _PARTS_OF_ARN and all(map(like, parts[3:5], own)):
            yield ":".join([*parts[:3], *own, re.sub(r"[*?]", "x", parts[5])])


def _roles_in(schema: Schema, rules: Json, node: Value, name: str = "") -> Iterator[str]:
    """The roles in properties of the type; a key of the user's own, as in a function's environment, is none."""
    rules = schema.follow(rules)
    if is_object(node):
        known = part(rules, "properties")
        for key, value in node.items():
            yield from _roles_in(schema, part(known, key), value, key if key in known else "")
    elif is_list(node):
        for item in node:
            yield from _roles_in(schema, part(rules, "items"), item, name)
    elif "role" in name.lower() and isinstance(node, str) and _ROLE.fullmatch(node):
        yield node


def _require_scaling_role(caller: Caller, account: str, namespace: str) -> None:
    """The first scalable target in an account makes a service-linked role, for which one needs permission."""
    service = f"{namespace}.application-autoscaling.amazonaws.com"
    name = f"AWSServiceRoleForApplicationAutoScaling_{_SCALING_ROLES[namespace]}"
    if principals.find_role(account, name):
        return
    arn = f"arn:aws:iam::{account}:role/aws-service-role/{service}/{name}"
    _require(caller, "iam:CreateServiceLinkedRole", arn, **{"iam:AWSServiceName": service})
    trust = {"Action": "sts:AssumeRole", "Principal": {"Service": service}}
    principals.make_role(account, name, trust, path=f"/aws-service-role/{service}/", linked_service=service)


def _require(caller: Caller, action: str, resource: str | None, **context: str) -> None:
    if not principals.is_permitted(caller.principal, action, resource, caller.context(**context)):
        raise StackError(caller.refusal(action, resource))
