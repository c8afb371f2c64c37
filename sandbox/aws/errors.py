"""Errors of the front door, in the wire format of the service that was called."""

import json
from xml.sax.saxutils import escape

from sandbox.aws.wire import Request, Response


class Refused(Exception):  # noqa: N818 - it is an answer to the client, not a fault
    """The call ends here with an AWS error code."""

    def __init__(self, code: str, message: str, status: int = 403) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


def refusal(request: Request, refused: Refused) -> Response:
    """Serialise an error so that the client's own parser of that service understands it."""
    if request.target or request.path.startswith("/_sandbox/"):
        body = json.dumps({"__type": refused.code, "message": refused.message, "Message": refused.message})
        headers = {"Content-Type": "application/x-amz-json-1.1", "x-amzn-ErrorType": refused.code}
        return Response(refused.status, body.encode(), headers)
    code, message = escape(refused.code), escape(refused.message)
    inner = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    if request.service != "s3":
        inner = f"<ErrorResponse>{inner}<RequestId>sandbox</RequestId></ErrorResponse>"
    return Response(refused.status, inner.encode(), {"Content-Type": "text/xml"})
