"""Whoever has a collector gets spans of rollout, waves, spokes and resources; nobody else gets anything."""

import json
from collections.abc import Generator
from pathlib import Path

import pytest

from fleet.errors import SettingsError
from fleet.notify import trace_export
from fleet.notify.trace_export import exporting
from fleet.notify.traces import Tracing
from fleet.plan.verdicts import make_plan
from fleet.run.engine_events import Step
from fleet.run.rollout import Request, Result
from fleet.run.tasks import Operation, Outcome, RunStatus, Task
from fleet.show.report import folder_name
from fleet.store.locations import Locations
from tests.support.collector import Collector
from tests.support.fleet.hands import ACCOUNTS, BEGUN, Hands
from tests.support.fleet.making import fleet, inventory, spokes
from tests.support.refused import refused

BUCKET = "urn:pulumi:spoke-a::model-catalog-spoke::aws:s3/bucket:Bucket::data"


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Generator[Collector]:
    with Collector() as found:
        for name, value in found.variables.items():
            monkeypatch.setenv(name, value)
        yield found


def traced(tmp_path: Path, hands: Hands) -> Tracing:
    """Begin a rollout of two waves."""
    plan = make_plan(
        inventory(tmp_path, spokes(tmp_path, **ACCOUNTS), settings=fleet({"name": "all", "default": True}))
    )
    request = Request(
        wanted=frozenset(plan.verdicts),
        operation=Operation.UP,
        forced=False,
        begun=BEGUN,
        locations=Locations("file:///none", "file:///none"),
        logs=folder_name(BEGUN),
        traced=True,
    )
    return Tracing(hands, plan, request, exporting())


def task(stack: str) -> Task:
    """Give one of which only the stack matters."""
    made = object.__new__(Task)
    object.__setattr__(made, "stack", stack)
    return made


def test_spans_stand_in_one_another_as_the_work_does(tmp_path: Path, collector: Collector) -> None:
    hands = Hands({})
    tracing = traced(tmp_path, hands)
    tracing.wave("canary", 1, 2)
    tracing.started(task("spoke-a"))
    made = Step(BUCKET, "aws:s3/bucket:Bucket", "create", 1_000_000_000, 3_500_000_000)
    cut_off = Step(BUCKET, "aws:s3/bucket:Bucket", "delete-replaced", 4_000_000_000)
    tracing.ended(Outcome(stack="spoke-a", status=RunStatus.SUCCEEDED, steps=(made, cut_off)))
    tracing.wave("rest", 1, 2)
    tracing.started(task("spoke-b"))
    tracing.ended(Outcome(stack="spoke-b", status=RunStatus.FAILED, reason="AccessDenied"))

    assert [] == tracing.close(Result(stopped="1 failed"), reached=False)

    [rollout] = collector.below(None)
    assert ("rollout", "1 failed", "up") == (rollout.name, rollout.problem, rollout.about["rollout.operation"])
    canary, rest = sorted(collector.below(rollout), key=lambda each: each.name)
    [a], [b] = collector.below(canary), collector.below(rest)
    assert ("up spoke-a", "", "300000000000") == (a.name, a.problem, a.about["cloud.account.id"])
    assert ("up spoke-b", "AccessDenied") == (b.name, b.problem)
    create, delete = sorted(collector.below(a), key=lambda each: each.name)
    assert ("create Bucket data", 2.5, BUCKET) == (create.name, create.seconds, create.about["pulumi.urn"])
    assert ("delete-replaced Bucket data", "the engine ended before it did") == (delete.name, delete.problem)
    assert "model-catalog" == collector.service["service.name"]
    assert "+a" in hands.seen, "the board hears of it, too"


def test_the_variables_of_a_company_name_the_service(
    tmp_path: Path, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_SERVICE_NAME", "platform-models")
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=production")

    traced(tmp_path, Hands({})).close(Result(), reached=True)

    assert ("platform-models", "production") == (
        collector.service["service.name"],
        collector.service["deployment.environment.name"],
    )


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"},
        {"OTEL_TRACES_EXPORTER": "none"},
        {"OTEL_TRACES_EXPORTER": "otlp", "OTEL_SDK_DISABLED": "true"},
    ],
)
def test_nothing_is_sent_unless_it_is_asked_for(variables: dict[str, str]) -> None:
    assert exporting(variables) is None


@pytest.mark.parametrize(
    ("variables", "place"),
    [
        ({"OTEL_TRACES_EXPORTER": "zipkin"}, "OTEL_TRACES_EXPORTER"),
        ({"OTEL_TRACES_EXPORTER": "otlp", "OTEL_EXPORTER_OTLP_PROTOCOL": "http/json"}, "OTEL_EXPORTER_OTLP_PROTOCOL"),
        (
            {"OTEL_TRACES_EXPORTER": "otlp", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "udp"},
            "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
        ),
    ],
)
def test_what_is_not_known_here_is_refused_before_anything_runs(variables: dict[str, str], place: str) -> None:
    with refused(SettingsError, "invalid-value", place):
        exporting(variables)


def test_a_collector_that_refuses_is_named_at_the_end(tmp_path: Path, collector: Collector) -> None:
    collector.code = 403
    tracing = traced(tmp_path, Hands({}))

    [problem] = tracing.close(Result(), reached=True)

    assert problem.startswith("traces were not sent: ")
    assert "403" in problem


def test_nobody_waits_for_a_collector_without_end(
    tmp_path: Path, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    collector.code = 503
    monkeypatch.setattr(trace_export, "_LAST_SECONDS", 0.2)
    tracing = traced(tmp_path, Hands({}))

    [problem] = tracing.close(Result(), reached=True)

    assert problem.startswith("traces were not sent: ")
    assert json.dumps(problem).isascii()
