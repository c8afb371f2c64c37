"""Packages are asked for side by side, and a registry that says nothing holds nobody up."""

import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing

import pytest

from hub.inspection.registry.questions import ask
from shared.aws.session import Session
from tests.support.registry import PACKAGES
from tests.support.sandbox.accounts import HUB, RESEARCH
from tests.support.sandbox.process import Sandbox

ASKED = [f"{PACKAGES}/{name}" for name in ("fraud-detector/1", "fraud-detector/2", "text-embedder/1")]


@pytest.fixture
def client_of(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Session]]:
    """Give sessions of an account on the sandbox, or at another address."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", sandbox.url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", HUB)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
    sessions = Session(region="eu-central-1")
    yield lambda _: sessions
    sandbox.post("faults", [])


def test_packages_are_asked_for_side_by_side(sandbox: Sandbox, client_of: Callable[[str], Session]) -> None:
    _ = ask(ASKED, client_of)  # what is made at the first call is made
    sandbox.post("faults", [{"operation": "sagemaker:DescribeModelPackage", "delay": 0.5}])
    begun = time.monotonic()

    answers = ask(ASKED, client_of)

    assert time.monotonic() - begun < 0.5 * len(ASKED)
    assert {"Approved"} == {answer["ModelApprovalStatus"] for answer in answers.values() if isinstance(answer, Mapping)}


def test_a_registry_that_throttles_is_asked_again(sandbox: Sandbox, client_of: Callable[[str], Session]) -> None:
    throttled = {"operation": "sagemaker:*", "calls": [1, 2], "error": "ThrottlingException", "status": 400}
    sandbox.post("faults", [throttled])

    answers = ask(ASKED, client_of)

    assert all(isinstance(answer, Mapping) for answer in answers.values())


def test_a_registry_that_takes_calls_and_never_answers_is_given_up_soon(
    client_of: Callable[[str], Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as deaf:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{deaf.getsockname()[1]}")
        begun = time.monotonic()

        answers = ask(ASKED, client_of)

    assert time.monotonic() - begun < 10
    assert all("does not answer" in str(answer) for answer in answers.values())


def test_one_registry_that_does_not_answer_does_not_silence_another(client_of: Callable[[str], Session]) -> None:
    foreign = f"arn:aws:sagemaker:eu-central-1:{RESEARCH}:model-package/fraud-detector/1"
    released = threading.Event()

    def signing_in(account: str) -> Session:
        if account == RESEARCH:
            released.wait(10)
        return client_of(account)

    answers = ask([foreign, *ASKED], signing_in, first=2)
    released.set()

    assert "it does not answer" == str(answers[foreign])
    assert {"Approved"} == {answer["ModelApprovalStatus"] for answer in answers.values() if isinstance(answer, Mapping)}


def test_a_role_that_cannot_be_assumed_is_the_answer_for_every_package(client_of: Callable[[str], Session]) -> None:
    tried: list[str] = []

    def signing_in(account: str) -> Session:
        tried.append(account)
        return Session(region="eu-central-1", role=f"arn:aws:iam::{RESEARCH}:role/Nobody")

    answers = ask(ASKED, signing_in)

    assert [HUB] == tried
    assert all("AccessDenied" in str(answer) for answer in answers.values())
    assert client_of


def test_a_machine_that_is_slow_to_ask_is_no_registry_that_is_silent(client_of: Callable[[str], Session]) -> None:
    def signing_in_slowly(account: str) -> Session:
        time.sleep(1.9)
        return client_of(account)

    answers = ask(ASKED, signing_in_slowly, first=2)

    assert {"Approved"} == {answer["ModelApprovalStatus"] for answer in answers.values() if isinstance(answer, Mapping)}
