"""Errors that end a call, in the wire format of the service that was called."""

import json
from xml.sax.saxutils import escape

from sandbox.aws.wire import Request, Response


class ApiError(Exception):
    """The call ends here with an AWS error code."""

    def __init__(self, code: str, message: str, status: int = 403) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


def error_response(request: Request, error: ApiError) -> Response:
    """Serialise an error so that the client's own parser of that service understands it."""
    if request.target or request.path.startswith("/_sandbox/"):
        body = json.dumps({"__type": error.code, "message": error.message, "Message": error.message})
        headers = {"Content-Type": "application/x-amz-json-1.1", "x-amzn-ErrorType": error.code}
        return Response(error.status, body.encode(), headers)
    code, message = escape(error.code), escape(error.message)
    inner = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    if request.service != "s3":
        inner = f"<ErrorResponse>{inner}<RequestId>sandbox</RequestId></ErrorResponse>"
    return Response(error.status, inner.encode(), {"Content-Type": "text/xml"})
