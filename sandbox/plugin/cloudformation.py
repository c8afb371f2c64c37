"""CloudFormation: Stack."""

import json
import uuid
from collections.abc import Collection, Iterator

from .failure import AWSError, Failure, Gone, doing, tolerating
from .properties import as_map, same_json, same_set
from .schema import REGION, TAGS, Operation, Resource, computed, one_of, optional, settled
from .waits import passing, retry, wait
from .wire import State

_LIMIT = 30 * 60
_ROLE_PROPAGATION = 120
_FIRST_LOOK = 10
"""Seconds before the first look at a stack that was told to change."""
_WORKS = ("CREATE", "DELETE", "ROLLBACK", "UPDATE", "UPDATE_ROLLBACK")
_MOVING = [f"{work}{phase}_IN_PROGRESS" for work in _WORKS for phase in ("", "_COMPLETE_CLEANUP")]
_ENDS = [f"{work}_{end}" for work in _WORKS for end in ("COMPLETE", "FAILED")]


class Stack(Resource, of="cloudformation"):
    """A stack. Its id is its ARN."""

    properties = {
        "name": settled(replaces=True),
        "templateBody": settled(same=same_json),
        "templateUrl": optional(),
        "parameters": settled(kind=dict),
        "capabilities": optional(kind=list, same=same_set),
        "disableRollback": optional(kind=bool, replaces=True),
        "iamRoleArn": optional(),
        "notificationArns": optional(kind=list, same=same_set),
        "onFailure": optional(replaces=True, check=one_of("DO_NOTHING", "ROLLBACK", "DELETE")),
        "timeoutInMinutes": optional(kind=int, replaces=True),
        **TAGS,
        **REGION,
        "outputs": computed(),
    }
    autonamed = ("name", 255)

    def problems(self, inputs: State) -> Iterator[str]:
        if "onFailure" in inputs and "disableRollback" in inputs:
            yield '"on_failure": conflicts with disable_rollback'

    def foresee(self, op: Operation) -> Collection[str]:
        return ("outputs",) if op.changed - {"tags", "tagsAll"} else ()

    def create(self, op: Operation) -> None:
        name, token = op.new["name"], str(uuid.uuid4())
        with doing(f"creating CloudFormation Stack ({name})"):
            answer = self._send(op, "create_stack", StackName=name, ClientRequestToken=token)
        op.id = answer["StackId"]
        with doing(f"waiting for CloudFormation Stack ({op.id}) create"):
            self._settle(op, "CREATE_COMPLETE", token)

    def read(self, op: Operation) -> State:
        with doing(f"reading CloudFormation Stack ({op.id})"):
            stack = _describe(op)
            if stack is None:
                raise Gone("couldn't find resource")
            template = op.call("cloudformation", "get_template", StackName=op.id, TemplateStage="Original")
        body = template["TemplateBody"]
        if not isinstance(body, str):  # botocore takes a JSON template apart
            body = json.dumps(body)
        stored: State = op.new.get("parameters") or {}
        remote = {part["ParameterKey"]: part["ParameterValue"] for part in stack.get("Parameters", [])}
        written = op.new.get("templateBody")
        return {
            "name": stack["StackName"],
            "templateBody": written if written and same_json(written, body) else body,
            "parameters": {key: remote[key] for key in stored if key in remote},
            "capabilities": stack.get("Capabilities") or op.new.get("capabilities"),
            "notificationArns": stack.get("NotificationARNs") or op.new.get("notificationArns"),
            "disableRollback": stack.get("DisableRollback", False),
            "iamRoleArn": stack.get("RoleARN", ""),
            "timeoutInMinutes": stack.get("TimeoutInMinutes"),
            "outputs": {part["OutputKey"]: part["OutputValue"] for part in stack.get("Outputs", [])},
            "tagsAll": as_map(stack.get("Tags", [])),
        }

    def update(self, op: Operation) -> None:
        token = str(uuid.uuid4())
        with doing(f"updating CloudFormation Stack ({op.id})"):
            try:
                self._send(op, "update_stack", StackName=op.id, ClientRequestToken=token)
            except AWSError as error:
                if "No updates are to be performed" in error.message:
                    return
                raise
        with doing(f"waiting for CloudFormation Stack ({op.id}) update"):
            self._settle(op, ("UPDATE_COMPLETE", "CREATE_COMPLETE"), token)

    def delete(self, op: Operation) -> None:
        token = str(uuid.uuid4())
        with doing(f"deleting CloudFormation Stack ({op.id})"), tolerating("ValidationError"):
            op.call("cloudformation", "delete_stack", StackName=op.id, ClientRequestToken=token)
        with doing(f"waiting for CloudFormation Stack ({op.id}) delete"):
            self._settle(op, "DELETE_COMPLETE", token)

    def _send(self, op: Operation, method: str, **parameters: str) -> State:
        whole: State = {"Parameters": op.new.get("parameters") or {}, "Tags": op.new["tagsAll"]}
        role = {"RoleARN": op.new["iamRoleArn"]} if op.new.get("iamRoleArn") else {}
        wished = op.arguments("cloudformation", method, **whole, **role, **parameters)
        if "TemplateURL" in wished:
            wished.pop("TemplateBody", None)
        return retry(
            op.clock,
            _ROLE_PROPAGATION,
            lambda: op.call("cloudformation", method, **wished),
            on=passing("ValidationError", saying="is invalid or cannot be assumed"),
        )

    def _settle(self, op: Operation, good: str | Collection[str], token: str) -> None:
        def look() -> tuple[str, str]:
            stack = _describe(op)
            state = stack["StackStatus"] if stack else "DELETE_COMPLETE"
            return state, state

        end = wait(op.clock, op.limit(_LIMIT), look, pending=_MOVING, target=_ENDS, after=_FIRST_LOOK)
        if end not in ([good] if isinstance(good, str) else good):
            raise Failure(f"stack status ({end}): {_reasons(op, token)}")


def _describe(op: Operation) -> State | None:
    try:
        stack = op.call("cloudformation", "describe_stacks", StackName=op.id)["Stacks"][0]
    except AWSError as error:
        if error.code == "ValidationError" and "does not exist" in error.message:
            return None
        raise
    return None if stack["StackStatus"] == "DELETE_COMPLETE" else stack


def _reasons(op: Operation, token: str) -> str:
    """Why resources of the stack failed; without request tokens in the events, why any ever did."""
    events = op.call("cloudformation", "describe_stack_events", StackName=op.id)["StackEvents"]
    return "\n".join(
        event["ResourceStatusReason"]
        for event in reversed(events)
        if event["ResourceStatus"].endswith("FAILED")
        and event.get("ResourceStatusReason")
        and event.get("ClientRequestToken", token) == token
    )
