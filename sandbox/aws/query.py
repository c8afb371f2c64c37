"""Calls in the query protocol, read and written as AWS's model of the service says."""

from moto.core.parse import QueryParser
from moto.core.serialize import QuerySerializer, XFormedAttributePicker
from moto.core.utils import get_service_model

from sandbox.aws.documents import Json
from sandbox.aws.wire import Request, Response


def read_query(request: Request) -> Json:
    """The parameters of a call."""
    operation = get_service_model(request.service).operation_model(request.operation)
    return QueryParser(operation).parse({"values": request.form})  # pyright: ignore[reportArgumentType] - all it reads


def query_response(request: Request, answer: Json) -> Response:
    """An answer; a member such as StackSetId may be the attribute `stack_set_id` of an object."""
    operation = get_service_model(request.service).operation_model(request.operation)
    written = QuerySerializer(operation, value_picker=XFormedAttributePicker()).serialize(answer)
    return Response(written["status_code"], str(written["body"]).encode(), {"Content-Type": "text/xml"})
