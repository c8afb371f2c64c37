"""One spoke that is run by an engine that only pretends."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from tenacity import wait_none

from fleet.engine import STOPPING
from fleet.plan.fingerprint import fingerprint_of
from fleet.run import spoke_run as module
from fleet.run.tasks import Operation, Task
from fleet.store.locations import Locations
from tests.support.fake_account import always
from tests.support.fleet.making import spoke
from tests.support.fleet.pretended import HASH, STACK, Begin, Pretended


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Try again at once, and begin every test with nobody stopping."""
    monkeypatch.setattr(module, "wait_random_exponential", always(wait_none()))
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
