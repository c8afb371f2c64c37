"""Tells of a rollout while it runs, beside what a board shows: whoever does not listen holds nothing up."""

import datetime as dt
import queue
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from fleet.notify.channels import Channel, NotSentError, wants
from fleet.notify.cloud_events import CloudEvent, Moment
from fleet.plan.notifications import Notification
from fleet.plan.verdicts import FleetPlan, Verdict
from fleet.run.rollout import Board, Request, Result, running_in
from fleet.run.tasks import Outcome, RunStatus, Task
from fleet.show.report import LastLook

_MOST: Final = 100
"""Stacks that an event names: SNS and EventBridge take 256 KiB of it (source: their "Quotas")."""
_LONGEST: Final = 2000
"""Characters of a reason; the whole of it stands in the report."""
_FAILURES: Final = 3
"""After so many in a row nothing more is sent there."""
_LAST_SECONDS: Final = 15
"""What is waited for at the end, until the last event has gone out."""


class Telling:
    """A board that hands on what it is told, and sends events of it, one after the other, beside the rollout."""

    def __init__(
        self, board: Board, plan: FleetPlan, request: Request, channels: Sequence[tuple[Notification, Channel]]
    ) -> None:
        """Tell that the rollout begins."""
        self._board, self._plan, self._request = board, plan, request
        self._rollout = request.logs.rpartition("/")[2]
        self._count = 0
        self._sender = _Sender(channels) if channels else None
        waves = running_in(plan, request)
        self._tell(
            Moment.BEGUN,
            {
                "operation": str(request.operation),
                "spokes": waves.total(),
                "waves": [
                    {"name": each.wave.name, "spokes": waves[each.wave.name]}
                    for each in (*plan.stages, *plan.waves)
                    if waves[each.wave.name]
                ],
            },
        )

        for each in request.judged:
            told = each.model_dump(mode="json", include={"wave", "product", "version", "passed", "taken_back"})
            reasons = [reason[:_LONGEST] for reason in each.reasons[:_MOST]]
            self._tell(Moment.BAKED, {**told, "reasons": reasons}, within=each.wave)

    def wave(self, name: str, spokes: int, width: int) -> None:
        """Tell that a wave begins."""
        self._board.wave(name, spokes, width)
        self._tell(Moment.WAVE, {"wave": name, "spokes": spokes, "width": width}, within=name)

    def started(self, task: Task) -> None:
        """Tell that a spoke begins."""
        self._board.started(task)

    def ended(self, outcome: Outcome) -> None:
        """Tell what became of a spoke."""
        self._board.ended(outcome)
        if outcome.status is RunStatus.FAILED:
            verdict = self._plan.verdict_of(outcome.stack)
            account = verdict.account if isinstance(verdict, Verdict) else None
            self._tell(
                Moment.FAILED,
                {
                    "stack": outcome.stack,
                    "account": verdict.account_id,
                    "unit": account.unit if account else None,
                    "wave": verdict.wave,
                    "reason": outcome.reason[:_LONGEST],
                    "why": list(verdict.reasons),
                },
                within=outcome.stack,
            )

    def replan(self, plan: FleetPlan) -> None:
        """Take another plan for what has not begun."""
        self._plan = plan

    def note(self, text: str) -> None:
        """Tell something else."""
        self._board.note(text)

    def tick(self) -> None:
        """Let time pass."""
        self._board.tick()

    def close(self, result: Result, look: LastLook, *, reached: bool) -> list[str]:
        """Tell how it ended, wait until that has gone out, and give what did not get through."""
        behind = [verdict.stack for verdict in look.behind]
        failed = [each.stack for each in result.outcomes.values() if each.status is RunStatus.FAILED]
        self._tell(
            Moment.ENDED,
            {
                "operation": str(self._request.operation),
                "reached": reached,
                "counts": {
                    str(key): count for key, count in Counter(e.status for e in result.outcomes.values()).items()
                },
                "seconds": round((_now() - self._request.begun).total_seconds(), 1),
                "stopped": result.stopped,
                **_named("failed", failed),
                **_named("not_begun", result.not_begun),
                **_named("behind", behind),
                "not_checked": look.problem,
            },
        )
        return self._sender.close() if self._sender else []

    def _tell(self, moment: Moment, data: Mapping[str, Any], *, within: str = "") -> None:
        if self._sender is None:
            return
        self._count += 1
        subject = f"{self._rollout}/{within}" if within else self._rollout
        content = {"rollout": self._rollout, **data}
        identity = f"{self._rollout}-{self._count:05}"
        self._sender.put(CloudEvent(moment=moment, id=identity, subject=subject, time=_now(), data=content))


class _Sender:
    """Sends from a thread of its own."""

    def __init__(self, channels: Sequence[tuple[Notification, Channel]]) -> None:
        self._channels = channels
        self._waiting = queue.SimpleQueue[CloudEvent | None]()
        self._failures = Counter[str]()
        self._problems: dict[str, str] = {}
        self._thread = threading.Thread(target=self._work, name="notifications", daemon=True)
        self._thread.start()

    def put(self, event: CloudEvent) -> None:
        self._waiting.put(event)

    def close(self) -> list[str]:
        self._waiting.put(None)
        self._thread.join(_LAST_SECONDS)
        late = ["not everybody was told of the end in time"] if self._thread.is_alive() else []
        return [f"{name} was not told: {problem}" for name, problem in self._problems.items()] + late

    def _work(self) -> None:
        while event := self._waiting.get():
            for setting, channel in self._channels:
                if wants(setting, event.moment) and self._failures[setting.name] < _FAILURES:
                    self._send(setting.name, channel, event)

    def _send(self, name: str, channel: Channel, event: CloudEvent) -> None:
        try:
            channel.send(event)
        except NotSentError as problem:
            self._failures[name] += 1
            more = ", and nothing more was sent there" if self._failures[name] == _FAILURES else ""
            self._problems[name] = f"{event.type}: {problem}{more}"
        else:
            self._failures[name] = 0


def _named(key: str, stacks: Sequence[str]) -> dict[str, Any]:
    """Give as many stacks as an event has room for, and how many there are."""
    return {key: list(stacks[:_MOST]), f"{key}_count": len(stacks)}


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
