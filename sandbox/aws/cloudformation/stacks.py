"""The stacks of provisioned products."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, Final

from moto.cloudformation.models import Stack, cloudformation_backends

from sandbox.aws.cloudformation.changes import additions, modifications
from sandbox.aws.cloudformation.engine import reason_of
from sandbox.aws.cloudformation.permissions import acting_as, require_stack, require_topics
from sandbox.aws.cloudformation.request import StackError, StackRequest
from sandbox.aws.cloudformation.stack_resources import require_done
from sandbox.aws.iam.callers import Caller

MOST_DELETED: Final = 50
"""Deleted stacks that can still be described, per account and region; AWS forgets them after 90 days."""

Outputs = list[dict[str, Any]]
Changes = list[dict[str, Any]]


def create(request: StackRequest) -> Outputs:
    """Build a stack and return its outputs.

    Raises:
        StackError: it failed; what had been built is gone again, the stack remains.
    """
    whole = (request.name, request.template, request.parameters)
    with _building(request, "create") as backend:
        stack = backend.create_stack(*whole, notification_arns=list(request.notification_arns), tags=request.tags)
    return _outputs(stack)


def update(request: StackRequest) -> Outputs:
    """Change a stack. A failed change is rolled back, then StackError is raised."""
    parameters = [{"ParameterKey": key, "ParameterValue": value} for key, value in request.parameters.items()]
    with _building(request, "update") as backend:
        stack = backend.update_stack(request.name, request.template, None, parameters, request.tags)
    return _outputs(stack)


@contextmanager
def _building(request: StackRequest, step: str) -> Generator[Any]:
    """Let whoever asks build, if he may."""
    require_stack(request.caller, request.name, "execute" if request.planned else step)
    require_topics(request.caller, request.notification_arns)
    with acting_as(request.caller), _reasons():
        yield cloudformation_backends[request.caller.account][request.caller.region]


def preview(request: StackRequest) -> Changes:
    """What building a request would change; nothing is changed.

    Raises:
        StackError: nothing would change, or the builder may not ask.
    """
    require_stack(request.caller, request.name, "plan")
    stack = _find(request.caller, request.name)
    with _reasons():
        return modifications(stack, request) if stack else additions(request)


def delete(name: str, caller: Caller) -> None:
    """Delete a stack and all that it built; one that is gone already is fine."""
    require_stack(caller, name, "delete")
    backend = cloudformation_backends[caller.account][caller.region]
    stack = _find(caller, name)
    if stack is None:
        return
    with acting_as(caller), _reasons():
        backend.delete_stack(stack.stack_id)
    require_done(stack)
    while len(backend.deleted_stacks) > MOST_DELETED:
        del backend.deleted_stacks[next(iter(backend.deleted_stacks))]


def stack_id(caller: Caller, name: str) -> str | None:
    stack = _find(caller, name)
    return stack.stack_id if stack else None


def template_of(caller: Caller, stack_id: str) -> str:
    """The template that a stack of the caller's account and region was built from.

    Raises:
        StackError: there is no such stack.
    """
    for stack in cloudformation_backends[caller.account][caller.region].stacks.values():
        if stack.stack_id == stack_id:
            return str(stack.template)
    raise StackError(f"Stack with id {stack_id} does not exist")


def inventory() -> list[dict[str, Any]]:
    """Every resource of every stack: how it is kept, and which permissions its handlers name that nobody checked."""
    backends = [backend for regions in list(cloudformation_backends.values()) for backend in list(regions.values())]
    stacks: list[Any] = [stack for backend in backends for stack in backend.stacks.values()]
    return [
        {
            "account": stack.account_id,
            "region": stack.region_name,
            "stack": stack.name,
            "logical_id": each.logical_resource_id,
            "type": each.cf_resource_type,
            "physical_id": each.physical_resource_id,
            "kept": each.note or "emulated",
            "unchecked": each.unchecked,
        }
        for stack in stacks
        for each in stack.resource_map.values()
    ]


def _find(caller: Caller, name: str) -> Stack | None:
    stacks = cloudformation_backends[caller.account][caller.region].stacks.values()
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
    require_done(stack)
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
