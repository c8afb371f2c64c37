"""Makes spans of a rollout, in OpenTelemetry's form: one for it, each wave, each spoke and each resource."""

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from fleet.notify.trace_export import Exporting
from fleet.plan.verdicts import FleetPlan
from fleet.run.engine_events import Step
from fleet.run.rollout import Board, Request, Result
from fleet.run.tasks import Outcome, Task

if TYPE_CHECKING:
    from opentelemetry.trace import Span


class Tracing:
    """A board that hands on what it is told, and makes spans of it where somebody collects them."""

    def __init__(self, board: Board, plan: FleetPlan, request: Request, export: Exporting | None) -> None:
        """Begin the rollout's span."""
        self._board, self._plan = board, plan
        self._operation = str(request.operation)
        self._begun: dict[str, int] = {}
        self._export = export
        self._tracer = export.provider.get_tracer("model-catalog") if export else None
        self._wave: Span | None = None
        self._rollout = self._span(
            "rollout", {"rollout.id": request.logs.rpartition("/")[2], "rollout.operation": self._operation}
        )

    def wave(self, name: str, spokes: int, width: int) -> None:
        """Tell that a wave begins."""
        self._board.wave(name, spokes, width)
        self._end_wave()
        about = {"rollout.wave": name, "rollout.spokes": spokes, "rollout.width": width}
        self._wave = self._span(f"wave {name}", about, within=self._rollout)

    def started(self, task: Task) -> None:
        """Tell that a spoke begins."""
        self._board.started(task)
        self._begun[task.stack] = time.time_ns()

    def ended(self, outcome: Outcome) -> None:
        """Tell what became of a spoke."""
        self._board.ended(outcome)
        now = time.time_ns()
        verdict = self._plan.verdict_of(outcome.stack)
        about = {
            "cloud.provider": "aws",
            "cloud.account.id": verdict.account_id,
            "cloud.region": verdict.region,
            "pulumi.stack": outcome.stack,
            "rollout.status": str(outcome.status),
            "rollout.changes": outcome.changes,
            "rollout.tries": outcome.tries,
        }
        begun = self._begun.pop(outcome.stack, now)
        span = self._span(f"{self._operation} {outcome.stack}", about, within=self._wave or self._rollout, begun=begun)
        if span is None:
            return
        for step in outcome.steps:
            self._step(step, span, now)
        _end(span, now, "" if outcome.is_good else outcome.reason or str(outcome.status))

    def replan(self, plan: FleetPlan) -> None:
        """Take another plan for what has not begun."""
        self._plan = plan

    def note(self, text: str) -> None:
        """Tell something else."""
        self._board.note(text)

    def tick(self) -> None:
        """Let time pass."""
        self._board.tick()

    def close(self, result: Result, *, reached: bool) -> list[str]:
        """End what is open, wait until it has gone out, and give what did not get through."""
        if self._export is None or self._rollout is None:
            return []
        self._end_wave()
        _end(
            self._rollout, time.time_ns(), "" if reached else result.stopped or "not every spoke is where it is wanted"
        )
        return self._export.close()

    def _step(self, step: Step, spoke: "Span", now: int) -> None:
        kind, name = step.type.rpartition(":")[2], step.urn.rpartition("::")[2]
        about = {
            "pulumi.urn": step.urn,
            "pulumi.type": step.type,
            "pulumi.operation": step.operation,
        }
        span = self._span(f"{step.operation} {kind} {name}", about, within=spoke, begun=step.begun)
        if span:
            _end(span, step.ended or now, step.problem or ("" if step.ended else "the engine ended before it did"))

    def _end_wave(self) -> None:
        if self._wave:
            self._wave.end()
            self._wave = None

    def _span(
        self,
        name: str,
        about: Mapping[str, str | int],
        *,
        within: "Span | None" = None,
        begun: int | None = None,
    ) -> "Span | None":
        if self._tracer is None:
            return None
        from opentelemetry.trace import set_span_in_context  # noqa: PLC0415 - loaded where somebody collects

        context = set_span_in_context(within) if within else None
        return self._tracer.start_span(name, context, attributes=about, start_time=begun)


def _end(span: "Span", when: int, problem: str) -> None:
    from opentelemetry.trace import Status, StatusCode  # noqa: PLC0415 - as above

    if problem:
        span.set_status(Status(StatusCode.ERROR, problem))
    span.end(when)
