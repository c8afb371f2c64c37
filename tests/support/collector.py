"""A collector of traces on this machine, which remembers what it was sent."""

import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


@dataclass(frozen=True, slots=True)
class Got:
    """A span as it arrived."""

    id: bytes
    parent: bytes
    name: str
    about: dict[str, str]
    seconds: float
    problem: str


class Collector:
    """Takes OTLP over HTTP.

    Attributes:
        spans: By their ids.
        service: Whose they are.
        code: The next answers'.
    """

    def __init__(self) -> None:
        self.spans: dict[bytes, Got] = {}
        self.service: dict[str, str] = {}
        self.code = 200
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                collector.take(ExportTraceServiceRequest.FromString(body))
                self.send_response(collector.code)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    @property
    def variables(self) -> dict[str, str]:
        """What tells a process to send its spans here."""
        return {"OTEL_TRACES_EXPORTER": "otlp", "OTEL_EXPORTER_OTLP_ENDPOINT": self.address}

    def take(self, request: ExportTraceServiceRequest) -> None:
        """Remember what came."""
        for resource in request.resource_spans:
            self.service = {each.key: each.value.string_value for each in resource.resource.attributes}
            for scope in resource.scope_spans:
                for span in scope.spans:
                    about = {each.key: each.value.string_value for each in span.attributes}
                    seconds = (span.end_time_unix_nano - span.start_time_unix_nano) / 1e9
                    got = Got(span.span_id, span.parent_span_id, span.name, about, seconds, span.status.message)
                    self.spans[span.span_id] = got

    def below(self, parent: Got | None) -> list[Got]:
        """Give the spans within one, or those that are in none."""
        return [each for each in self.spans.values() if each.parent == (parent.id if parent else b"")]

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
