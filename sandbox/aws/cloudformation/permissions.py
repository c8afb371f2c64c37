"""Whose permissions CloudFormation works with, and whether they suffice."""

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from typing import Any, cast

from moto.iam.models import Role

from sandbox.aws.cloudformation.request import StackError
from sandbox.aws.cloudformation.resource_types import RESOURCE_TYPES, STACK_ACTIONS, ResourceType
from sandbox.aws.iam.callers import Caller
from sandbox.aws.iam.principals import find_principal, find_role, iam_of, is_permitted, trusts_service

_SCALING_SERVICE = "sagemaker.application-autoscaling.amazonaws.com"
_SCALING_ROLE = "AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint"
_SCALING_TRUST = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",'
    f'"Principal":{{"Service":"{_SCALING_SERVICE}"}}}}]}}'
)

resource_arns: dict[str, Callable[[dict[str, Any], str], str]] = {}
"""By type: the ARN that permissions are asked for, from properties and region, where a pattern cannot say it."""
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
    arn = f"arn:aws:cloudformation:{caller.region}:{caller.account}:stack/{name}/*"
    for action in (STACK_ACTIONS[step], "DescribeStacks", "DescribeStackEvents"):
        _require(caller, f"cloudformation:{action}", arn)
    if step != "delete":
        _require(caller, "cloudformation:GetTemplateSummary", "*")
        template = f"arn:aws:s3:::sc-templates-{caller.region}/{name}"
        owned = {"s3:ExistingObjectTag/servicecatalog:provisioning": "true"}
        _require(caller, "s3:GetObject", template, owned)


def require_resource(step: str, kind: str, name: str, properties: dict[str, Any], account: str, region: str) -> None:
    """The caller's permissions on one resource.

    Raises:
        StackError: one is missing, or the table does not know the type.
    """
    if not _callers:
        return
    caller = _callers[-1]
    known = RESOURCE_TYPES.get(kind)
    if known is None:
        raise StackError(f"The sandbox does not know which permissions {kind} needs, so it cannot launch it")
    arn = known.arn.format(account=account, region=region, name=name, lower_name=name.lower())
    if kind in resource_arns and properties:
        arn = resource_arns[kind](properties, region)
    context = _scaling_context(properties) if kind.startswith("AWS::ApplicationAutoScaling::") else {}
    for action in known.actions(step, properties):
        _require(caller, action, arn, context)
    if step == "delete":
        return
    _require_roles(caller, known, properties)
    if kind == "AWS::ApplicationAutoScaling::ScalableTarget":
        _require_scaling_role(caller, account)


def _scaling_context(properties: dict[str, Any]) -> dict[str, str]:
    """The condition keys of the service (Service Authorization Reference, Application Auto Scaling)."""
    _, dimension, namespace = str(properties.get("ScalingTargetId", "||")).split("|")
    return {
        "application-autoscaling:service-namespace": properties.get("ServiceNamespace", namespace),
        "application-autoscaling:scalable-dimension": properties.get("ScalableDimension", dimension),
    }


def _require_roles(caller: Caller, known: ResourceType, properties: dict[str, Any]) -> None:
    for path, service in known.passes.items():
        for arn in _values(properties, path.split(".")):
            _require(caller, "iam:PassRole", arn, {"iam:PassedToService": service})
            role = find_principal(arn)
            if not isinstance(role, Role):
                raise StackError(f"The role {arn} does not exist")
            if not trusts_service(role, service, {"aws:SourceAccount": [caller.account]}):
                raise StackError(f"Could not assume role {arn}. Ensure that it trusts the service {service}")


def _values(node: Any, path: list[str]) -> list[str]:  # noqa: ANN401 - any part of a template
    if not path:
        return [node] if isinstance(node, str) else []
    items = cast("list[Any]", node if isinstance(node, list) else [node])
    return [
        value
        for item in items
        if isinstance(item, dict) and path[0] in item
        for value in _values(item[path[0]], path[1:])
    ]


def _require_scaling_role(caller: Caller, account: str) -> None:
    """The first scalable target in an account makes a service-linked role, for which one needs permission."""
    if find_role(account, _SCALING_ROLE):
        return
    arn = f"arn:aws:iam::{account}:role/aws-service-role/{_SCALING_SERVICE}/{_SCALING_ROLE}"
    _require(caller, "iam:CreateServiceLinkedRole", arn, {"iam:AWSServiceName": _SCALING_SERVICE})
    iam_of(account).create_role(
        _SCALING_ROLE,
        _SCALING_TRUST,
        path=f"/aws-service-role/{_SCALING_SERVICE}/",
        permissions_boundary=None,
        description="",
        tags=[],
        max_session_duration="3600",
        linked_service=_SCALING_SERVICE,
    )


def _require(caller: Caller, action: str, resource: str, more: Mapping[str, str] | None = None) -> None:
    if not is_permitted(caller.principal, action, resource, caller.context(**dict(more or {}))):
        raise StackError(
            f"User: {caller.arn} is not authorized to perform: {action} on resource: {resource} "
            f"because no identity-based policy allows the {action} action"
        )
