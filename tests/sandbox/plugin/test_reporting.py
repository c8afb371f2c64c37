"""What the plug-in tells the engine beside its answers."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.request import Request, urlopen

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

from sandbox.plugin.configuration import sign_in
from sandbox.plugin.reporting import tell
from sandbox.plugin.servicer import Plugin
from sandbox.plugin.waits import Clock

HUB = {"region": "eu-central-1", "accessKey": "222233334444", "secretKey": "not to be told"}


class Engine(engine_pb2_grpc.EngineServicer):
    """An engine that only listens."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []

    def Log(self, request: engine_pb2.LogRequest, context: grpc.ServicerContext) -> empty_pb2.Empty:  # noqa: N802 - gRPC's own name
        del context
        self.heard.append((engine_pb2.LogSeverity.Name(request.severity), request.message))
        return empty_pb2.Empty()


@pytest.fixture
def engine() -> Iterator[tuple[str, Engine]]:
    """Where an engine listens, and what it hears."""
    listener: Any = Engine()
    server = grpc.server(ThreadPoolExecutor(1))
    engine_pb2_grpc.add_EngineServicer_to_server(listener, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield f"127.0.0.1:{port}", listener
    server.stop(None)


@pytest.fixture
def throttled(sandbox_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A sandbox that refuses the first two questions for the caller."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", sandbox_url)
    faults = [{"operation": "sts:GetCallerIdentity", "calls": [1, 2], "error": "Throttling"}]
    put(sandbox_url, faults)
    yield
    put(sandbox_url, [])


@pytest.mark.usefixtures("throttled")
def test_every_attempt_that_is_repeated_is_explained_to_whoever_debugs(
    engine: tuple[str, Engine], sandbox_url: str
) -> None:
    address, listener = engine
    plugin = Plugin(Clock(sandbox_url), engine=address)

    sign_in(HUB, Clock(sandbox_url), plugin._explain)  # pyright: ignore[reportPrivateUsage] - what Configure hands on

    assert ["DEBUG", "DEBUG"] == [severity for severity, _ in listener.heard]
    assert "attempt 1 of 25 is repeated: operation error STS: GetCallerIdentity" in listener.heard[0][1]
    assert "Throttling: injected by the sandbox" in listener.heard[1][1]
    assert "not to be told" not in str(listener.heard)


def test_a_warning_is_one_to_the_engine_too(engine: tuple[str, Engine]) -> None:
    address, listener = engine

    tell(address, "WARNING", "AWS account ID not found for provider")

    assert [("WARNING", "AWS account ID not found for provider")] == listener.heard


def put(url: str, faults: list[dict[str, Any]]) -> None:
    """Put faults in force."""
    urlopen(Request(f"{url}/_sandbox/faults", data=json.dumps(faults).encode()), timeout=10).close()  # noqa: S310 - http
