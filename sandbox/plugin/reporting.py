"""How a failure reaches the engine."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Literal, NoReturn

import grpc
from google.protobuf import any_pb2
from pulumi.runtime.proto import provider_pb2, status_pb2

from .failure import Failure
from .schema import Operation
from .wire import encode


@contextmanager
def reporting(context: grpc.ServicerContext) -> Generator[None]:
    """Answer a Failure as the error of the call."""
    try:
        yield
    except Failure as error:
        context.abort(grpc.StatusCode.UNKNOWN, str(error))


Severity = Literal["DEBUG", "WARNING"]


def tell(engine: str, severity: Severity, text: str) -> None:
    """Log a line with the engine, which shows warnings always and the rest under `--debug`.

    Only what is rare is told, such as a refused attempt: nothing says whether anybody listens, and each line costs
    a connection. No line has a request's content, so none has a secret.

    Args:
        engine: The engine's address; without one, nobody is told.
        severity: In the engine's words.
        text: The line.
    """
    if not engine:
        return
    from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc  # noqa: PLC0415 - most runs tell nothing

    with grpc.insecure_channel(engine) as channel:
        request = engine_pb2.LogRequest(severity=engine_pb2.LogSeverity.Value(severity), message=text)
        engine_pb2_grpc.EngineStub(channel).Log(request)  # pyright: ignore[reportUnknownMemberType] - typed for aio too


def list_of(error: Failure) -> str:
    """Write an error as the real plug-in's library for lists of errors does."""
    return f"1 error occurred:\n\t* {error}\n\n"


def abort_initialization(context: grpc.ServicerContext, op: Operation, what: str, error: Failure) -> NoReturn:
    """Fail so that the engine keeps the resource, with its error, for the next run to repair."""
    reason = f"{what}: {list_of(error)}"
    message = list_of(Failure(reason))
    detail = any_pb2.Any()
    detail.Pack(provider_pb2.ErrorResourceInitFailed(id=op.id, properties=encode(op.new), reasons=[reason]))
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=message, details=[detail])
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.abort(grpc.StatusCode.UNKNOWN, message)
