"""CloudFormation: StackSet, and how a stack set's operation is waited for."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from .failure import AWSError, Failure, Gone, doing, tolerating
from .properties import as_map, pick, same_json, same_set
from .schema import REGION, TAGS, Operation, Property, Resource, each, matching, one_of, optional, outputs, settled
from .waits import retry, wait
from .wire import State

T = TypeVar("T")

CALL_AS: Property = optional(default="SELF", check=one_of("SELF", "DELEGATED_ADMIN"))
PREFERENCES: Property = optional(
    kind=dict,
    fields={
        **each(optional(), "concurrencyMode", "regionConcurrencyType"),
        **each(optional(kind=int), "failureToleranceCount", "failureTolerancePercentage"),
        **each(optional(kind=int), "maxConcurrentCount", "maxConcurrentPercentage"),
        "regionOrders": optional(kind=list),
    },
)
_LIMIT = 30 * 60
_PROPAGATION = 120
_PASSING = (
    "AccountGate check failed",
    "is not authorized",
    "role has insufficient",
    "role with trust relationship",
    "The security token included in the request is invalid",
)


class StackSet(Resource, of="cloudformation"):
    """A stack set. Its id is its name."""

    properties = {
        "name": settled(
            replaces=True, check=matching(r"[A-Za-z][A-Za-z0-9-]{0,127}", "must begin with a letter, 128 at most")
        ),
        "administrationRoleArn": optional(),
        "autoDeployment": optional(
            kind=dict,
            replaces=True,
            fields=each(optional(kind=bool), "enabled", "retainStacksOnAccountRemoval"),
        ),
        "callAs": CALL_AS,
        "capabilities": optional(kind=list, same=same_set),
        "description": optional(),
        "executionRoleName": settled(),
        "managedExecution": optional(kind=dict, fields={"active": optional(kind=bool)}),
        "operationPreferences": PREFERENCES,
        "parameters": optional(kind=dict),
        "permissionModel": optional(
            default="SELF_MANAGED", replaces=True, check=one_of("SELF_MANAGED", "SERVICE_MANAGED")
        ),
        "templateBody": settled(same=same_json),
        "templateUrl": optional(),
        **TAGS,
        **REGION,
        **outputs("arn", "stackSetId"),
    }
    autonamed = ("name", 128)

    def problems(self, inputs: State) -> Iterator[str]:
        if "templateBody" in inputs and "templateUrl" in inputs:
            yield '"template_url": conflicts with template_body'
        if "autoDeployment" in inputs:
            for key in ("administrationRoleArn", "executionRoleName"):
                if key in inputs:
                    yield f'"auto_deployment": conflicts with {key}'

    def locate(self, op: Operation) -> None:
        op.id, _, call_as = op.id.partition(",")
        op.new["callAs"] = call_as or "SELF"

    def create(self, op: Operation) -> None:
        name = op.new["name"]
        with doing(f"creating CloudFormation StackSet ({name})"):
            repeated(op, lambda: _send(op, "create_stack_set", name))
        op.id = name

    def read(self, op: Operation) -> State:
        with doing(f"reading CloudFormation StackSet ({op.id})", gone=("StackSetNotFoundException",)):
            found = _describe(op)
        parameters = {part["ParameterKey"]: part["ParameterValue"] for part in found.get("Parameters", [])}
        written, body = op.new.get("templateBody"), found.get("TemplateBody", "")
        known: State = found.get("AutoDeployment") or {}
        automatic = {key: bool(flag) for key, flag in pick(known, "enabled", "retainStacksOnAccountRemoval").items()}
        return {
            **pick(found, "administrationRoleArn", "description", "executionRoleName", "permissionModel", "stackSetId"),
            **pick(found, arn="StackSetARN", name="StackSetName"),
            "autoDeployment": automatic if found.get("PermissionModel") == "SERVICE_MANAGED" else None,
            "capabilities": found.get("Capabilities", []),
            "parameters": parameters,
            "templateBody": written if written and same_json(written, body) else body,
            "tagsAll": as_map(found.get("Tags", [])),
        }

    def update(self, op: Operation) -> None:
        with doing(f"updating CloudFormation StackSet ({op.id})"):
            begun = _send(op, "update_stack_set", op.id)
        with doing(f"waiting for CloudFormation StackSet ({op.id}) update"):
            settle(op, op.id, begun["OperationId"])

    def delete(self, op: Operation) -> None:
        with doing(f"deleting CloudFormation StackSet ({op.id})"), tolerating("StackSetNotFoundException"):
            op.call("cloudformation", "delete_stack_set", StackSetName=op.id, CallAs=op.new["callAs"])


def _send(op: Operation, method: str, name: str) -> State:
    """Say all that the program says of the set, as both the create and the update call take it."""
    whole: State = {"Parameters": op.new.get("parameters") or {}, "Tags": op.new["tagsAll"], "StackSetName": name}
    if automatic := op.new.get("autoDeployment"):
        enabled, retain = (bool(automatic.get(key)) for key in ("enabled", "retainStacksOnAccountRemoval"))
        whole["AutoDeployment"] = {"Enabled": enabled, "RetainStacksOnAccountRemoval": retain if enabled else None}
    if managed := op.new.get("managedExecution"):
        whole["ManagedExecution"] = {"Active": bool(managed.get("active"))}
    wished = op.arguments("cloudformation", method, **whole)
    if "TemplateURL" in wished:
        wished.pop("TemplateBody", None)
    return op.call("cloudformation", method, **wished)


def _describe(op: Operation) -> State:
    try:
        return op.call("cloudformation", "describe_stack_set", StackSetName=op.id, CallAs=op.new["callAs"])["StackSet"]
    except AWSError as error:
        if error.code == "ValidationError" and "Failed to check account is Delegated Administrator" in error.message:
            raise Gone(str(error)) from error
        raise


def repeated(op: Operation, call: Callable[[], T]) -> T:
    """Repeat what fails because IAM does not know a role everywhere yet."""
    return retry(op.clock, _PROPAGATION, call, on=lambda error: any(text in str(error) for text in _PASSING))


def settle(op: Operation, name: str, operation: str) -> None:
    """Wait until an operation has succeeded. Raises Failure with the reason of each account that failed."""
    which = {"StackSetName": name, "OperationId": operation, "CallAs": op.new["callAs"]}

    def look() -> tuple[str, str]:
        found = op.call("cloudformation", "describe_stack_set_operation", **which)["StackSetOperation"]
        return found["Status"], found["Status"]

    ends = ("SUCCEEDED", "FAILED", "STOPPED", "STOPPING")
    state = wait(op.clock, op.limit(_LIMIT), look, pending=("RUNNING", "QUEUED"), target=ends, after=10)
    if state != "SUCCEEDED":
        results = op.call("cloudformation", "list_stack_set_operation_results", **which)["Summaries"]
        reasons = "\n".join(
            f"Account ({each['Account']}), Region ({each['Region']}), {each['Status']}: {each.get('StatusReason', '')}"
            for each in results
            if each["Status"] != "SUCCEEDED"
        )
        raise Failure(f"unexpected state '{state}', wanted target 'SUCCEEDED'. last error: {reasons}")
