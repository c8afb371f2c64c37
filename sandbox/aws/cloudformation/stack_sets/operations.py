"""Operations at work: stacks are made, changed and deleted in the accounts that a set targets."""

import math
import uuid

from moto.cloudformation.models import cloudformation_backends

from sandbox.aws.backend import Backend
from sandbox.aws.cloudformation.engine import reason_of
from sandbox.aws.cloudformation.permissions import unchecked
from sandbox.aws.cloudformation.request import StackError
from sandbox.aws.cloudformation.stack_resources import require_done
from sandbox.aws.cloudformation.stack_sets.model import Instance, Operation, StackSet
from sandbox.aws.cloudformation.stack_sets.requirements import values_of
from sandbox.aws.documents import part

SECONDS = 30.0
"""Virtual time that an operation takes."""
_STOPPED = "Cancelled since failure tolerance has exceeded"


def begin(backend: Backend, stack_set: StackSet, operation: Operation) -> None:
    """Run an operation, or queue it behind the one that runs."""
    operation.injected_failure = backend.clock.injected_failure
    stack_set.add(operation)
    for instance in operation.instances:
        instance.last_operation_id = operation.operation_id
    if not stack_set.first("RUNNING"):
        _run(backend, stack_set, operation)


def _run(backend: Backend, stack_set: StackSet, operation: Operation) -> None:
    operation.status = "RUNNING"
    for instance in operation.instances:
        instance.status, instance.detailed_status = "OUTDATED", "RUNNING"

    def finish() -> None:
        _work(backend, stack_set, operation)
        operation.end_timestamp = backend.clock.now()
        if following := stack_set.first("QUEUED"):
            _run(backend, stack_set, following)

    backend.clock.after(SECONDS, finish)


def _work(backend: Backend, stack_set: StackSet, operation: Operation) -> None:
    """Go through the regions and accounts, and stop where more fail than are tolerated.

    API:StackSetOperationPreferences: by default one account at a time, and no failure is tolerated.
    """
    stopped = False
    for region in dict.fromkeys(each.region for each in operation.instances):
        instances, failures = [each for each in operation.instances if each.region == region], 0
        tolerated = _tolerated(operation, len(instances))
        for instance in sorted(instances, key=lambda each: each.account):
            if stopped:
                instance.detailed_status, instance.status_reason = "CANCELLED", _STOPPED
            else:
                _attempt(backend, stack_set, operation, instance)
            failures += instance.detailed_status == "FAILED"
            stopped = stopped or failures > tolerated
            operation.results.append(_result(instance))
    operation.status = "FAILED" if stopped else "SUCCEEDED"


def _tolerated(operation: Operation, accounts: int) -> int:
    preferences = part(operation.request, "OperationPreferences")
    share = math.floor(accounts * preferences.get("FailureTolerancePercentage", 0) / 100)
    return preferences.get("FailureToleranceCount", share)


def _result(instance: Instance) -> dict[str, str]:
    skipped = instance.detailed_status == "SKIPPED_SUSPENDED_ACCOUNT"
    return {
        "Account": instance.account,
        "Region": instance.region,
        "Status": "SUCCEEDED" if skipped else instance.detailed_status,
        "StatusReason": instance.status_reason or "",
        "OrganizationalUnitId": instance.organizational_unit_id,
    }


def _attempt(backend: Backend, stack_set: StackSet, operation: Operation, instance: Instance) -> None:
    deletes = operation.action == "DELETE"
    if backend.organization.status(instance.account) == "SUSPENDED":
        instance.detailed_status, instance.status_reason = "SKIPPED_SUSPENDED_ACCOUNT", "The account is suspended"
        return
    try:
        if operation.injected_failure:
            raise StackError(operation.injected_failure)  # noqa: TRY301 - it fails as a stack would
        with unchecked():  # the role that StackSets has in each member account may do everything
            if not deletes:
                _deploy(stack_set, instance)
            elif not operation.retain_stacks:
                _remove(instance)
    except Exception as error:  # noqa: BLE001 - whatever moto raises is the reason of the failure
        instance.status = "INOPERABLE" if deletes else "OUTDATED"
        instance.detailed_status, instance.status_reason = "FAILED", reason_of(error)
        return
    instance.status, instance.detailed_status, instance.status_reason = "CURRENT", "SUCCEEDED", None
    if deletes:
        stack_set.instances.pop((instance.account, instance.region), None)


def _deploy(stack_set: StackSet, instance: Instance) -> None:
    backend = cloudformation_backends[instance.account][instance.region]
    stack = backend.stacks.get(instance.stack_id or "")
    if stack and stack.status == "ROLLBACK_COMPLETE":  # it can only be deleted
        backend.delete_stack(stack.stack_id)
        stack = None
    parameters = values_of(stack_set.parameters, instance.parameter_overrides)
    tags = {tag["Key"]: tag["Value"] for tag in stack_set.tags}
    if stack:
        given = [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()]
        stack = backend.update_stack(stack.stack_id, stack_set.template_body, None, given, tags)
    else:
        unique = uuid.uuid5(uuid.NAMESPACE_URL, instance.last_operation_id + instance.account)
        name = f"StackSet-{stack_set.stack_set_name}-{unique}"
        stack = backend.create_stack(name, stack_set.template_body, parameters, tags=tags)
        instance.stack_id = stack.stack_id
    require_done(stack)


def _remove(instance: Instance) -> None:
    backend = cloudformation_backends[instance.account][instance.region]
    if stack := backend.stacks.get(instance.stack_id or ""):
        backend.delete_stack(stack.stack_id)
        require_done(stack)
