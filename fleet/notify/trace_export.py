"""Where the spans of a rollout go: to the collector that OpenTelemetry's variables name, or nowhere."""

import logging
import os
import threading
from collections.abc import Mapping
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from fleet.errors import SettingsError

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SpanExporter

EXPORTER: Final = "OTEL_TRACES_EXPORTER"
PROTOCOLS: Final = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
_LAST_SECONDS: Final = 15
"""What is waited for at the end, until the last spans have gone out."""


class Exporting:
    """Sends spans beside the rollout.

    Attributes:
        provider: Where tracers come from.
    """

    def __init__(self, provider: "TracerProvider") -> None:
        """Take the provider, and keep what its exporter complains of from the terminal."""
        self.provider = provider
        self._complaints = _Complaints()

    def close(self) -> list[str]:
        """Wait until the last spans have gone out, and give what did not get through."""
        last = threading.Thread(target=self.provider.shutdown, name="traces", daemon=True)
        last.start()
        last.join(_LAST_SECONDS)
        late = ["the last spans were not sent in time"] if last.is_alive() else []
        return [f"traces were not sent: {each}" for each in self._complaints.end() or late]


def exporting(environment: Mapping[str, str] = os.environ) -> Exporting | None:
    """Give what sends spans, by OpenTelemetry's own variables; None where `OTEL_TRACES_EXPORTER` does not ask for it.

    Raises:
        SettingsError: a variable has a value that is not known here.
    """
    if environment.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return None
    match environment.get(EXPORTER, "").strip().lower():
        case "" | "none":
            return None
        case "otlp":
            return Exporting(_provider(_exporter(environment)))
        case other:
            raise SettingsError(
                f"invalid value {other!r}. Expected otlp, or none, as where it is not set.",
                code="invalid-value",
                place=EXPORTER,
            )


def _exporter(environment: Mapping[str, str]) -> "SpanExporter":
    """Make the exporter of a protocol: the rest of its variables it reads by itself."""
    name = next((each for each in PROTOCOLS if environment.get(each)), PROTOCOLS[-1])
    # Loaded only where they are asked for: they take a third of a second.
    match environment.get(name, "http/protobuf"):
        case "http/protobuf":
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415

            return OTLPSpanExporter()
        case "grpc":
            from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import (  # noqa: PLC0415
                OTLPSpanExporter as GrpcExporter,
            )

            return GrpcExporter()
        case other:
            raise SettingsError(
                f"invalid value {other!r}. Expected http/protobuf or grpc.", code="invalid-value", place=name
            )


def _provider(exporter: "SpanExporter") -> "TracerProvider":
    from opentelemetry.sdk.resources import OTELResourceDetector, Resource  # noqa: PLC0415 - as above
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    ours = Resource({"service.name": "model-catalog", "service.version": version("model-catalog")})
    resource = Resource.create().merge(ours).merge(OTELResourceDetector().detect())
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)  # which would wait without end
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return provider


class _Complaints(logging.Handler):
    """Keeps what OpenTelemetry logs: its exporters tell in no other way that nothing got through."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._said: dict[str, None] = {}
        self._logger = logging.getLogger("opentelemetry")
        self._logger.addHandler(self)
        self._logger.propagate = False

    def emit(self, record: logging.LogRecord) -> None:
        self._said.setdefault(" ".join(record.getMessage().split())[:300])

    def end(self) -> list[str]:
        self._logger.removeHandler(self)
        return list(self._said)[-1:]
