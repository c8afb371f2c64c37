"""The policy pack as a process, spoken to over its own protocol, as the engine does."""

import subprocess
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any

import grpc
from google.protobuf import struct_pb2
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import analyzer_pb2 as proto
from pulumi.runtime.proto.analyzer_pb2_grpc import AnalyzerStub

from tests.support.paths import ROOT

Properties = Mapping[str, Any]


class Pack:
    """A running pack."""

    def __init__(self, analyzer: Any) -> None:  # noqa: ANN401 - the stub has no types
        self._analyzer = analyzer

    def info(self) -> Any:  # noqa: ANN401 - a message
        """Ask what the pack is, and which policies it has."""
        return self._analyzer.GetAnalyzerInfo(Empty())

    def configure(self, **settings: Mapping[str, Any]) -> None:
        """Configure policies by name; underscores stand for hyphens."""
        known = {policy.name: policy.enforcementLevel for policy in self.info().policies}
        config = {
            name: proto.PolicyConfig(
                enforcementLevel=known[name],
                properties=_struct(settings.get(name.replace("-", "_"), {})),
            )
            for name in known
        }
        self._analyzer.Configure(proto.ConfigureAnalyzerRequest(policyConfig=config))

    def judge(self, kind: str, properties: Properties, *, project: str = "model-catalog-spoke") -> dict[str, str]:
        """Ask about one resource, and give what is wrong by policy."""
        request = proto.AnalyzeRequest(
            type=kind,
            properties=_struct(properties),
            urn=f"urn:pulumi:stack::{project}::{kind}::it",
            name="it",
            options=proto.AnalyzerResourceOptions(),
        )
        return _by_policy(self._analyzer.Analyze(request))

    def judge_stack(self, *resources: tuple[str, Properties]) -> dict[str, str]:
        """Ask about a whole stack, and give what is wrong by policy."""
        listed = [
            proto.AnalyzerResource(
                type=kind,
                properties=_struct(properties),
                urn=f"urn:pulumi:stack::model-catalog-hub::{kind}::it-{index}",
                name=f"it-{index}",
                options=proto.AnalyzerResourceOptions(),
            )
            for index, (kind, properties) in enumerate(resources)
        ]
        return _by_policy(self._analyzer.AnalyzeStack(proto.AnalyzeStackRequest(resources=listed)))


@contextmanager
def running() -> Generator[Pack]:
    """Start the pack as the engine's host does, from the pack's own folder, and stop it in the end."""
    process = subprocess.Popen(
        [sys.executable, "-c", "import sys, runpy; sys.argv = ['.']; runpy.run_path('.', run_name='__main__')"],
        cwd=ROOT / "policy",
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout
        port = process.stdout.readline().strip()
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield Pack(AnalyzerStub(channel))
    finally:
        process.terminate()
        process.wait()


def _struct(properties: Properties) -> struct_pb2.Struct:
    made = struct_pb2.Struct()
    made.update(dict(properties))
    return made


def _by_policy(answer: Any) -> dict[str, str]:  # noqa: ANN401 - a message
    return {found.policyName: found.message for found in answer.diagnostics}
