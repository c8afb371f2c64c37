"""An account that answers from lists, for the tests of preflights."""

from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any, TypeVar

import pulumi
import pytest
from botocore.exceptions import ClientError

T = TypeVar("T")


def always(answer: T) -> Callable[..., T]:
    """Answer every call alike."""

    def say(*_: object, **__: object) -> T:
        return answer

    return say


def noting(into: list[str], answer: T, *, what: str = "") -> Callable[..., T]:
    """Stand for a method: take a note of the words that it is called with, and answer every call alike."""

    def note(_: object, *words: str) -> T:
        into.append(" ".join([*([what] if what else []), *words]))
        return answer

    return note


def heard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collect what is told to the person who runs a program."""
    lines: list[str] = []

    def inform(text: str, *_: object) -> None:
        lines.append(text)

    def warn(text: str, *_: object) -> None:
        lines.append(f"warning: {text}")

    monkeypatch.setattr(pulumi.log, "info", inform)
    monkeypatch.setattr(pulumi, "warn", warn)
    return lines


class FakeAccount:
    """Stands for `shared.aws.session.Account`.

    Attributes:
        listings: What each listing answers, by operation; a function of the arguments, or the same for all.
        calls: What other operations answer, by name; an exception is raised.
    """

    def __init__(self, identity: str, listings: Mapping[str, Any], calls: Mapping[str, Any]) -> None:
        self.id = identity
        self.caller = f"arn:aws:sts::{identity}:assumed-role/Deployer/preflight"
        self.region = "eu-central-1"
        self.listings = listings
        self.calls = calls

    def pages(self, _service: str, operation: str, _result: str, _region: str = "", **arguments: Any) -> list[Any]:  # noqa: ANN401 - as in Account
        """Answer a listing."""
        found = self.listings.get(operation, [])
        answer: Any = found(arguments) if callable(found) else found
        if isinstance(answer, Exception):
            raise answer
        return list(answer)

    def client(self, _service: str, _region: str = "") -> Any:  # noqa: ANN401 - as in Account
        """Give something that answers like a client."""
        operations = {name: self._call(answer) for name, answer in self.calls.items()}
        missing = dict.fromkeys(
            ("NoSuchEntityException", "ResourceNotFoundException", "NotFoundException"), MissingError
        )
        return SimpleNamespace(exceptions=SimpleNamespace(**missing), **operations)

    @staticmethod
    def _call(answer: Any) -> Callable[..., Any]:  # noqa: ANN401 - any answer
        def call(**arguments: Any) -> Any:  # noqa: ANN401 - any arguments
            found: Any = answer(arguments) if callable(answer) else answer
            if isinstance(found, Exception):
                raise found
            return found

        return call


class MissingError(ClientError):
    """AWS does not know what it was asked for."""

    def __init__(self) -> None:
        super().__init__({"Error": {"Code": "NotFound", "Message": "it is not there"}}, "Describe")


def denied(operation: str) -> ClientError:
    """Give the refusal of an operation for want of a permission."""
    return ClientError({"Error": {"Code": "AccessDeniedException", "Message": "not authorized"}}, operation)
