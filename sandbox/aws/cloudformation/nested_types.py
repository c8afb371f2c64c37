"""Nested stacks, which are built from a template in S3, and custom resources, whose answers the user gives."""

from typing import Any, Final

from moto.cloudformation.models import Stack, cloudformation_backends

from sandbox.aws.cloudformation import answers
from sandbox.aws.cloudformation.account_values import AccountValues
from sandbox.aws.cloudformation.parameters import text_of
from sandbox.aws.cloudformation.request import StackError
from sandbox.aws.cloudformation.resources import OwnType, StackResource, own_types
from sandbox.aws.cloudformation.stack_resources import require_done
from sandbox.aws.documents import Json, part

_STACK: Final = "AWS::CloudFormation::Stack"


def _create_stack(resource: StackResource) -> Json:
    template, parameters, tags = _asked(resource)
    name = resource.name[:128]
    stack = _backend(resource).create_stack(
        name, template, parameters, notification_arns=resource.properties.get("NotificationARNs") or [], tags=tags
    )
    try:
        return _answer(stack)
    except StackError as error:
        _backend(resource).delete_stack(stack.stack_id)
        raise StackError(f"Embedded stack {stack.stack_id} was not successfully created: {error}") from error


def _update_stack(resource: StackResource) -> Json:
    template, parameters, tags = _asked(resource)
    given = [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()]
    stack = _backend(resource).update_stack(resource.physical_resource_id, template, None, given, tags)
    try:
        return _answer(stack)
    except StackError as error:
        raise StackError(f"Embedded stack {stack.stack_id} was not successfully updated: {error}") from error


def _delete_stack(resource: StackResource) -> None:
    if stack := _backend(resource).stacks.get(resource.physical_resource_id):
        _backend(resource).delete_stack(stack.stack_id)
        require_done(stack)


def _asked(resource: StackResource) -> tuple[str, dict[str, str], dict[str, str]]:
    place, given = resource.place, resource.properties
    template = AccountValues(place.account, place.region).document(given["TemplateURL"])
    parameters = {key: text_of(value) for key, value in part(given, "Parameters").items()}
    return template, parameters, {**resource.tags, **{tag["Key"]: tag["Value"] for tag in given.get("Tags") or ()}}


def _backend(resource: StackResource) -> Any:  # noqa: ANN401 - moto's, whose types hide what is needed here
    return cloudformation_backends[resource.place.account][resource.place.region]


def _answer(stack: Stack) -> Json:
    require_done(stack)
    outputs = {f"Outputs.{each['OutputKey']}": each["OutputValue"] for each in stack.outputs or ()}
    return {"Ref": stack.stack_id, "StackId": stack.stack_id, **outputs}


def _respond(resource: StackResource) -> Json:
    said = answers.given.of_resource(resource.schema.type, resource.place.logical_id)
    answer = said or answers.CustomResourceAnswer()  # without one it was refused before anything was built
    return {**answer.Data, "Ref": answer.PhysicalResourceId or resource.name}


def _forget(_: StackResource) -> None:
    """Nobody is there to be told."""


def install() -> None:
    """Let stacks have both."""
    own_types[_STACK] = OwnType(_create_stack, _update_stack, _delete_stack)
    own_types[answers.CUSTOM] = OwnType(_respond, _respond, _forget)
