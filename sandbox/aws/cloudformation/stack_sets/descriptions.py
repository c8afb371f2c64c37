"""What the calls that only read answer."""

from sandbox.aws.cloudformation.stack_sets.model import Instance, Operation, StackSet
from sandbox.aws.documents import Json
from sandbox.aws.errors import ApiError


def _pairs(values: dict[str, str]) -> list[Json]:
    return [{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()]


def summary(found: StackSet) -> Json:
    return {
        "StackSetName": found.name,
        "StackSetId": found.id,
        "Description": found.description,
        "Status": "ACTIVE",
        "AutoDeployment": found.auto_deployment,
        "PermissionModel": "SERVICE_MANAGED",
        "ManagedExecution": found.managed_execution or {"Active": False},
    }


def stack_set(found: StackSet, _request: Json) -> Json:
    more = {
        "TemplateBody": found.template,
        "Parameters": _pairs(found.parameters),
        "Capabilities": found.capabilities,
        "Tags": found.tags,
        "StackSetARN": found.arn,
        "OrganizationalUnitIds": sorted({each.unit for each in found.instances.values()}),
        "Regions": sorted({each.region for each in found.instances.values()}),
    }
    return {"StackSet": {**summary(found), **more}}


def _instance(found: StackSet, instance: Instance) -> Json:
    return {
        "StackSetId": found.id,
        "Region": instance.region,
        "Account": instance.account,
        "StackId": instance.stack_id or None,
        "ParameterOverrides": _pairs(instance.overrides),
        "Status": instance.status,
        "StackInstanceStatus": {"DetailedStatus": instance.detailed},
        "StatusReason": instance.reason or None,
        "OrganizationalUnitId": instance.unit,
        "DriftStatus": "NOT_CHECKED",
        "LastOperationId": instance.operation,
    }


def instance(found: StackSet, request: Json) -> Json:
    place = request["StackInstanceAccount"], request["StackInstanceRegion"]
    if place not in found.instances:
        message = f"Stack instance not found for account {place[0]} in region {place[1]}"
        raise ApiError("StackInstanceNotFoundException", message, 404)
    return {"StackInstance": _instance(found, found.instances[place])}


def instances(found: StackSet, request: Json) -> Json:
    account, region = request.get("StackInstanceAccount"), request.get("StackInstanceRegion")
    wanted = (
        each
        for each in found.instances.values()
        if account in (None, each.account) and region in (None, each.region) and _passes(each, request)
    )
    return {"Summaries": [_instance(found, each) for each in wanted]}


def _passes(instance: Instance, request: Json) -> bool:
    known = {"DETAILED_STATUS": instance.detailed, "LAST_OPERATION_ID": instance.operation}
    return all(known.get(each["Name"]) == each["Values"] for each in request.get("Filters") or ())


def _operation(found: StackSet, operation: Operation) -> Json:
    return {
        "OperationId": operation.id,
        "StackSetId": found.id,
        "Action": operation.action,
        "Status": operation.status,
        "OperationPreferences": operation.request.get("OperationPreferences"),
        "RetainStacks": operation.retain,
        "CreationTimestamp": operation.created,
        "EndTimestamp": operation.ended,
        "DeploymentTargets": operation.request.get("DeploymentTargets"),
    }


def _wanted(found: StackSet, request: Json) -> Operation:
    wanted = request["OperationId"]
    if wanted not in found.operations:
        raise ApiError("OperationNotFoundException", f"Operation {wanted} not found", 404)
    return found.operations[wanted]


def operation(found: StackSet, request: Json) -> Json:
    return {"StackSetOperation": _operation(found, _wanted(found, request))}


def operations(found: StackSet, _request: Json) -> Json:
    """List the newest first."""
    return {"Summaries": [_operation(found, each) for each in reversed(found.operations.values())]}


def results(found: StackSet, request: Json) -> Json:
    return {"Summaries": _wanted(found, request).results}
