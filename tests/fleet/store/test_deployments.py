"""What spokes were last deployed with: from their records, or from their states."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import pytest

from fleet.errors import StateError
from fleet.store.deployments import Deployment, deployed_contract, deployments_of, launches_in
from fleet.store.records import ContractRef, CorruptRecord, Record
from fleet.store.states import LaunchedResource, State
from shared.catalog.cost import Estimate
from tests.support.fleet.making import FINISHED, RECORD, OneState
from tests.support.refused import refused

STACK: Final = "spoke-a"
NOW = FINISHED + dt.timedelta(days=30)
COST: Mapping[str, str] = {"currency": "USD", "date": "2026-11-24", "least": "40"}
LAUNCHED: Mapping[str, Any] = {
    "product": "embedder",
    "version": "1.0.0",
    "region": "eu-west-1",
    "state": "active",
    "status": "AVAILABLE",
    "estimated_monthly_cost": COST,
    "outputs": {},
}
[RECORDED] = RECORD.launches


def launched(name: str) -> LaunchedResource:
    """Give a provisioned product as a state has it."""
    return LaunchedResource(
        urn=f"urn:pulumi:{STACK}::{name}",
        id=f"pp-{name}",
        name=name,
        region="eu-west-1",
        product_id=RECORDED.product_id,
        artifact_id="pa-1",
    )


def state(**launches: Mapping[str, Any]) -> State:
    """Give a state as a spoke's program leaves it; every launch is of one product."""
    contract = {"hub": "h", "schema_version": "1.2", "content_hash": "sha256:2"}
    return State(
        tag="t",
        outputs={"launches": launches, "contract": contract},
        launched={name: launched(name) for name in launches},
    )


def test_a_launch_is_told_with_its_product_and_its_cost() -> None:
    [launch] = launches_in(STACK, state(search=LAUNCHED), None, NOW)

    assert RECORDED.model_copy(update={"since": NOW, "estimated_monthly_cost": Estimate.model_validate(COST)}) == launch


def test_a_launch_that_failed_before_the_outputs_named_it_is_told_all_the_same() -> None:
    failed = replace(state(search=LAUNCHED), launched={name: launched(name) for name in ("search", "scoring")})

    [scoring, search] = launches_in(STACK, failed, None, NOW)

    assert ("scoring", RECORDED.product_id, "pa-1", "eu-west-1", "unknown") == (
        scoring.name,
        scoring.product_id,
        scoring.version,
        scoring.region,
        scoring.status,
    )
    assert ("search", "AVAILABLE") == (search.name, search.status)


def test_a_launch_knows_which_version_it_had_before() -> None:
    old = RECORDED.model_copy(update={"version": "0.9.0", "before": "0.8.0"})
    moved, stayed, other = (
        launches_in(STACK, state(search=LAUNCHED), RECORD.model_copy(update={"launches": [each]}), NOW)
        for each in (
            old,
            RECORDED.model_copy(update={"before": "0.9.0"}),
            old.model_copy(update={"product_id": "prod-another"}),
        )
    )
    [new] = launches_in(STACK, state(search=LAUNCHED), None, NOW)

    assert ["0.9.0", "0.9.0", ""] == [each.before for [each] in (moved, stayed, other)]
    assert "" == new.before


def test_a_launch_of_unknown_cost_has_none() -> None:
    [launch] = launches_in(STACK, state(search={**LAUNCHED, "estimated_monthly_cost": {}}), None, NOW)

    assert None is launch.estimated_monthly_cost


@pytest.mark.parametrize(
    ("changed", "recorded", "kept"),
    [
        ({}, {}, True),
        ({"status": "TAINTED", "region": "eu-central-1"}, {}, True),
        ({"product": "encoder"}, {}, True),
        ({"version": "1.0.1"}, {}, False),
        ({}, {"product_id": "prod-another"}, False),
        ({}, {"product_id": ""}, True),
        ({"product": "scorer"}, {"product_id": ""}, False),
    ],
    ids=["same", "status", "renamed", "version", "product", "no id recorded", "another key and no id"],
)
def test_a_version_runs_since_it_was_first_recorded(
    changed: Mapping[str, str],
    recorded: Mapping[str, str],
    kept: bool,  # noqa: FBT001 - what is expected
) -> None:
    earlier = RECORD.model_copy(update={"launches": [RECORDED.model_copy(update=recorded)]})

    [launch] = launches_in(STACK, state(search={**LAUNCHED, **changed}), earlier, NOW)

    assert (FINISHED if kept else NOW) == launch.since


def test_a_launch_under_another_name_is_another_one() -> None:
    found = launches_in(STACK, state(search=LAUNCHED, find=LAUNCHED), RECORD, NOW)

    assert {"search": FINISHED, "find": NOW} == {launch.name: launch.since for launch in found}


@pytest.mark.parametrize("earlier", [None, CorruptRecord(reason="broken")])
def test_without_an_earlier_record_everything_is_new(earlier: Record | CorruptRecord | None) -> None:
    assert [NOW] == [launch.since for launch in launches_in(STACK, state(search=LAUNCHED), earlier, NOW)]


def test_a_state_without_outputs_has_no_launches_and_no_contract() -> None:
    assert [] == launches_in(STACK, State(tag="t"), None, NOW)
    assert ContractRef(hub="", content_hash="") == deployed_contract(State(tag="t"))


@pytest.mark.parametrize("output", [{"product": "embedder"}, ["embedder"]])
def test_outputs_of_another_release_are_told(output: Any) -> None:  # noqa: ANN401 - whatever it wrote
    with refused(StateError, "output-of-another-release", STACK) as found:
        launches_in(STACK, state(search=output), None, NOW)

    assert "launches.search" in str(found.value)


def deployment(record: Record | CorruptRecord | None, found: State | Exception | None, tag: str = "tag") -> Deployment:
    """Tell what the spoke was deployed with."""
    records = {STACK: record} if record else {}
    tags = {STACK: tag} if tag else {}
    return deployments_of([STACK], tags=tags, records=records, states=OneState(found))[STACK]


def test_a_record_of_the_last_run_is_enough() -> None:
    unread = AssertionError("nobody needs the state")

    assert Deployment(
        launches=[RECORDED], account=RECORD.account, contract=RECORD.contract, rolled_out=FINISHED
    ) == deployment(RECORD, unread)


@pytest.mark.parametrize(
    ("record", "tag", "since"),
    [
        (RECORD, "another", FINISHED),
        (RECORD.model_copy(update={"launches": [RECORDED.model_copy(update={"product_id": ""})]}), "tag", FINISHED),
        (CorruptRecord(reason="broken"), "tag", None),
        (None, "tag", None),
    ],
    ids=["updated since", "a record of version 1.0", "a corrupt record", "no record"],
)
def test_else_the_state_is_read(record: Record | CorruptRecord | None, tag: str, since: dt.datetime | None) -> None:
    found = deployment(record, state(search=LAUNCHED), tag)

    assert [("search", RECORDED.product_id, since)] == [
        (launch.name, launch.product_id, launch.since) for launch in found.launches
    ]
    assert "sha256:2" == (found.contract.content_hash if found.contract else "")
    assert (FINISHED if isinstance(record, Record) else None) == found.rolled_out


@pytest.mark.parametrize(
    ("problem", "code"),
    [
        (StateError("is damaged", code="state-damaged", place=STACK), "state-damaged"),
        (OSError("no way"), "state-unreadable"),
    ],
)
def test_a_state_that_cannot_be_read_leaves_what_was_recorded_and_says_why(problem: Exception, code: str) -> None:
    found = deployment(RECORD, problem, "another")

    assert [RECORDED] == found.launches
    assert found.problem
    assert (code, STACK) == (found.problem.code, found.problem.place)


def test_a_stack_that_is_gone_is_told_from_its_record() -> None:
    assert [RECORDED] == deployment(RECORD, None, "").launches
    assert [] == [*deployment(None, None, "").launches]
