"""Of a rollout it is told when it begins, at each wave, of each failure and at its end."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fleet.notify import telling as module
from fleet.notify.channels import NotSentError, Webhook
from fleet.notify.cloud_events import CloudEvent
from fleet.notify.telling import Telling
from fleet.plan.notifications import Notification
from fleet.plan.verdicts import FleetPlan, make_plan
from fleet.run.rollout import Request, Rollout
from fleet.run.tasks import Operation, RunStatus
from fleet.show.report import LastLook, folder_name
from fleet.store.bakes import BakeResult
from fleet.store.locations import Locations
from tests.support.fleet.hands import ACCOUNTS, BEGUN, Hands
from tests.support.fleet.making import fleet, inventory, spokes
from tests.support.webhook import Receiver

WAVES: tuple[dict[str, Any], ...] = ({"name": "canary", "spokes": ["a"]}, {"name": "rest", "default": True})
HOOK = Notification.model_validate({"webhook": "https://hooks.example.com/fleet"})


class Kept:
    """A channel that keeps what it gets."""

    def __init__(self, *problems: str) -> None:
        self.events: list[CloudEvent] = []
        self._problems = list(problems)

    def send(self, event: CloudEvent) -> None:
        self.events.append(event)
        if self._problems and (problem := self._problems.pop(0)):
            raise NotSentError(problem)


@pytest.fixture
def plan(tmp_path: Path) -> FleetPlan:
    return make_plan(inventory(tmp_path, spokes(tmp_path, **ACCOUNTS), settings=fleet(*WAVES)))


def rolled_out(
    plan: FleetPlan,
    channels: Sequence[tuple[Notification, Any]],
    hands: Hands,
    monkeypatch: pytest.MonkeyPatch,
    *judged: BakeResult,
) -> list[str]:
    """Roll a plan out, and give what was not told."""
    request = Request(
        wanted=frozenset(plan.verdicts),
        operation=Operation.UP,
        forced=False,
        begun=BEGUN,
        locations=Locations("file:///none", "file:///none"),
        logs=folder_name(BEGUN),
        judged=judged,
    )
    workers: Any = type("Workers", (), {"width": 2, "is_here": True, "executor": hands, "processor": None})()
    monkeypatch.setattr("fleet.run.rollout.run_spoke", hands.run)
    monkeypatch.setattr("fleet.run.rollout.wait", _waiting)
    telling = Telling(hands, plan, request, channels)
    result = Rollout(plan, request, workers, telling, lambda _wave, _spokes: True).run()
    return telling.close(result, LastLook(), reached=False)


def _waiting(running: dict[Any, Any], **_: object) -> tuple[list[Any], list[Any]]:
    done = [each for each in running if each.done()]
    return done, [each for each in running if not each.done()]


def test_beginning_waves_failures_and_end_are_told_in_their_order(
    plan: FleetPlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = Kept()
    hands = Hands({"b": RunStatus.FAILED})

    assert [] == rolled_out(plan, [(HOOK, kept)], hands, monkeypatch)

    begun, canary, rest, failed, ended = kept.events
    assert ["modelcatalog.rollout.begun", "canary", "rest", "spoke-b", "modelcatalog.rollout.ended"] == [
        begun.type,
        canary.data["wave"],
        rest.data["wave"],
        failed.data["stack"],
        ended.type,
    ]
    assert [{"name": "canary", "spokes": 1}, {"name": "rest", "spokes": 5}] == begun.data["waves"]
    assert ("300000000001", "so it was") == (failed.data["account"], failed.data["reason"])
    assert f"{begun.subject}/spoke-b" == failed.subject
    assert (["spoke-b"], 1, "1 failed in the wave rest, which tolerates 0") == (
        ended.data["failed"],
        ended.data["failed_count"],
        ended.data["stopped"],
    )
    assert 5 == len({each.id for each in kept.events})
    assert hands.seen[0].startswith("wave canary"), "the board hears all of it, too"


def test_what_became_of_a_version_that_baked_is_told(plan: FleetPlan, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Kept()
    only = Notification.model_validate({"webhook": "https://hooks.example.com/fleet", "only": ["baked"]})
    result = BakeResult(
        wave="canary",
        product="embedder",
        version="1.0.1",
        arrived=BEGUN,
        judged=BEGUN,
        passed=False,
        taken_back=True,
        reasons=["the alarm slow is on"],
    )

    rolled_out(plan, [(only, kept)], Hands({}), monkeypatch, result)
    [event] = kept.events

    assert ("modelcatalog.rollout.version.baked", True) == (event.type, event.subject.endswith("/canary"))
    assert {
        "wave": "canary",
        "product": "embedder",
        "version": "1.0.1",
        "passed": False,
        "taken_back": True,
        "reasons": ["the alarm slow is on"],
    }.items() <= event.data.items()


def test_who_wants_only_failures_hears_of_nothing_else(plan: FleetPlan, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Kept()
    only = Notification.model_validate({"webhook": "https://hooks.example.com/fleet", "only": ["failed"]})

    rolled_out(plan, [(only, kept)], Hands({"a": RunStatus.FAILED}), monkeypatch)

    assert ["modelcatalog.rollout.spoke.failed"] == [each.type for each in kept.events]


def test_who_cannot_be_reached_holds_nothing_up_and_is_named_at_the_end(
    plan: FleetPlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, deaf = Kept(), Kept("it said no", "", "it said no")
    other = HOOK.model_copy(update={"webhook": "https://hooks.example.com/other"})
    hands = Hands({})

    [problem] = rolled_out(plan, [(other, deaf), (HOOK, kept)], hands, monkeypatch)

    assert "https://hooks.example.com/other was not told: modelcatalog.rollout.wave.begun: it said no" == problem
    assert len(kept.events) == len(deaf.events) == 4
    assert 6 == sum(text.startswith("-") for text in hands.seen)


def test_after_three_failures_in_a_row_nothing_more_is_sent(plan: FleetPlan, monkeypatch: pytest.MonkeyPatch) -> None:
    deaf = Kept(*["it said no"] * 9)

    [problem] = rolled_out(plan, [(HOOK, deaf)], Hands({}), monkeypatch)

    assert 3 == len(deaf.events)
    assert problem.endswith("it said no, and nothing more was sent there")


def test_at_the_end_nobody_is_waited_for_without_end(plan: FleetPlan, monkeypatch: pytest.MonkeyPatch) -> None:
    import threading  # noqa: PLC0415 - of this test alone

    release = threading.Event()

    class Stuck:
        def send(self, event: CloudEvent) -> None:
            del event
            release.wait(30)

    monkeypatch.setattr(module, "_LAST_SECONDS", 0.05)

    assert ["not everybody was told of the end in time"] == rolled_out(plan, [(HOOK, Stuck())], Hands({}), monkeypatch)
    release.set()


def test_a_reason_and_lists_fit_into_an_event(
    plan: FleetPlan, monkeypatch: pytest.MonkeyPatch, receiver: Receiver
) -> None:
    monkeypatch.setattr(module, "_MOST", 2)

    class Long(Hands):
        def run(self, task: Any) -> Any:  # noqa: ANN401 - as Hands has it
            return replace(super().run(task), reason="x" * 100_000)

    statuses = dict.fromkeys("abcdef", RunStatus.FAILED)
    waves = fleet({"name": "all", "default": True, "tolerance": "100%"})
    whole = make_plan(replace(plan.inventory, settings=waves))

    assert [] == rolled_out(whole, [(HOOK, Webhook(receiver.address))], Long(statuses), monkeypatch)

    *_, failed, ended = [event["data"] for _, event in receiver.events]
    assert 2000 == len(failed["reason"])
    assert (2, 6) == (len(ended["failed"]), ended["failed_count"])


def test_without_settings_nothing_is_sent(plan: FleetPlan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_Sender", None)

    assert [] == rolled_out(plan, [], Hands({}), monkeypatch)
