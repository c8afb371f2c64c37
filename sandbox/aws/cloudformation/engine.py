"""moto's stacks, with resources that are built by the registry's schemas, and failures that roll back."""

import contextlib
from collections.abc import Iterator
from operator import attrgetter
from typing import Any

from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import CloudFormationBackend, Event, Stack, cloudformation_backends
from moto.cloudformation.responses import CloudFormationResponse, StackResourceDTO
from moto.core.responses import ActionResult, EmptyResult
from moto.sagemaker.models import FakeEndpointConfig
from moto.sns.exceptions import SNSNotFoundError

from sandbox.aws.cloudformation import nested_types
from sandbox.aws.cloudformation.account_values import AccountValues
from sandbox.aws.cloudformation.intrinsics import transforms_of
from sandbox.aws.cloudformation.parameters import ParameterError, parameters_of, text_of
from sandbox.aws.cloudformation.permissions import unchecked
from sandbox.aws.cloudformation.request import StackError, UnresolvedError
from sandbox.aws.cloudformation.stack_resources import StackResources, reason_of, require_unused
from sandbox.aws.cloudformation.templates import TemplateError, parse_template
from sandbox.aws.cloudformation.transforms import require_emulated
from sandbox.aws.documents import Json, is_object, part


class StackOutput:
    """An output, worked out when somebody looks; it serves moto as an export too."""

    def __init__(self, resources: StackResources, key: str, declared: Json, stack_id: str) -> None:
        self._resources, self._declared = resources, declared
        self.key, self.exporting_stack_id = key, stack_id
        self.description = declared.get("Description")
        self.exported = "Export" in declared

    @property
    def name(self) -> str:
        return str(self._resources.scope.value(self._declared["Export"]["Name"]))

    @property
    def value(self) -> str:
        try:
            return text_of(self._resources.scope.value(self._declared["Value"]))
        except UnresolvedError as error:
            raise StackError(
                f"Unresolved resource dependencies [{error.name}] in the Outputs block of the template"
            ) from error


class StackOutputs:
    """What moto's Stack has in place of its own map of outputs."""

    def __init__(self, resources: StackResources, stack_id: str) -> None:
        self._resources, self._stack_id = resources, stack_id

    def values(self) -> list[StackOutput]:
        return list(self._wanted())

    @property
    def exports(self) -> list[StackOutput]:
        return [each for each in self._wanted() if each.exported] if self._resources.entered else []

    def _wanted(self) -> Iterator[StackOutput]:
        scope = self._resources.scope
        for key, declared in part(scope.template, "Outputs").items():
            if is_object(declared) and scope.condition_of(declared):
                yield StackOutput(self._resources, key, declared, self._stack_id)


Moto = Any
"""An object of moto's. Its own types hide what is needed here."""


def _create_resource_map(stack: Stack) -> StackResources:
    try:
        return StackResources(stack)
    except ParameterError as error:
        raise ValidationError(message=str(error)) from error


def _create_output_map(stack: Moto) -> StackOutputs:
    return StackOutputs(stack.resource_map, stack.stack_id)


def _create_resources(stack: Moto) -> None:
    stack.status = "CREATE_IN_PROGRESS"
    try:
        stack.resource_map.create()
        _publish_exports(stack, stack.exports)
    except Exception as error:  # noqa: BLE001 - whatever moto raises is the reason of the failure
        _fail(stack, "ROLLBACK_COMPLETE", error)
        _publish_exports(stack, [])
        with contextlib.suppress(Exception), unchecked():
            stack.resource_map.delete(unbuilt=True)
        stack.resource_map.close()
    else:
        stack.mark_creation_complete()


def _publish_exports(stack: Moto, own: list[Moto]) -> None:
    exports = cloudformation_backends[stack.account_id][stack.region_name].exports
    for name in [name for name, export in exports.items() if export.exporting_stack_id == stack.stack_id]:
        del exports[name]
    for export in own:
        if export.name in exports:
            raise StackError(f"Export with name {export.name} is already exported by another stack. Rename your export")
        exports[export.name] = export


def _delete_stack(backend: Moto, name_or_id: str) -> None:
    """API:DeleteStack: what cannot be deleted is seen in the stack's status, DELETE_FAILED."""
    stack = next((each for each in backend.stacks.values() if name_or_id in (each.stack_id, each.name)), None)
    if stack is None:
        return
    try:
        require_unused(stack, [export.name for export in stack.exports])
        stack.delete()
    except Exception as error:  # noqa: BLE001 - as above
        _fail(stack, "DELETE_FAILED", error)
        return
    _publish_exports(stack, [])
    del backend.stacks[stack.stack_id]
    backend.deleted_stacks[stack.stack_id] = stack


def _answer_delete(response: Moto) -> ActionResult:
    """API:DeleteStack, RetainResources: what stood in the way of a deletion that failed is left behind by the next."""
    name: str = response._get_param("StackName")  # noqa: SLF001
    retained: list[str] = response._get_param("RetainResources") or []  # noqa: SLF001
    backend = response.cloudformation_backend
    stack = next((each for each in backend.stacks.values() if name in (each.stack_id, each.name)), None)
    if retained and stack:
        if stack.status != "DELETE_FAILED":
            raise ValidationError(message=f"Stack {name} is not in DELETE_FAILED: it retains no resources")
        for logical_id in retained:
            stack.resource_map.resources.pop(logical_id, None)
    backend.delete_stack(name)
    return EmptyResult()


def _update(
    stack: Moto, template: str, role_arn: str | None = None, parameters: Moto = None, tags: Moto = None
) -> None:
    before = (stack.template, stack.template_dict, stack.tags, stack.parameters)
    stack._add_stack_event("UPDATE_IN_PROGRESS", resource_status_reason="User Initiated")  # noqa: SLF001
    try:
        stack.template = template
        stack._parse_template()  # noqa: SLF001
        stack.tags = stack.tags if tags is None else tags
        stack.parameters = parameters or stack.parameters
        stack.resource_map.update(stack.template_dict, parameters)
    except Exception as error:  # noqa: BLE001 - as above
        stack.template, stack.template_dict, stack.tags, stack.parameters = before
        _fail(stack, "UPDATE_ROLLBACK_COMPLETE", error)
        return
    _publish_exports(stack, stack.exports)
    stack._add_stack_event("UPDATE_COMPLETE")  # noqa: SLF001
    stack.status, stack.role_arn = "UPDATE_COMPLETE", role_arn


def _shown(stack: Moto) -> list[dict[str, str]]:
    """The parameters as DescribeStacks shows them: the text that was given, and asterisks for NoEcho."""
    rules = parameters_of(stack.template_dict)
    return [
        {"ParameterKey": key, "ParameterValue": "****" if text_of(rules[key].get("NoEcho")) == "true" else value}
        for key, value in stack.resource_map.resolved_parameters.items()
    ]


def _fail(stack: Moto, status: str, error: Exception) -> None:
    stack.status = status
    stack.stack_status_reason = reason_of(error)
    failed = {"ROLLBACK_COMPLETE": "CREATE_FAILED", "UPDATE_ROLLBACK_COMPLETE": "UPDATE_FAILED"}
    for event in dict.fromkeys((failed.get(status, status), status)):
        stack._add_stack_event(event, resource_status_reason=stack.stack_status_reason)  # noqa: SLF001


def _parse(template: str) -> Json:
    try:
        return parse_template(template)
    except TemplateError as error:
        raise ValidationError(message=str(error)) from error


def _instance_type_is_known(_config: object, instance_type: str) -> None:
    """Any ML type will do: moto lists those of some years ago."""
    if not instance_type.startswith("ml."):
        raise StackError(f"Value '{instance_type}' at 'instanceType' is not an ML instance type")


def _validate_template(response: Moto) -> ActionResult:
    """API:ValidateTemplate, which says here also what the sandbox could not build."""
    known = AccountValues(response.current_account, response.region)
    try:
        text = response._get_param("TemplateBody") or known.document(response._get_param("TemplateURL"))  # noqa: SLF001
        template = _parse(text)
        require_emulated(template, response.current_account, response.region, known.included)
    except StackError as error:
        raise ValidationError(message=str(error)) from error
    parameters = [
        {"NoEcho": False, **rules, "ParameterKey": name, "DefaultValue": rules.get("Default")}
        for name, rules in parameters_of(template).items()
    ]
    transforms = [each if isinstance(each, str) else each["Name"] for each in transforms_of(template)]
    return ActionResult(
        {"Description": template.get("Description"), "Parameters": parameters, "DeclaredTransforms": transforms}
    )


_make_change_set, _template = CloudFormationBackend.create_change_set, CloudFormationResponse.get_template


def _create_change_set(backend: CloudFormationBackend, stack_name: str, change_set_type: str, **named: Moto) -> Moto:
    """API:CreateChangeSet, ChangeSetType: by default an update, where moto means to create."""
    there = any(each.name == stack_name and each.status != "REVIEW_IN_PROGRESS" for each in backend.stacks.values())
    kind = "UPDATE" if there else change_set_type
    return _make_change_set(backend, stack_name=stack_name, change_set_type=kind, **named)


def _get_template(response: CloudFormationResponse) -> ActionResult:
    """API:GetTemplate: it says which stages there are."""
    answer: Moto = _template(response)
    answer.result["StagesAvailable"] = ["Original", "Processed"]
    return answer


_send = Event.sendToSns


def _tell_topics(event: Event, account: str, region: str, topics: list[str]) -> None:
    """A topic that is gone hears nothing, and keeps no stack from being deleted."""
    for topic in topics:
        with contextlib.suppress(SNSNotFoundError):
            _send(event, account, region, [topic])


def _install() -> None:
    nested_types.install()
    for target, name, replacement in (
        (Stack, "_create_resource_map", _create_resource_map),
        (Stack, "_create_output_map", _create_output_map),
        (Stack, "create_resources", _create_resources),
        (Stack, "update", _update),
        (Stack, "parameter_list", property(_shown)),
        (CloudFormationBackend, "create_change_set", _create_change_set),
        (CloudFormationBackend, "delete_stack", _delete_stack),
        (Stack, "parse_template", staticmethod(_parse)),
        (CloudFormationResponse, "delete_stack", _answer_delete),
        (CloudFormationResponse, "get_template", _get_template),
        (CloudFormationResponse, "validate_template", _validate_template),
        (StackResourceDTO, "last_updated_timestamp", property(attrgetter("creation_time"))),
        (FakeEndpointConfig, "validate_instance_type", _instance_type_is_known),
        (Event, "sendToSns", _tell_topics),
    ):
        setattr(target, name, replacement)


_install()
