"""moto's CloudFormation, corrected where a rehearsal would go wrong otherwise.

moto builds resources well, but it skips types that it does not know, leaves half a stack behind when one
fails, and updates only what the changed text names. Here an unknown type fails, failures roll back, and an
update compares what the template resolves to before and after.
"""

import contextlib
import copy
from typing import Any, cast

from moto.cloudformation import parsing
from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import Stack
from moto.cloudformation.parsing import ResourceMap, clean_json
from moto.core.exceptions import ServiceException
from moto.sagemaker.models import FakeEndpoint, FakeEndpointConfig, Model
from moto.stepfunctions.models import StateMachine
from werkzeug.exceptions import HTTPException

from sandbox.aws.cloudformation.permissions import require_resource, unchecked
from sandbox.aws.cloudformation.request import StackError
from sandbox.aws.cloudformation.templates import TemplateError, parse_template

Moto = Any
"""An object of moto's. Its own types hide what is needed here."""

_moto_class_from_type = parsing.resource_class_from_type
_moto_delete_resource = ResourceMap._delete_resource  # pyright: ignore[reportPrivateUsage]  # noqa: SLF001
_moto_create_resources = Stack.create_resources
_moto_update = Stack.update
_moto_delete = Stack.delete
_MOST_PASSES = 10


class _Checked:
    """A resource class of moto's that asks for permission first, and remembers what it was made from."""

    def __init__(self, kind: str, made: Moto) -> None:
        self._kind = kind
        self._class = made

    def __getattr__(self, name: str) -> Moto:
        return getattr(self._class, name)

    def create_from_cloudformation_json(
        self, name: str, given: dict[str, Any], account: str, region: str, **more: Moto
    ) -> Moto:
        properties = copy.deepcopy(given["Properties"])
        require_resource("create", self._kind, name, properties, account, region)
        resource = self._class.create_from_cloudformation_json(name, given, account, region, **more)
        resource.sandbox_properties = properties
        return resource

    def update_from_cloudformation_json(
        self,
        original_resource: Moto,
        new_resource_name: str,
        cloudformation_json: dict[str, Any],
        account_id: str,
        region_name: str,
    ) -> Moto:
        properties = copy.deepcopy(cloudformation_json["Properties"])
        name = _name_of(original_resource)
        require_resource("update", self._kind, name, properties, account_id, region_name)
        if getattr(self._class.update_from_cloudformation_json, "__isabstractmethod__", False):
            original_resource.delete(account_id, region_name)  # moto cannot change this type, so it is made anew
            resource = self._class.create_from_cloudformation_json(
                new_resource_name, cloudformation_json, account_id, region_name
            )
        else:
            resource = self._class.update_from_cloudformation_json(
                original_resource, new_resource_name, cloudformation_json, account_id, region_name
            )
        resource.sandbox_properties = properties
        return resource


def _class_from_type(kind: str) -> Moto:
    made = cast("Moto", _moto_class_from_type(kind))
    if made is None and kind not in parsing.NULL_MODELS:
        raise StackError(f"Template format error: Unrecognized resource types: [{kind}] (to the sandbox)")
    return _Checked(kind, made) if made else None


def _delete_resource(resource_map: Moto, resource: Moto, declared: dict[str, Any]) -> None:
    account, region = resource_map._account_id, resource_map._region_name  # noqa: SLF001
    properties = getattr(resource, "sandbox_properties", {})
    require_resource("delete", declared["Type"], _name_of(resource), properties, account, region)
    _moto_delete_resource(resource_map, resource, declared)


def _name_of(resource: Moto) -> str:
    """The name within a physical id, which for some types is an ARN."""
    physical = str(resource.physical_resource_id)
    if physical.startswith("arn:"):
        return physical.rpartition("/")[2] if "/" in physical.split(":", 5)[5] else physical.rpartition(":")[2]
    return physical


def _update_resources(resource_map: Moto, template: dict[str, Any], parameters: dict[str, Any] | None = None) -> None:
    """Make the resources what the template now resolves to.

    A changed resource can change what others refer to, so this goes on until a pass changes nothing.
    """
    self = resource_map
    declared_before = self._resource_json_map
    self._template = template
    self.input_parameters = parameters if parameters is not None else self.input_parameters
    self.resolved_parameters = {}
    self._resource_json_map = template["Resources"]
    self.load_mapping()
    self.load_parameters()
    self.load_conditions()
    wanted = {name for name, item in template["Resources"].items() if _wanted(self, item)}
    for _ in range(_MOST_PASSES):
        changes = [_bring_up_to_date(self, name) for name in wanted]
        if not any(changes):
            break
    for name in [n for n in declared_before if n not in wanted and n in self._parsed_resources]:
        _delete_resource(self, self._parsed_resources.pop(name), declared_before[name])


def _wanted(resource_map: Moto, declared: dict[str, Any]) -> bool:
    condition = declared.get("Condition")
    return not condition or bool(resource_map.lazy_condition_map[condition])


def _bring_up_to_date(resource_map: Moto, name: str) -> bool:
    present = resource_map._parsed_resources.get(name)  # noqa: SLF001
    declared = resource_map._resource_json_map[name]  # noqa: SLF001
    if present is None:
        return resource_map[name] is not None
    now = clean_json(copy.deepcopy(declared.get("Properties", {})), resource_map)
    if now == getattr(present, "sandbox_properties", now):
        return False
    changed = parsing.parse_and_update_resource(
        name,
        copy.deepcopy(declared),
        resource_map,
        account_id=resource_map._account_id,  # noqa: SLF001
        region_name=resource_map._region_name,  # noqa: SLF001
    )
    resource_map._parsed_resources[name] = changed or present  # noqa: SLF001
    return True


def _create_resources(stack: Moto) -> None:
    try:
        _moto_create_resources(stack)
    except Exception as error:  # noqa: BLE001 - whatever moto raises is the reason of the failure
        _fail(stack, "ROLLBACK_COMPLETE", error)
        with contextlib.suppress(Exception):
            stack.resource_map.delete()
        _empty(stack)


def _delete(stack: Moto) -> None:
    _moto_delete(stack)
    _empty(stack)


def _resources(stack: Moto) -> list[Moto]:
    return [resource for resource in stack.resource_map.values() if resource is not None]


def _empty(stack: Moto) -> None:
    """Forget the template's resources: moto would build them anew whenever somebody reads the outputs."""
    stack.resource_map._resource_json_map = {}  # noqa: SLF001
    stack.output_map._output_json_map = {}  # noqa: SLF001
    stack.output_map._parsed_outputs = {}  # noqa: SLF001


def _update(
    stack: Moto, template: str, role_arn: str | None = None, parameters: Moto = None, tags: Moto = None
) -> None:
    before = (stack.template, stack.template_dict, dict(stack.resource_map.input_parameters))
    try:
        _moto_update(stack, template, role_arn, parameters, tags)
    except Exception as error:  # noqa: BLE001 - as above
        stack.template, stack.template_dict, old = before
        # AWS deletes what was replaced only after an update has succeeded, so its way back needs no permissions.
        with contextlib.suppress(Exception), unchecked():
            stack.resource_map.update(stack.template_dict, old)
        _fail(stack, "UPDATE_ROLLBACK_COMPLETE", error)


def _fail(stack: Moto, status: str, error: Exception) -> None:
    stack.status = status
    stack.stack_status_reason = reason_of(error)
    failed = "CREATE_FAILED" if status == "ROLLBACK_COMPLETE" else "UPDATE_FAILED"
    for event in (failed, status):
        stack._add_stack_event(event, resource_status_reason=stack.stack_status_reason)  # noqa: SLF001


def reason_of(error: Exception) -> str:
    """What an error says, without moto's wrapping."""
    if isinstance(error, ServiceException):
        return error.message
    if isinstance(error, HTTPException):
        return str(getattr(error, "message", None) or error.description)
    return str(error) if isinstance(error, StackError) else f"{type(error).__name__}: {error}"


def _parse(template: str) -> dict[str, Any]:
    try:
        return parse_template(template)
    except TemplateError as error:
        raise ValidationError(message=str(error)) from error


def _instance_type_is_known(_config: object, instance_type: str) -> None:
    """Any ML type will do: moto lists those of some years ago."""
    if not instance_type.startswith("ml."):
        raise StackError(f"Value '{instance_type}' at 'instanceType' is not an ML instance type")


def _install() -> None:
    patched = cast("Any", parsing)
    patched.resource_class_from_type = _class_from_type
    for target, name, replacement in (
        (ResourceMap, "_delete_resource", _delete_resource),
        (ResourceMap, "update", _update_resources),
        (Stack, "create_resources", _create_resources),
        (Stack, "update", _update),
        (Stack, "delete", _delete),
        # moto lists resources that a condition leaves out too, without a name.
        (Stack, "stack_resources", property(_resources)),
        (Stack, "parse_template", staticmethod(_parse)),
        (FakeEndpointConfig, "validate_instance_type", _instance_type_is_known),
        # moto ignores the names that a template gives to these.
        (Model, "cloudformation_name_type", staticmethod(lambda: "ModelName")),
        (FakeEndpointConfig, "cloudformation_name_type", staticmethod(lambda: "EndpointConfigName")),
        (FakeEndpoint, "cloudformation_name_type", staticmethod(lambda: "EndpointName")),
        (StateMachine, "cloudformation_name_type", staticmethod(lambda: "StateMachineName")),
    ):
        setattr(target, name, replacement)


_install()
