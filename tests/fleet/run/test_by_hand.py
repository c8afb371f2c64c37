"""Runs of `pulumi up` past the commands: told from what Pulumi keeps of each of its runs."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from fleet.run.by_hand import with_runs_by_hand
from fleet.show.history import moves_of
from fleet.store.history import Chain, StoredEvent
from fleet.store.storage import Storage
from tests.support.fleet.events import BEGUN, event, launch

STACK = "spoke-a"
LAUNCHES = "aws:servicecatalog/provisionedProduct:ProvisionedProduct"


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    """Give an empty backend."""
    return Storage((tmp_path / "backend").as_uri())


def ran(storage: Storage, minute: float, version: str = "1.0.0", *, stack: str = STACK, **changed: Any) -> None:  # noqa: ANN401 - a description
    """Let a run have ended at a minute, as Pulumi writes it down."""
    start = f".pulumi/history/model-catalog-spoke/{stack}/{stack}-{_nanoseconds(minute)}"
    environment = {"git.author": "Ada", "git.head": "0123456789"}
    described = {"kind": "update", "result": "succeeded", "resourceChanges": {"update": 1}, "environment": environment}
    storage.write(f"{start}.history.json", json.dumps({**described, **changed}).encode())
    told = launch(version=version).model_dump(mode="json")
    stack_itself = {"type": "pulumi:pulumi:Stack", "urn": "u", "outputs": {"launches": {"search": told}}}
    inputs = {"name": "search", "productId": "prod-1", "provisioningArtifactId": version}
    made = {"type": LAUNCHES, "urn": "u::search", "id": "pp-1", "inputs": inputs}
    content = {"checkpoint": {"latest": {"resources": [stack_itself, made]}}}
    storage.write(f"{start}.checkpoint.json", json.dumps(content).encode())


def _nanoseconds(minute: float) -> int:
    return int((BEGUN + dt.timedelta(minutes=minute)).timestamp()) * 10**9


def history(*minutes: int) -> list[Chain]:
    """Give a history with an event a second after each of these minutes."""
    events = [
        event(0, launch()).model_copy(
            update={"number": number, "stack": STACK, "time": BEGUN + dt.timedelta(minutes=minute, seconds=1)}
        )
        for number, minute in enumerate(minutes, 1)
    ]
    stored = [StoredEvent(number=each.number, content=b"", event=each) for each in events]
    return [Chain(stack=STACK, stored=stored, problems=[])]


def told(storage: Storage, chains: list[Chain], *without: str) -> list[tuple[str, str, str]]:
    """Give what is told of each move that is by hand."""
    found, note = with_runs_by_hand(storage, chains, without=without)
    assert not note
    return [
        (move.before, move.after, move.actor)
        for chain in found
        for move in moves_of(chain)
        if move.operation.startswith("by hand")
    ]


def test_a_run_without_an_event_is_told_with_who_and_what_moved(storage: Storage) -> None:
    ran(storage, 0)
    ran(storage, 5, "1.1.0")

    found, _ = with_runs_by_hand(storage, history(0), without=[])

    [chain] = found
    *_, move = moves_of(chain)
    assert ("by hand: up", "1.0.0", "1.1.0", "by hand, from a commit of Ada", "0123456789") == (
        move.operation,
        move.before,
        move.after,
        move.actor,
        move.commit,
    )
    assert BEGUN + dt.timedelta(minutes=5) == move.when
    assert [1] == [each.number for each in chain.stored], "what an auditor gets is what was written"


def test_a_run_between_two_events_is_nobodys_who_wrote_them(storage: Storage) -> None:
    for minute, version in ((0, "1.0.0"), (5, "1.1.0"), (10, "1.1.0")):
        ran(storage, minute, version)

    assert [("1.0.0", "1.1.0", "by hand, from a commit of Ada")] == told(storage, history(0, 10))


def test_a_stack_that_only_its_team_runs_has_a_history_all_the_same(storage: Storage) -> None:
    ran(storage, 0, stack="spoke-risk")
    ran(storage, 5, stack="spoke-risk", environment={})

    assert [("", "1.0.0", "by hand, from a commit of Ada"), ("", "", "by hand, by nobody known")] == told(storage, [])


@pytest.mark.parametrize(
    "changed",
    [
        {"kind": "refresh"},
        {"result": "failed"},
        {"resourceChanges": {"same": 50}},
        {"resourceChanges": None},
    ],
)
def test_what_moved_nothing_is_left_out(storage: Storage, changed: dict[str, Any]) -> None:
    ran(storage, 0)
    ran(storage, 5, "1.1.0", **changed)

    assert [] == told(storage, history(0))


def test_runs_of_releases_that_wrote_no_history_are_taken_for_nobodys(storage: Storage) -> None:
    ran(storage, 0)
    assert [] == told(storage, [], STACK)

    ran(storage, 5)
    assert [] == told(storage, history(5)), "before the first event nobody can tell"


def test_a_description_that_is_torn_is_passed_over(storage: Storage) -> None:
    ran(storage, 0)
    ran(storage, 5, "1.1.0")
    path = f".pulumi/history/model-catalog-spoke/{STACK}/{STACK}-{_nanoseconds(5)}"
    storage.write(f"{path}.history.json", b'{"kind": "upd')
    assert [] == told(storage, history(0))
    ran(storage, 5, "1.1.0")
    storage.write(f"{path}.checkpoint.json", b"{}")

    assert [] == told(storage, history(0))
