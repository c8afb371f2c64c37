"""Calls AWS: one client per service and region, the real plug-in's retries, its error texts."""

import os
import random
import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError, HTTPClientError
from botocore.exceptions import ConnectionError as BotoConnectionError
from botocore.retries.standard import ThrottledRetryableChecker, TransientRetryableChecker

from .failure import AWSError, Failure
from .properties import fitted
from .waits import Clock
from .wire import State

if TYPE_CHECKING:
    from botocore.client import BaseClient

_codes: Any = getattr(TransientRetryableChecker, "_TRANSIENT_ERROR_CODES")  # noqa: B009 - stubs do not have it
_codes = _codes + getattr(ThrottledRetryableChecker, "_THROTTLED_ERROR_CODES")  # noqa: B009 - nor this
_THROTTLED = frozenset[str](_codes) - {"EC2ThrottledException", "LimitExceededException", "ThrottledException"}
"""botocore's codes, without those that the real plug-in's SDK does not repeat (aws-sdk-go-v2, aws/retry)."""
_BROKEN = frozenset({500, 502, 503, 504})
_REFUSED_ATTEMPTS = 10
"""Nobody listening is not worth all attempts."""
_LONGEST_BACKOFF = 300
"""Seconds."""
_CONFIG = Config(
    retries={"total_max_attempts": 1},  # `Connection.call` repeats: its pauses follow the sandbox's clock
    s3={"addressing_style": "path"},
    max_pool_connections=64,
)


class Credentials(NamedTuple):
    """An access key, or its absence: then the environment decides."""

    access_key: str | None = None
    secret_key: str | None = None
    token: str | None = None


class Endpoints:
    """Where each service listens. There is no default: this plug-in must never reach the real AWS."""

    def __init__(self, configured: Mapping[str, str]) -> None:
        self._configured = configured

    def __getitem__(self, service: str) -> str:
        """The address of a service. Raises Failure if neither provider nor environment names one."""
        name = service.upper().replace("-", "_")
        for address in (
            self._configured.get(service.replace("-", "")),
            os.environ.get(f"AWS_ENDPOINT_URL_{name}"),
            os.environ.get("AWS_ENDPOINT_URL"),
        ):
            if address:
                return address
        raise Failure(
            f"no endpoint for {service}: this is the sandbox's stand-in for the aws plug-in, "
            "it never reaches the real AWS, and AWS_ENDPOINT_URL is not set"
        )


@dataclass
class Connection:
    """Calls AWS with one identity."""

    session: botocore.session.Session
    endpoints: Endpoints
    credentials: Credentials
    attempts: int
    clock: Clock
    explain: Callable[[str], None]
    """Hears of each attempt that is repeated."""
    _clients: "dict[tuple[str, str], BaseClient]" = field(
        init=False, default_factory=dict["tuple[str, str]", "BaseClient"]
    )
    _lock: threading.Lock = field(init=False, default_factory=threading.Lock)

    def assuming(self, credentials: Credentials) -> "Connection":
        """The same connection with another identity."""
        return replace(self, credentials=credentials)

    def has_credentials(self) -> bool:
        """Whether there is any identity to call with. Raises Failure for a profile that does not exist."""
        try:
            return bool(self.credentials.access_key or self.session.get_credentials())
        except BotoCoreError as error:
            raise Failure(str(error)) from error

    def call(self, service: str, region: str, method: str, **parameters: Any) -> dict[str, Any]:  # noqa: ANN401 - each operation has its own shape
        """Call an operation. Raises AWSError with its code once the attempts are used up."""
        client = self._client(service, region)
        operation = client.meta.method_to_api_mapping[method]
        what = f"operation error {client.meta.service_model.service_id}: {operation}, "
        for attempt in range(1, self.attempts + 1):
            try:
                return getattr(client, method)(**parameters)
            except ClientError as error:
                failure = _refusal(what, client, error)
                again = failure.code in _THROTTLED or failure.status in _BROKEN
            except BotoCoreError as error:
                failure = AWSError(
                    f"{what}https response error StatusCode: 0, RequestID: , request send failed, {error}"
                )
                tired = isinstance(error, EndpointConnectionError) and attempt >= _REFUSED_ATTEMPTS
                again = isinstance(error, HTTPClientError | BotoConnectionError) and not tired
            if not again or attempt == self.attempts:
                raise failure
            self.explain(f"attempt {attempt} of {self.attempts} is repeated: {failure}")
            self.clock.sleep(min(_LONGEST_BACKOFF, random.random() * 2**attempt))  # noqa: S311 - spreads clients, no secret
        raise AssertionError("a call has at least one attempt")

    def arguments(self, service: str, region: str, method: str, given: State) -> State:
        """Those of some properties that a call has a parameter for, under botocore's name, and a fresh token."""
        meta = self._client(service, region).meta
        shape = meta.service_model.operation_model(meta.method_to_api_mapping[method]).input_shape
        members = shape.members if shape else {}
        values = {key.lower(): value for key, value in given.items()}
        tokens = {name: str(uuid.uuid4()) for name, member in members.items() if "idempotencyToken" in member.metadata}
        known = ((name, member) for name, member in members.items() if name.lower() in values)
        return tokens | {name: fitted(member, values[name.lower()]) for name, member in known}

    def _client(self, service: str, region: str) -> "BaseClient":
        with self._lock:
            if (service, region) not in self._clients:
                key, secret, token = self.credentials
                self._clients[service, region] = self.session.create_client(
                    service,
                    region_name=region,
                    endpoint_url=self.endpoints[service],
                    aws_access_key_id=key,
                    aws_secret_access_key=secret,
                    aws_session_token=token,
                    config=_CONFIG,
                )
            return self._clients[service, region]


def _refusal(what: str, client: "BaseClient", error: ClientError) -> AWSError:
    answer = error.response
    meta, cause = answer.get("ResponseMetadata", {}), answer.get("Error", {})
    code, message = cause.get("Code", ""), cause.get("Message", "")
    status, request = meta.get("HTTPStatusCode", 0), meta.get("RequestId", "")
    host = f"HostID: {meta.get('HostId', '')}, " if client.meta.service_model.service_name == "s3" else ""
    modelled = any(
        shape.metadata.get("error", {}).get("code", shape.name) == code
        for shape in client.meta.service_model.error_shapes
    )
    text = f"{what}https response error StatusCode: {status}, RequestID: {request}, {host}"
    return AWSError(
        f"{text}{code}: {message}" if modelled else f"{text}api error {code}: {message}",
        code=code,
        message=message,
        status=status,
    )
