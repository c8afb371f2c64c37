"""What the calls that only read answer."""

from sandbox.aws.cloudformation.stack_sets.model import Instance, Operation, StackSet
from sandbox.aws.documents import Json
from sandbox.aws.errors import ApiError


def stack_set(found: StackSet, _request: Json) -> Json:
    return {"StackSet": found}


def instance(found: StackSet, request: Json) -> Json:
    place = request["StackInstanceAccount"], request["StackInstanceRegion"]
    if place not in found.instances:
        message = f"Stack instance not found for account {place[0]} in region {place[1]}"
        raise ApiError("StackInstanceNotFoundException", message, 404)
    return {"StackInstance": found.instances[place]}


def instances(found: StackSet, request: Json) -> Json:
    account, region = request.get("StackInstanceAccount"), request.get("StackInstanceRegion")
    wanted = [
        each
        for each in found.instances.values()
        if account in (None, each.account) and region in (None, each.region) and _passes(each, request)
    ]
    return {"Summaries": wanted}


def _passes(instance: Instance, request: Json) -> bool:
    known = {"DETAILED_STATUS": instance.detailed_status, "LAST_OPERATION_ID": instance.last_operation_id}
    return all(known.get(each["Name"]) == each["Values"] for each in request.get("Filters") or ())


def _wanted(found: StackSet, request: Json) -> Operation:
    wanted = request["OperationId"]
    if wanted not in found.operations:
        raise ApiError("OperationNotFoundException", f"Operation {wanted} not found", 404)
    return found.operations[wanted]


def operation(found: StackSet, request: Json) -> Json:
    return {"StackSetOperation": _wanted(found, request)}


def operations(found: StackSet, _request: Json) -> Json:
    """List the newest first."""
    return {"Summaries": list(reversed(found.operations.values()))}


def results(found: StackSet, request: Json) -> Json:
    return {"Summaries": _wanted(found, request).results}
