"""The service's wire: reads a call, runs its operation, writes the answer."""

import importlib
import json
from datetime import datetime
from functools import cached_property
from typing import cast

import botocore.session
from botocore.model import OperationModel, OperationNotFoundError, ServiceModel, StructureShape

from sandbox.callers import Caller
from sandbox.servicecatalog.call import Call, Handler, World, operations
from sandbox.servicecatalog.errors import (
    InvalidParametersException,
    NotEmulatedError,
    ServiceCatalogError,
    ValidationException,
)
from sandbox.servicecatalog.model import Json
from sandbox.servicecatalog.validation import validate
from sandbox.wire import Request, Response

TARGET = "AWS242ServiceCatalogService."

_NOUNS = (
    "portfolios",
    "products",
    "artifacts",
    "associations",
    "principals",
    "constraints",
    "shares",
    "organizations_access",
    "launch_paths",
    "product_views",
    "provisioning",
    "provisioned_products",
    "records",
    "tag_options",
)

for _noun in _NOUNS:
    importlib.import_module(f"sandbox.servicecatalog.{_noun}")


class ServiceCatalog:
    """All accounts' and regions' Service Catalog."""

    def __init__(self, world: World) -> None:
        self.world = world

    @cached_property
    def _model(self) -> ServiceModel:
        return botocore.session.Session().get_service_model("servicecatalog")

    def respond(self, request: Request, caller: Caller) -> Response:
        """Answer one call in the JSON 1.1 protocol."""
        try:
            answer = self._run(request, caller)
        except ServiceCatalogError as error:
            return _write(400, {"__type": error.code, "Message": error.message}, {"x-amzn-ErrorType": error.code})
        return _write(200, answer)

    def _run(self, request: Request, caller: Caller) -> Json:
        name = request.target.removeprefix(TARGET)
        try:
            operation = self._model.operation_model(name)
        except OperationNotFoundError:
            raise ValidationException(f"Unknown operation: {name}") from None
        handler = operations.get(name)
        if handler is None:
            raise NotEmulatedError(f"The sandbox does not emulate servicecatalog:{name}.")
        try:
            body = cast("object", json.loads(request.body or b"{}"))
        except ValueError:
            raise ValidationException("The request body is not JSON") from None
        validate(operation.input_shape, body)
        return self._once(Call(self.world, caller), operation, handler, _without_nulls(cast("Json", body)))

    def _once(self, call: Call, operation: OperationModel, handler: Handler, request: Json) -> Json:
        """Run the handler, unless the request's idempotency token has been answered before.

        API Reference: "If multiple requests differ only by the idempotency token, the same response is
        returned for each repeated request" means that one token never acts twice.
        """
        shape = cast("StructureShape | None", operation.input_shape)
        members = shape.members.items() if shape else ()
        token_name = next((name for name, member in members if "idempotencyToken" in member.metadata), None)
        token = request.get(token_name) if token_name else None
        if not token:
            return handler(call, request)
        key = (call.account, call.region, operation.name, str(token))
        if key in self.world.answers:
            asked, answer = self.world.answers[key]
            if asked != request:
                raise InvalidParametersException(f"Idempotency token {token} was used for another request")
            return answer
        answer = handler(call, request)
        self.world.answers[key] = (request, answer)
        return answer


def _without_nulls(request: Json) -> Json:
    return {key: value for key, value in request.items() if value is not None}


def _write(status: int, answer: Json, headers: dict[str, str] | None = None) -> Response:
    body = json.dumps(_clean(answer), default=_timestamp).encode()
    return Response(status, body, {"Content-Type": "application/x-amz-json-1.1", **(headers or {})})


def _clean(value: object) -> object:
    """Leave out members without a value, as AWS does."""
    if isinstance(value, dict):
        found = cast("Json", value)
        return {key: _clean(item) for key, item in found.items() if item is not None}
    if isinstance(value, list):
        return [_clean(item) for item in cast("list[object]", value)]
    return value


def _timestamp(value: object) -> float:
    if isinstance(value, datetime):
        return round(value.timestamp(), 3)
    raise TypeError(f"{value!r} is not a value of the protocol")
