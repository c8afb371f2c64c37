"""The record of a success is made from the state that the run left."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fleet.engine import Cost
from fleet.errors import FleetError
from fleet.plan.fingerprint import fingerprint_of
from fleet.plan.verdicts import Verdict, make_plan
from fleet.run.recording import parts_against, record_of
from fleet.run.tasks import Operation, Task
from fleet.store.locations import Locations
from fleet.store.records import ContractRef, EventRef
from fleet.store.states import State
from shared.catalog import contract
from spoke.config import SpokeSettings
from tests.support.fleet.making import CODE, FINISHED, HUB_ACCOUNT, FakeEngine, inventory, offer, spokes
from tests.support.refused import refused

NOW = FINISHED + dt.timedelta(days=30)
EVENT = EventRef(number=1, digest="sha256:1")
LAUNCHED: Mapping[str, Any] = {
    "product": "embedder",
    "version": "1.0.0",
    "region": "eu-central-1",
    "state": "active",
    "status": "AVAILABLE",
    "outputs": {},
}


def state(launches: Mapping[str, Any], content_hash: str = "sha256:1") -> State:
    """Give a state as a spoke's program leaves it."""
    used = {"hub": "organization/model-catalog-hub/hub", "schema_version": "1.2", "content_hash": content_hash}
    return State(tag="tag", outputs={"launches": launches, "contract": used})


@pytest.fixture
def verdict(tmp_path: Path) -> Verdict:
    return make_plan(inventory(tmp_path, spokes(tmp_path, a="300000000001"))).verdicts["spoke-a"]


@pytest.fixture
def task(verdict: Verdict) -> Task:
    return Task(
        stack="spoke-a",
        operation=Operation.UP,
        root="",
        locations=Locations("", ""),
        fingerprint=verdict.fingerprint,
        parts=verdict.parts,
        own=frozenset(CODE) | frozenset(verdict.spoke.parts),
        contract=verdict.contract,
        day=dt.date(2026, 11, 1),
        begun=NOW,
        forced=False,
        logs="",
    )


@pytest.fixture
def settings(verdict: Verdict) -> SpokeSettings:
    assert verdict.spoke.settings
    return verdict.spoke.settings


def test_a_record_holds_what_was_deployed(task: Task, settings: SpokeSettings) -> None:
    cost = Cost(seconds=3, cpu_seconds=1, peak_mib=100)
    before = dt.datetime.now(dt.UTC)

    made = record_of(task.stack, state({"search": LAUNCHED}), task.parts, settings, cost, None, EVENT)

    assert ("spoke-a", "300000000001", "tag") == (made.stack, made.account, made.state)
    assert (fingerprint_of(task.parts), task.parts) == (made.fingerprint, made.parts)
    assert ContractRef(hub="organization/model-catalog-hub/hub", content_hash="sha256:1") == made.contract
    assert before <= made.finished <= dt.datetime.now(dt.UTC)
    assert [("search", "embedder", "1.0.0", made.finished)] == [
        (launch.name, launch.product, launch.version, launch.since) for launch in made.launches
    ]
    assert (cost, EVENT) == (made.cost, made.event)


def test_a_contract_that_changed_during_the_run_takes_the_place_of_the_plans(
    task: Task, settings: SpokeSettings
) -> None:
    changed = offer()
    changed["eu-central-1"]["products"]["embedder"]["tags"]["framework"] = "torch"
    published = contract.publish(HUB_ACCOUNT, changed)
    engine = FakeEngine({"hub": {"catalog": published}})

    parts = against(used(published), engine, task, settings)

    assert {"offer of search"} == {
        name for name in parts.keys() | task.parts.keys() if parts.get(name) != task.parts.get(name)
    }


def test_what_is_the_spokes_own_stays_as_it_was_planned(task: Task, settings: SpokeSettings) -> None:
    published = contract.publish(HUB_ACCOUNT, offer())
    other = replace(task, parts={**task.parts, "locked dependencies": "another", "offer of search": "another"})

    parts = against(used(published), FakeEngine({"hub": {"catalog": published}}), other, settings)

    assert {**task.parts, "locked dependencies": "another"} == parts


def test_what_the_hub_offered_when_it_was_planned_counts_no_more(task: Task, settings: SpokeSettings) -> None:
    published = contract.publish(HUB_ACCOUNT, offer())
    other = replace(task, parts={**task.parts, "roles of something": "gone by now"})

    parts = against(used(published), FakeEngine({"hub": {"catalog": published}}), other, settings)

    assert task.parts == parts


def test_a_contract_that_is_not_the_hubs_any_more_cannot_be_told(task: Task, settings: SpokeSettings) -> None:
    engine = FakeEngine({"hub": {"catalog": contract.publish(HUB_ACCOUNT, offer())}})

    with refused(FleetError, "contract-changed-meanwhile"):
        against(ContractRef(hub="hub", content_hash="sha256:1"), engine, task, settings)


def against(contract: ContractRef, engine: FakeEngine, task: Task, settings: SpokeSettings) -> Mapping[str, str]:
    """Give the parts of a task, against the contract that it was deployed with."""
    own = {name: part for name, part in task.parts.items() if name in task.own}
    return parts_against(contract, engine, settings, stack=task.stack, own=own, day=task.day)


def used(published: Mapping[str, Any]) -> ContractRef:
    """Say that a contract was used."""
    return ContractRef(hub="hub", content_hash=published["content_hash"])
