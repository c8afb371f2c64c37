"""An AWS that answers from a script, and operations on it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from botocore.session import Session

from sandbox.plugin import diff
from sandbox.plugin.aws import Connection, Credentials, Endpoints
from sandbox.plugin.configuration import Provider
from sandbox.plugin.failure import AWSError
from sandbox.plugin.properties import Tags
from sandbox.plugin.registry import RESOURCES
from sandbox.plugin.schema import Operation
from sandbox.plugin.waits import Clock
from sandbox.plugin.wire import State, is_list

NOW = datetime(2026, 10, 7, 12, tzinfo=UTC)
NOT_FOUND = AWSError("there is no such thing", code="ResourceNotFoundException")


class Watch(Clock):
    """A clock that only writes down its pauses."""

    def __init__(self) -> None:
        super().__init__("")
        self.pauses: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)


class Script:
    """Answers each method with its answers in turn, the last one for ever."""

    def __init__(self, **answers: Any) -> None:  # noqa: ANN401 - an answer, an error, or a list of them
        self.clock = Watch()
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self._answers: dict[str, list[Any]] = {
            method: given if is_list(given) else [given] for method, given in answers.items()
        }

    def call(self, service: str, region: str, method: str, **parameters: Any) -> Any:  # noqa: ANN401 - see Script
        """Answer a call, as a connection does."""
        del service, region
        self.calls.append((method, parameters))
        left = self._answers[method]
        answer = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def arguments(self, service: str, region: str, method: str, given: State) -> State:
        """The parameters of a call, as a connection knows them."""
        nowhere = Endpoints({service: "http://127.0.0.1:9"})
        connection = Connection(Session(), nowhere, Credentials("key", "secret"), 1, self.clock, print)
        return connection.arguments(service, region, method, given)

    def said(self, method: str) -> Iterator[dict[str, Any]]:
        """The parameters of the calls of a method."""
        return (parameters for name, parameters in self.calls if name == method)

    def operation(self, kind: str, inputs: dict[str, Any], olds: dict[str, Any] | None = None) -> Operation:
        """An operation of a type, with inputs as a check leaves them: an update if there is an old state."""
        connection: Any = self
        provider = Provider("222233334444", "eu-central-1", connection, Tags({}))
        new = diff.planned(RESOURCES[kind], inputs, olds or {}, "eu-central-1")
        found = diff.differences(RESOURCES[kind], olds, new) if olds else []
        changed = frozenset(str(path[0]) for path, _, _ in found)
        return Operation(provider, "eu-central-1", new=new, old=olds or {}, changed=changed, creating=not olds)
