"""HTTP as the sandbox sees it: one request, one response, and what SigV4 says about the request."""

import json
import re
from dataclasses import dataclass, field
from functools import cached_property
from io import BytesIO
from typing import Any, cast
from urllib.parse import parse_qs

_CREDENTIAL = re.compile(r"Credential=([^/,\s]{1,256})/\d{8}/([^/,\s]+)/([^/,\s]+)/aws4_request")
_LARGEST_BODY = 256 * 1024 * 1024

Environ = dict[str, Any]


class TooLarge(Exception):  # noqa: N818 - named after the HTTP status
    """A body above the limit."""


@dataclass
class Response:
    """What goes back to the client."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict[str, str])


class Request:
    """One HTTP request whose body has been read."""

    def __init__(self, environ: Environ) -> None:
        self.environ = environ
        self.method = cast("str", environ["REQUEST_METHOD"])
        self.path = cast("str", environ.get("PATH_INFO", "/"))
        self.target = cast("str", environ.get("HTTP_X_AMZ_TARGET", ""))
        self.body = self._read_body()
        found = _CREDENTIAL.search(self.authorization)
        self.access_key, self.region, self.service = found.groups() if found else ("", "us-east-1", "")

    def _read_body(self) -> bytes:
        """Read all of it: a slow client must not hold the lock, and a kept connection needs a clean end."""
        stream = self.environ["wsgi.input"]
        if not self.environ.get("wsgi.input_terminated"):
            try:
                length = max(int(self.environ.get("CONTENT_LENGTH") or 0), 0)
            except ValueError:
                length = 0
            if length > _LARGEST_BODY:
                raise TooLarge
            body = stream.read(length)
        else:
            body = stream.read(_LARGEST_BODY + 1)
            if len(body) > _LARGEST_BODY:
                raise TooLarge
            self.environ["CONTENT_LENGTH"] = str(len(body))
        self.environ["wsgi.input"] = BytesIO(body)
        return body

    @cached_property
    def authorization(self) -> str:
        """The Authorization header, or what a presigned URL has in its place."""
        header = cast("str", self.environ.get("HTTP_AUTHORIZATION", ""))
        signed = self.query.get("X-Amz-Credential")
        return f"Credential={signed[0]}" if signed and not header else header

    @cached_property
    def query(self) -> dict[str, list[str]]:
        return parse_qs(cast("str", self.environ.get("QUERY_STRING", "")), keep_blank_values=True)

    @cached_property
    def form(self) -> dict[str, str]:
        """Parameters of a query-protocol call (IAM, STS, CloudFormation, SNS)."""
        if not self.environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded"):
            return {key: values[0] for key, values in self.query.items()}
        return {key: values[0] for key, values in parse_qs(self.body.decode(errors="replace")).items()}

    @cached_property
    def json(self) -> dict[str, Any]:
        """Parameters of a JSON-protocol call; empty when the body is not a JSON object."""
        try:
            parsed = json.loads(self.body or b"{}")
        except ValueError:
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
