"""The stacks of provisioned products."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, Final

from moto.cloudformation.models import Stack, cloudformation_backends

from sandbox.aws.cloudformation import StackError, StackOrder
from sandbox.aws.cloudformation.changes import additions, modifications
from sandbox.aws.cloudformation.engine import reason_of
from sandbox.aws.cloudformation.permissions import building_as, require_stack
from sandbox.aws.cloudformation.resources import AcceptedPortfolioShare
from sandbox.aws.servicecatalog.call import World
from sandbox.aws.servicecatalog.launch_roles import Builder

MOST_DELETED: Final = 50
"""Deleted stacks that can still be described, per account and region; AWS forgets them after 90 days."""

Outputs = list[dict[str, Any]]
Changes = list[dict[str, Any]]


def install(world: World) -> None:
    """Let stacks accept portfolio shares of this world."""
    AcceptedPortfolioShare.world = world


def create(order: StackOrder) -> Outputs:
    """Build a stack and return its outputs.

    Raises:
        StackError: it failed; what had been built is gone again, the stack remains.
    """
    require_stack(order.builder, order.region, order.name, "execute" if order.planned else "create")
    backend = cloudformation_backends[order.builder.account][order.region]
    with building_as(order.builder), _reasons():
        stack = backend.create_stack(
            order.name,
            order.template,
            order.parameters,
            notification_arns=list(order.notification_arns),
            tags=order.tags,
        )
    return _outputs(stack)


def update(order: StackOrder) -> Outputs:
    """Change a stack. A failed change is rolled back, then StackError is raised."""
    require_stack(order.builder, order.region, order.name, "execute" if order.planned else "update")
    backend = cloudformation_backends[order.builder.account][order.region]
    parameters = [{"ParameterKey": key, "ParameterValue": value} for key, value in order.parameters.items()]
    with building_as(order.builder), _reasons():
        stack = backend.update_stack(order.name, order.template, None, parameters, order.tags)
    return _outputs(stack)


def preview(order: StackOrder) -> Changes:
    """What building an order would change; nothing is changed.

    Raises:
        StackError: nothing would change, or the builder may not ask.
    """
    require_stack(order.builder, order.region, order.name, "plan")
    stack = _find(order.builder.account, order.region, order.name)
    with _reasons():
        return modifications(stack, order) if stack else additions(order)


def delete(name: str, builder: Builder, region: str) -> None:
    """Delete a stack and all that it built; one that is gone already is fine."""
    require_stack(builder, region, name, "delete")
    backend = cloudformation_backends[builder.account][region]
    stack = _find(builder.account, region, name)
    if stack is None:
        return
    try:
        with building_as(builder), _reasons():
            backend.delete_stack(stack.stack_id)
    except StackError:
        backend.stacks[stack.stack_id] = stack
        stack.status = "DELETE_FAILED"
        raise
    while len(backend.deleted_stacks) > MOST_DELETED:
        del backend.deleted_stacks[next(iter(backend.deleted_stacks))]


def stack_id(account: str, region: str, name: str) -> str | None:
    stack = _find(account, region, name)
    return stack.stack_id if stack else None


def _find(account: str, region: str, name: str) -> Stack | None:
    stacks = cloudformation_backends[account][region].stacks.values()
    return next((stack for stack in stacks if stack.name == name), None)


@contextmanager
def _reasons() -> Generator[None, None, None]:
    """Turn whatever moto raises into the reason that a stack event would show."""
    try:
        yield
    except Exception as error:
        raise StackError(reason_of(error)) from error


def _outputs(stack: Stack) -> Outputs:
    """The stack's outputs, and the one that Service Catalog adds.

    Raises:
        StackError: the stack was rolled back.
    """
    if "ROLLBACK" in stack.status:
        raise StackError(str(getattr(stack, "stack_status_reason", stack.status)))
    arn = {
        "OutputKey": "CloudformationStackARN",
        "OutputValue": stack.stack_id,
        "Description": "The ARN of the launched Cloudformation Stack",
    }
    own = [
        {"OutputKey": o["OutputKey"], "OutputValue": str(o["OutputValue"]), "Description": o["Description"]}
        for o in stack.outputs or []
    ]
    return [arn, *own]
