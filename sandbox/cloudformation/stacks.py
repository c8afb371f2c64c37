"""The stacks of provisioned products."""

from typing import Any

from moto.cloudformation.models import Stack, cloudformation_backends

from sandbox.cloudformation import StackError, StackOrder
from sandbox.cloudformation.engine import reason_of
from sandbox.cloudformation.permissions import building_as, require_stack
from sandbox.cloudformation.resources import AcceptedPortfolioShare
from sandbox.servicecatalog.call import World
from sandbox.servicecatalog.launch_roles import Builder

Outputs = list[dict[str, Any]]


def install(world: World) -> None:
    """Let stacks accept portfolio shares of this world."""
    AcceptedPortfolioShare.world = world


def create(order: StackOrder) -> tuple[str, Outputs]:
    """Build a stack and return its id and outputs.

    Raises:
        StackError: it failed; what had been built is gone again, the stack remains.
    """
    require_stack(order.builder, order.region, order.name, "create")
    backend = cloudformation_backends[order.builder.account][order.region]
    with building_as(order.builder):
        try:
            stack = backend.create_stack(
                order.name,
                order.template,
                order.parameters,
                notification_arns=list(order.notification_arns),
                tags=order.tags,
                role_arn=None,
            )
        except Exception as error:
            raise StackError(reason_of(error)) from error
    _require_success(stack)
    return stack.stack_id, _outputs(stack)


def update(stack_id: str, order: StackOrder) -> Outputs:
    """Change a stack. A failed change is rolled back, then StackError is raised."""
    require_stack(order.builder, order.region, order.name, "update")
    backend = cloudformation_backends[order.builder.account][order.region]
    parameters = [{"ParameterKey": key, "ParameterValue": value} for key, value in order.parameters.items()]
    with building_as(order.builder):
        try:
            stack = backend.update_stack(stack_id, order.template, None, parameters, order.tags)
        except Exception as error:
            raise StackError(reason_of(error)) from error
    _require_success(stack)
    return _outputs(stack)


def delete(stack_id: str, builder: Builder, region: str) -> None:
    """Delete a stack and all that it built; one that is gone already is fine."""
    name = stack_id.split("/")[1]
    require_stack(builder, region, name, "delete")
    backend = cloudformation_backends[builder.account][region]
    stack = backend.stacks.get(stack_id)
    if stack is None:
        return
    with building_as(builder):
        try:
            backend.delete_stack(stack_id)
        except Exception as error:
            backend.stacks[stack_id] = stack
            stack.status = "DELETE_FAILED"
            raise StackError(reason_of(error)) from error


def _require_success(stack: Stack) -> None:
    if "ROLLBACK" in stack.status:
        raise StackError(str(getattr(stack, "stack_status_reason", stack.status)))


def _outputs(stack: Stack) -> Outputs:
    """The stack's outputs, and the one that Service Catalog adds."""
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
