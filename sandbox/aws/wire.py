"""HTTP as the sandbox sees it: one request, one response, and what SigV4 says about the request."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC
from functools import cached_property
from io import BytesIO
from typing import Any, cast
from urllib.parse import parse_qs

from moto.core.parse import QueryParser
from moto.core.serialize import QuerySerializer, XFormedAttributePicker
from moto.core.utils import get_service_model

from sandbox.aws import limits
from sandbox.aws.documents import Json
from sandbox.aws.limits import TooMuchError, require_shallow_json, require_shallow_xml

_CREDENTIAL = re.compile(r"Credential=([^/,\s]{1,256})/\d{8}/([^/,\s]+)/([^/,\s]+)/aws4_request")

Environ = dict[str, Any]


@dataclass
class Response:
    """What goes back to the client."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict[str, str])


def json_response(content: object, status: int = 200, **headers: str) -> Response:
    """An answer in the JSON 1.1 protocol."""
    body = json.dumps(content, default=lambda moment: moment.replace(tzinfo=UTC).timestamp())
    return Response(status, body.encode(), {"Content-Type": "application/x-amz-json-1.1", **headers})


class Request:
    """One HTTP request, whose body is taken in once it is known whom it is for."""

    def __init__(self, environ: Environ) -> None:
        self.environ = environ
        self.method = cast("str", environ["REQUEST_METHOD"])
        self.path = cast("str", environ.get("PATH_INFO", "/"))
        self.target = cast("str", environ.get("HTTP_X_AMZ_TARGET", ""))
        self.body = b""
        found = _CREDENTIAL.search(self.authorization)
        self.access_key, self.region, self.service = found.groups() if found else ("", "us-east-1", "")

    def take_in(self, read: Callable[[Environ, str], bytes]) -> None:
        """Read the body.

        Raises:
            TooMuchError: it is too large, or nested too deeply for what looks into it.
        """
        self.body = read(self.environ, self.service)
        self.environ["CONTENT_LENGTH"] = str(len(self.body))
        self.environ["wsgi.input"] = BytesIO(self.body)
        if self.body and not self._is_file:
            (require_shallow_xml if self.body.lstrip().startswith(b"<") else require_shallow_json)(self.body)

    @property
    def _is_file(self) -> bool:
        """Whether the body is an object of S3, or a part of one, which nobody looks into."""
        known = {name for name in self.query if name != "x-id"} - {"partNumber", "uploadId", "versionId"}
        return self.service == "s3" and self.method == "PUT" and all(name.startswith("X-Amz-") for name in known)

    @cached_property
    def authorization(self) -> str:
        """The Authorization header, or what a presigned URL has in its place."""
        header = cast("str", self.environ.get("HTTP_AUTHORIZATION", ""))
        signed = self.query.get("X-Amz-Credential")
        return f"Credential={signed[0]}" if signed and not header else header

    @cached_property
    def query(self) -> dict[str, list[str]]:
        return _fields(cast("str", self.environ.get("QUERY_STRING", "")), keep_blank_values=True)

    @cached_property
    def form(self) -> dict[str, str]:
        """Parameters of a query-protocol call (IAM, STS, CloudFormation, SNS)."""
        if not self.environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded"):
            return {key: values[0] for key, values in self.query.items()}
        return {key: values[0] for key, values in _fields(self.body.decode(errors="replace")).items()}

    @cached_property
    def json(self) -> dict[str, Any]:
        """Parameters of a JSON-protocol call; empty when the body is not a JSON object."""
        try:
            parsed = json.loads(self.body or b"{}")
        except (ValueError, RecursionError):
            return {}
        return cast("dict[str, Any]", parsed) if isinstance(parsed, dict) else {}

    @property
    def operation(self) -> str:
        """The operation's name, where the protocol has one: from the target header or the Action parameter."""
        return self.target.rpartition(".")[2] or self.form.get("Action", "")

    def act_as(self, account: str, access_key: str) -> None:
        """Tell moto in which account, and by which of its own access keys, the call is made."""
        self.environ["HTTP_X_MOTO_ACCOUNT_ID"] = account
        if self.environ.get("HTTP_AUTHORIZATION"):
            self.environ["HTTP_AUTHORIZATION"] = self.authorization.replace(
                f"Credential={self.access_key}/", f"Credential={access_key}/"
            )


def _fields(text: str, *, keep_blank_values: bool = False) -> dict[str, list[str]]:
    """The fields of a query.

    Raises:
        TooMuchError: there are too many of them, or one's name has too many parts.
    """
    if text.count("&") >= limits.FIELDS:
        raise TooMuchError(f"it has more than {limits.FIELDS} fields")
    found = parse_qs(text, keep_blank_values=keep_blank_values)
    if any(name.count(".") > limits.FIELD_LEVELS for name in found):
        raise TooMuchError(f"the name of a field has more than {limits.FIELD_LEVELS} parts")
    return found


def read_query(request: Request) -> Json:
    """The parameters of a call."""
    operation = get_service_model(request.service).operation_model(request.operation)
    return QueryParser(operation).parse({"values": request.form})  # pyright: ignore[reportArgumentType] - all it reads


def query_response(request: Request, answer: Json) -> Response:
    """An answer; a member such as StackSetId may be the attribute `stack_set_id` of an object."""
    operation = get_service_model(request.service).operation_model(request.operation)
    written = QuerySerializer(operation, value_picker=XFormedAttributePicker()).serialize(answer)
    return Response(written["status_code"], str(written["body"]).encode(), {"Content-Type": "text/xml"})
