"""The service's wire: reads a call, runs its operation, writes the answer."""

import json
from datetime import datetime
from functools import cached_property
from importlib import import_module
from typing import Any, cast

import botocore.session
from botocore import model, xform_name

from sandbox.aws.documents import Json, Value
from sandbox.aws.iam.callers import Caller
from sandbox.aws.servicecatalog.access_levels import authorize_operation
from sandbox.aws.servicecatalog.call import Call, CatalogBackend, Handler, operations
from sandbox.aws.servicecatalog.errors import NotImplementedException, ServiceCatalogError, ValidationException, invalid
from sandbox.aws.servicecatalog.validation import validate
from sandbox.aws.wire import Request, Response, json_response

_ITSELF = ("ConstraintDetail", "ProvisioningArtifactDetail", "ProductViewSummary", "ServiceActionSummary")
"""Members that hold a part of what is kept as one object."""


def shaped(shape: model.Shape | None, value: Value) -> Value:
    """Pick what the shape names out of dicts and objects; members without a value are left out.

    A member such as PortfolioId is the key of that name in a dict and the attribute `portfolio_id` of an
    object. A dict may stand for a list of Key and Value, as tags do.
    """
    if isinstance(shape, model.StructureShape):
        members = ((name, member, _pick(value, name)) for name, member in shape.members.items())
        return {name: shaped(member, found) for name, member, found in members if found is not None}
    if isinstance(shape, model.ListShape):
        tags = cast("dict[str, str]", value) if isinstance(value, dict) else {}
        items = [{"Key": key, "Value": text} for key, text in tags.items()] or list(cast("list[Value]", value))
        return [shaped(shape.member, item) for item in items]
    if isinstance(shape, model.MapShape):
        return {key: shaped(shape.value, item) for key, item in value.items()}
    if isinstance(value, datetime):
        return round(value.timestamp(), 3)
    return value


def _pick(value: Value, name: str) -> Value:
    if isinstance(value, dict):
        return cast("dict[str, Any]", value).get(name)
    return value if name in _ITSELF else getattr(value, xform_name(name), None)


TARGET = "AWS242ServiceCatalogService."
_MOST_ANSWERED = 1000
"""Requests whose idempotency tokens are remembered; AWS forgets them in time, too."""

_NOUNS = (
    "artifacts, constraints, launch_paths, plans, portfolios, principals, products, "
    "provisioned_products, provisioning, service_actions, shares, tag_options"
)
for _noun in _NOUNS.split(", "):
    import_module(f"sandbox.aws.servicecatalog.{_noun}")  # each registers its operations


class ServiceCatalog:
    """All accounts' and regions' Service Catalog."""

    def __init__(self, backend: CatalogBackend) -> None:
        self.backend = backend

    @cached_property
    def _model(self) -> model.ServiceModel:
        return botocore.session.Session().get_service_model("servicecatalog")

    def respond(self, request: Request, caller: Caller) -> Response:
        """Answer one call in the JSON 1.1 protocol."""
        try:
            answer = self._run(request.target.removeprefix(TARGET), request.body, caller)
        except ServiceCatalogError as error:
            said = {"__type": error.code, "Message": str(error)}
            return json_response(said, 400, **{"x-amzn-ErrorType": error.code})
        return json_response(answer)

    def _run(self, name: str, body: bytes, caller: Caller) -> Json:
        try:
            operation = self._model.operation_model(name)
        except model.OperationNotFoundError:
            raise ValidationException(f"Unknown operation: {name}") from None
        handler = operations.get(xform_name(name))
        if handler is None:
            raise NotImplementedException(f"The sandbox does not emulate servicecatalog:{name}.")
        try:
            request = cast("Json", json.loads(body or b"{}"))
        except (ValueError, RecursionError):
            raise ValidationException("The request body is not JSON") from None
        validate(operation.input_shape, request)
        call, request = Call(self.backend, caller), {key: value for key, value in request.items() if value is not None}
        authorize_operation(call, name, request)
        return self._once(call, operation, handler, request)

    def _once(self, call: Call, operation: model.OperationModel, handler: Handler, request: Json) -> Json:
        """Run the handler, unless the request's idempotency token has been answered before (API Reference,
        "If multiple requests differ only by the idempotency token, the same response is returned").
        """  # noqa: D205 - a quotation
        members = operation.input_shape.members if operation.input_shape else {}
        token_name = next((name for name, member in members.items() if "idempotencyToken" in member.metadata), "")
        key = (call.account, call.region, operation.name, str(request.get(token_name)))
        asked, answer = self.backend.answered.get(key, (request, None))
        if answer and operation.name == "TerminateProvisionedProduct":
            # API:TerminateProvisionedProduct: "This token is only valid during the termination process".
            record = call.state.records.get(answer["RecordDetail"]["RecordId"])
            asked, answer = (
                (request, None) if record is None or record.status in ("SUCCEEDED", "FAILED") else (asked, answer)
            )
        if asked != request:
            raise invalid(f"Idempotency token {key[-1]} was used for another request")
        if answer is None:
            answer = cast("Json", shaped(operation.output_shape, handler(call, request)) or {})
            if token_name in request:
                self.backend.answered[key] = (request, answer)
                if len(self.backend.answered) > _MOST_ANSWERED:
                    del self.backend.answered[next(iter(self.backend.answered))]
        return answer
