"""One spoke that is run by an engine that only pretends, and six by hands that pretend too."""

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from tenacity import wait_none

from fleet.engine import STOPPING
from fleet.plan.fingerprint import fingerprint_of
from fleet.plan.settings import Wave
from fleet.plan.verdicts import FleetPlan, make_plan
from fleet.run import rollout
from fleet.run import stack_run as module
from fleet.run.executors import Workforce
from fleet.run.rollout import Request, Rollout
from fleet.run.tasks import Operation, Task
from fleet.store.locations import Locations
from tests.support.fake_account import always
from tests.support.fleet.hands import ACCOUNTS, BEGUN, Ending, Hands, Run, Start
from tests.support.fleet.making import fleet, inventory, spoke, spokes
from tests.support.fleet.pretended import HASH, STACK, Begin, Pretended


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Try again at once, and begin every test with nobody stopping."""
    monkeypatch.setattr("fleet.patience.wait_random_exponential", always(wait_none()))
    monkeypatch.setattr(module, "POLL_SECONDS", 0.01)
    STOPPING.clear()
    yield
    STOPPING.clear()


@pytest.fixture
def begin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, no_pauses: None) -> Begin:
    """Give a task, and the engine that carries it out."""
    del no_pauses

    def begin(
        *statuses: tuple[int, str], operation: Operation = Operation.UP, forced: bool = False
    ) -> tuple[Task, Pretended]:
        made = spoke(tmp_path, "a", "300000000001")
        engine = Pretended(tmp_path / "backend", *statuses)
        monkeypatch.setattr(module, "Engine", always(engine))
        (tmp_path / "backend").mkdir(exist_ok=True)
        url = (tmp_path / "backend").as_uri()
        task = Task(
            stack=STACK,
            operation=operation,
            root=str(tmp_path),
            locations=Locations(url, url),
            fingerprint=fingerprint_of(made.parts),
            parts=made.parts,
            own=frozenset(made.parts),
            contract=HASH,
            day=dt.date(2026, 11, 1),
            begun=dt.datetime.now(dt.UTC),
            forced=forced,
            logs="logs",
        )
        return task, engine

    return begin


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Start:
    """Give a way to roll out six new spokes in these waves."""
    interrupted: list[None] = []

    def start(
        *waves: Mapping[str, Any],
        statuses: Mapping[str, Ending] | None = None,
        plan: FleetPlan | None = None,
        wanted: str = "abcdef",
        yes: bool = True,
        width: int = 2,
        is_here: bool = True,
        interrupts: int = 0,
        operation: Operation = Operation.UP,
        forced: bool = False,
    ) -> Run:
        hands, asked = Hands(statuses or {}), list[tuple[str, int]]()
        hands.interrupts = interrupts
        monkeypatch.setattr(rollout, "run_spoke", hands.run)

        def approve(wave: Wave, number: int) -> bool:
            asked.append((wave.name, number))
            return yes

        request = Request(
            wanted=frozenset(f"spoke-{name}" for name in wanted),
            operation=operation,
            forced=forced,
            begun=BEGUN,
            locations=Locations("file:///state", "file:///state"),
            logs=".fleet/runs/1",
        )
        plan = plan or make_plan(inventory(tmp_path, spokes(tmp_path, **ACCOUNTS), settings=fleet(*waves)))
        result = Rollout(plan, request, Workforce(hands, width, is_here), hands, approve).run()
        return Run(result, hands, asked, len(interrupted))

    monkeypatch.setattr(rollout, "_TICK_SECONDS", 0)
    monkeypatch.setattr(rollout, "interrupt", lambda: interrupted.append(None))
    return start
