"""Calls of AWS operations that moto answers, within this process: nothing goes over a network."""

import contextlib
import io
import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, cast

import botocore.session
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape
from werkzeug.test import EnvironBuilder, run_wsgi_app

from sandbox.aws.backend import moto
from sandbox.aws.cloudformation.request import StackError
from sandbox.aws.documents import Json, Value, is_list, is_object

_SERVICES: Final = {
    "aoss": "opensearchserverless",
    "elasticfilesystem": "efs",
    "elasticloadbalancing": "elbv2",
    "geo": "location",
    "ses": "sesv2",
    "sso": "sso-admin",
    "states": "stepfunctions",
}
"""botocore's name of a service where it is not IAM's."""
_REAL = ("exist", "in use", "inuse", "conflict", "duplicate", "limit", "find", "not found", "notfound")
"""What a refusal speaks of that AWS would give as well; any other may be a gap in moto."""
_OWNER: Final = re.compile(r"arn:[^:\s]+:[^:\s]*:[^:\s]*:(\d{12}):")
_session = botocore.session.Session()


class NotEmulatedError(Exception):
    """moto does not have it, or not in the way that it is asked for."""


@lru_cache
def _client(service: str, region: str) -> Any:  # noqa: ANN401 - each service has its own class
    name = _SERVICES.get(service, service)
    if name not in _session.get_available_services():
        raise NotEmulatedError(f"there is no API of {service}")
    config = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})
    client = _session.create_client(
        name, region, config=config, aws_access_key_id="AKIA0000SANDBOX00000", aws_secret_access_key=name
    )
    client.meta.events.register("before-send", cast("Any", _answered))
    return client


_account: list[str] = []


class _Raw(io.BytesIO):
    """A body as botocore reads one."""

    def stream(self, **_: object) -> list[bytes]:
        return [self.getvalue()]


def _answered(request: Any, **_: object) -> AWSResponse:  # noqa: ANN401 - a prepared request, whose types are loose
    body = request.body.read() if hasattr(request.body, "read") else request.body
    signed = {key: value.decode() if isinstance(value, bytes) else value for key, value in request.headers.items()}
    headers = [*signed.items(), ("X-Moto-Account-Id", _account[-1])]
    builder = EnvironBuilder(
        request.url,
        base_url="/".join(request.url.split("/")[:3]),
        method=request.method,
        headers=headers,
        data=body or b"",
    )
    with contextlib.redirect_stdout(io.StringIO()):  # moto tells there which services it lacks
        answer, status, found = run_wsgi_app(cast("Any", moto), builder.get_environ())
    return AWSResponse(request.url, int(status.split()[0]), cast("Any", dict(found)), _Raw(b"".join(answer)))


def service_of(kind: str, prefix: str) -> str:
    """The API of a type: as its name says, such as ApiGatewayV2, or where there is none so called by IAM's prefix."""
    segment = kind.split("::")[1].lower()
    return segment if segment in _session.get_available_services() else prefix


def operation(service: str, region: str, names: Sequence[str]) -> OperationModel | None:
    """The first of these operations that the service has."""
    try:
        model = _client(service, region).meta.service_model
    except NotEmulatedError:
        return None
    return next((model.operation_model(name) for name in names if name in model.operation_names), None)


def renamed(model: OperationModel, properties: Json, noun: str) -> Json:
    """The properties under an operation's own names: a TopicName is a Name where topics are made.

    And a bucket's PolicyDocument is a Policy.
    """
    members = {name.lower() for name in model.input_shape.members} if model.input_shape else set[str]()
    short = {name: name.removeprefix(noun).removesuffix("Document") for name in properties}
    return {
        name if name.lower() in members or short[name].lower() not in members else short[name]: value
        for name, value in properties.items()
    }


def without_place(model: OperationModel, properties: Json) -> list[str]:
    """The properties that an operation has no place for, whatever the case of its members."""
    shape = model.input_shape
    return [name for name, value in properties.items() if shape is None or not _covers(shape, {name: value})]


def _covers(shape: Shape, value: Value) -> bool:
    if isinstance(shape, StructureShape) and is_object(value):
        members = {name.lower(): member for name, member in shape.members.items()}
        return all(key.lower() in members and _covers(members[key.lower()], item) for key, item in value.items())
    if isinstance(shape, MapShape) and is_object(value):
        return all(_covers(shape.value, item) for item in value.values())
    if isinstance(shape, ListShape) and is_list(value):
        return all(_covers(shape.member, item) for item in value)
    return shape.type_name not in ("structure", "blob")


def call(account: str, region: str, service: str, model: OperationModel, given: Mapping[str, Value]) -> Json:
    """Make a call with those of the given values that the operation has a member for.

    Raises:
        StackError: moto refuses it as AWS would.
        NotEmulatedError: moto lacks it, or cannot make sense of it.
    """
    client = _client(service, region)
    method = next(method for method, name in client.meta.method_to_api_mapping.items() if name == model.name)
    shape = model.input_shape
    parameters = cast("Json", _shaped(shape, {**given, "AccountId": account}) if shape else {})
    _account.append(account)
    try:
        return getattr(client, method)(**parameters)
    except ClientError as error:
        code, message = (str(error.response.get("Error", {}).get(key, "")) for key in ("Code", "Message"))
        refused = any(word in f"{code} {message}".lower() for word in _REAL)
        if about_others(message, account):
            raise NotEmulatedError(f"{model.name}: {message}") from error
        if refused and "implement" not in message and code and not code.isdigit() and not message.startswith("<"):
            raise StackError(f"{message} (Service: {service}; Error Code: {code})") from error
        raise NotEmulatedError(f"{model.name}: {message}") from error
    except Exception as error:  # a gap in moto shows itself in any way
        raise NotEmulatedError(f"{model.name}: {error}") from error
    finally:
        _account.pop()


def about_others(message: str, account: str) -> bool:
    """Whether a refusal speaks of what is another account's, as a layer, a key or an image may be.

    moto looks for such things in the account that asks, so it cannot know.
    """
    return bool(set(_OWNER.findall(message)) - {account})


def put_tags(
    account: str, region: str, service: str, model: OperationModel, known: Mapping[str, Value], arn: str
) -> None:
    """Put tags on a resource, or take them off, by an operation that does nothing else.

    Args:
        account: Whose it is.
        region: Where it is.
        service: Of the operation.
        model: The operation.
        known: The resource's properties, its physical ID as `Resources`, and its tags as `Tags`.
        arn: The resource's.

    Raises:
        NotEmulatedError: moto lacks it, or it takes something else as well.
    """
    tags, physical = known["Tags"], cast("list[Value]", known["Resources"])[0]
    told = [{**each, "TagKey": each["Key"], "TagValue": each["Value"]} for each in cast("list[Json]", tags)]
    given: Json = {**known, "Tagging": {"TagSet": told}}
    shape = model.input_shape
    for name in shape.members if shape else ():
        if name.lower() == "tagkeys":
            given[name] = [each["TagKey"] for each in told]
        elif name.lower().startswith("tags") or name.lower() == "taglist":
            given[name] = told
        elif name.lower().endswith("arn") or name in ("Resource", "resource", "ResourceId"):
            given[name] = arn
        elif shape and name in shape.required_members and lookup(given, name) is None:
            given[name] = physical
    call(account, region, service, model, given)


def lookup(given: Mapping[str, Value], name: str) -> Value:
    """What is given under a name in any case, or within something that is given; `Names` may be one `Name`."""
    wanted = name.lower()
    for key, value in given.items():
        if key.lower() == wanted:
            return value
    for key, value in given.items():
        if f"{key.lower()}s" == wanted:
            return [value]
    nested = (lookup(value, name) for value in given.values() if is_object(value))
    return next((value for value in nested if value is not None), None)


def _shaped(shape: Shape, value: Value) -> Value:
    """The value in the form of an operation's member."""
    if isinstance(shape, MapShape) and is_list(value):  # tags are a list here and a map there
        value = {item["Key"]: item["Value"] for item in value}
    elif isinstance(shape, ListShape) and is_object(value):
        value = [{"Key": key, "Value": item} for key, item in value.items()]
    if isinstance(shape, StructureShape) and is_object(value):
        found = ((name, member, lookup(value, name)) for name, member in shape.members.items())
        return {name: _shaped(member, item) for name, member, item in found if item is not None}
    if isinstance(shape, MapShape) and is_object(value):
        return {key: _shaped(shape.value, item) for key, item in value.items()}
    if isinstance(shape, ListShape) and is_list(value):
        return [_shaped(shape.member, item) for item in value]
    if shape.type_name == "string":
        return json.dumps(value) if is_object(value) or is_list(value) else str(value)
    return value
