"""A plan says which spokes would change and why, without running any of them."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fleet.errors import EngineError, SettingsError
from fleet.plan.hub_contracts import Hubs
from fleet.plan.inventory import Inventory
from fleet.plan.verdicts import FleetPlan, Kind, make_plan
from fleet.store.records import CorruptRecord
from shared.catalog import contract
from tests.support.fleet.making import (
    CODE,
    HUB_ACCOUNT,
    LAUNCH,
    FakeEngine,
    Member,
    deployed,
    fleet,
    hubs,
    inventory,
    offer,
    organization,
    recorded,
    spoke,
    spokes,
)
from tests.support.offers import version
from tests.support.refused import refused

A, B = "300000000001", "300000000002"
RANGE = {**LAUNCH, "version": "~1.0"}
UPDATED = "its stack was updated since its last success (2026-10-06 12:30 UTC), by somebody else or a run that failed"
EMBEDDER = ("eu-central-1", "products", "embedder")


@pytest.fixture
def two(tmp_path: Path) -> Inventory:
    """Give an inventory of two spokes that are where they are wanted."""
    return deployed(inventory(tmp_path, spokes(tmp_path, a=A, b=B)))


def verdict(plan: FleetPlan, stack: str = "spoke-a") -> tuple[Kind, tuple[str, ...]]:
    """Give what a plan says of a spoke."""
    return plan.verdicts[stack].kind, plan.verdicts[stack].reasons


def test_what_is_where_it_is_wanted_is_unchanged(two: Inventory) -> None:
    plan = make_plan(two)

    assert [(Kind.UNCHANGED, ())] * 2 == [verdict(plan, stack) for stack in ("spoke-a", "spoke-b")]
    assert recorded(two, "spoke-a").fingerprint == plan.verdicts["spoke-a"].fingerprint


def test_what_was_never_deployed_is_new(tmp_path: Path) -> None:
    assert (Kind.NEW, ("it was never deployed",)) == verdict(make_plan(inventory(tmp_path, spokes(tmp_path, a=A))))


def test_what_was_deployed_without_a_record_is_run(two: Inventory) -> None:
    kind, [reason] = verdict(make_plan(replace(two, records={})))

    assert (Kind.CHANGED, True) == (kind, reason.startswith("no record of success: it was deployed by somebody else"))


def test_a_record_that_cannot_be_read_is_none(two: Inventory) -> None:
    broken = {**two.records, "spoke-a": CorruptRecord(reason="stack: Field required")}
    plan = make_plan(replace(two, records=broken))

    assert (Kind.CHANGED, ("its record cannot be read: stack: Field required",)) == verdict(plan)
    assert Kind.UNCHANGED is verdict(plan, "spoke-b")[0]


def test_what_somebody_else_updated_is_run(two: Inventory) -> None:
    plan = make_plan(replace(two, tags={**two.tags, "spoke-a": "another"}))

    assert (Kind.CHANGED, (UPDATED,)) == verdict(plan)
    assert Kind.UNCHANGED is verdict(plan, "spoke-b")[0]


def test_what_is_deployed_to_another_account_than_the_settings_name_is_refused(two: Inventory) -> None:
    kind, [reason] = verdict(make_plan(replace(two, moved={"spoke-a": ("999988887777",)})))

    assert Kind.REFUSED is kind
    assert "Pulumi.spoke-a.yaml: accountId: invalid value" in reason
    assert "spoke-a is deployed to 999988887777" in reason


def test_what_another_account_has_nothing_of_may_move(two: Inventory) -> None:
    assert Kind.UNCHANGED is verdict(make_plan(replace(two, moved={"spoke-a": ()})))[0]


def test_a_stack_that_is_gone_is_made_again(two: Inventory) -> None:
    plan = make_plan(replace(two, tags={"spoke-b": two.tags["spoke-b"]}))

    assert (Kind.NEW, ("its stack is gone since it was last rolled out",)) == verdict(plan)


@pytest.mark.parametrize("part", CODE)
def test_another_program_concerns_everybody(two: Inventory, part: str) -> None:
    plan = make_plan(replace(two, code={**CODE, part: "other"}))

    assert {(Kind.CHANGED, (f"{part} changed",))} == {verdict(plan, stack) for stack in plan.verdicts}


@pytest.mark.parametrize(
    ("changed", "reasons"),
    [
        (
            {"launchRoles": "existing"},
            ("roles of embedder changed", "roles of scorer changed", "setting launch_roles changed"),
        ),
        ({"launches": [dict(LAUNCH), {**LAUNCH, "name": "more"}]}, ("more is a new launch",)),
        ({"launches": [{**LAUNCH, "tags": {"team": "risk"}}]}, ("the settings of search changed",)),
        (
            {"launches": [{**LAUNCH, "name": "find"}]},
            ("find is a new launch", "search is no longer launched"),
        ),
        (
            {"launches": []},
            (
                "search is no longer launched",
                "portfolio online in eu-central-1 is no longer used",
                "roles of embedder is no longer used",
                "roles of scorer is no longer used",
            ),
        ),
        (
            {"launches": [dict(LAUNCH), {"name": "f", "product": "forecaster", "version": "1.0.0"}]},
            ("f is a new launch", "portfolio batch in eu-central-1 is new", "roles of forecaster is new"),
        ),
    ],
)
def test_other_settings_are_told_in_words_and_concern_no_other_spoke(
    two: Inventory, changed: Mapping[str, Any], reasons: tuple[str, ...]
) -> None:
    edited = spoke(two.root, "a", A, **changed)
    plan = make_plan(replace(two, spokes={**two.spokes, "spoke-a": edited}))

    assert (Kind.CHANGED, reasons) == verdict(plan)
    assert Kind.UNCHANGED is verdict(plan, "spoke-b")[0]


def test_another_version_in_the_settings_is_told_as_a_move(tmp_path: Path) -> None:
    scoring = {"name": "scoring", "product": "scorer", "parameters": {"ModelDataUrl": "s3://m/a.tar.gz"}}
    before = deployed(
        inventory(tmp_path, {"spoke-a": spoke(tmp_path, "a", A, launches=[{**scoring, "version": "1.0.0"}])})
    )
    after = spoke(tmp_path, "a", A, launches=[{**scoring, "version": "1.1.0"}])

    plan = make_plan(replace(before, spokes={"spoke-a": after}))

    assert (Kind.CHANGED, ("the settings of scoring changed", "scoring moves from 1.0.0 to 1.1.0")) == verdict(plan)


def test_a_range_moves_and_a_pinned_version_stays(tmp_path: Path) -> None:
    made = {"spoke-a": spoke(tmp_path, "a", A, launches=[RANGE]), "spoke-b": spoke(tmp_path, "b", B)}
    before = deployed(inventory(tmp_path, made))

    plan = make_plan(
        replace(before, hubs=hubs(offering(lambda it: it["versions"].update({"1.0.1": version("pa", {})}))))
    )

    assert (Kind.CHANGED, ("search moves from 1.0.0 to 1.0.1",)) == verdict(plan)
    assert (Kind.UNCHANGED, ()) == verdict(plan, "spoke-b")


def test_the_day_on_which_a_version_is_deprecated_is_told(tmp_path: Path) -> None:
    offered = hubs(offering(lambda it: it["versions"]["1.0.0"].update({"deprecated_on": "2026-11-05"})))
    before = deployed(inventory(tmp_path, spokes(tmp_path, a=A), hubs=offered))

    assert Kind.UNCHANGED is verdict(make_plan(replace(before, day=dt.date(2026, 11, 4))))[0]
    plan = make_plan(replace(before, day=dt.date(2026, 11, 5)))
    assert (Kind.CHANGED, ("search: 1.0.0 is deprecated since 2026-11-05.",)) == verdict(plan)


def test_another_offer_is_told(two: Inventory) -> None:
    plan = make_plan(replace(two, hubs=hubs(offering(lambda it: it["tags"].update({"framework": "torch"})))))

    assert (Kind.CHANGED, ("the hub changed what it offers to search (embedder 1.0.0)",)) == verdict(plan)


def test_what_no_spoke_uses_may_change_in_the_hub(two: Inventory) -> None:
    plan = make_plan(replace(two, hubs=hubs(offering(lambda it: it.update({"description": "Another one."})))))

    assert [(Kind.UNCHANGED, ())] * 2 == [verdict(plan, stack) for stack in plan.verdicts]
    assert plan.verdicts["spoke-a"].contract != recorded(two, "spoke-a").contract.content_hash


def test_all_reasons_are_told_at_once(two: Inventory) -> None:
    plan = make_plan(replace(two, code={**CODE, "locked dependencies": "other"}, tags={**two.tags, "spoke-a": "x"}))

    assert (
        "locked dependencies changed",
        UPDATED,
    ) == verdict(plan)[1]


@pytest.mark.parametrize(
    ("launches", "message"),
    [
        ([{**LAUNCH, "product": "nothing"}], r"product: invalid value 'nothing', which the hub does not offer"),
        ([{**LAUNCH, "version": "9.9.9"}], r"version: invalid value '9.9.9', which the hub does not offer"),
        ([{**LAUNCH, "parameters": {"Size": 1}}], r"invalid key 'Size', which the hub does not offer"),
    ],
)
def test_a_spoke_that_asks_for_what_is_not_offered_is_refused_by_itself(
    two: Inventory, launches: list[dict[str, Any]], message: str
) -> None:
    plan = make_plan(replace(two, spokes={**two.spokes, "spoke-a": spoke(two.root, "a", A, launches=launches)}))

    kind, [reason] = verdict(plan)
    assert Kind.REFUSED is kind
    assert reason.startswith("a run would be refused: Pulumi.spoke-a.yaml: launches[0] (search)")
    assert message in reason
    assert Kind.UNCHANGED is verdict(plan, "spoke-b")[0]


def test_a_spoke_whose_settings_are_wrong_is_refused_by_itself(two: Inventory) -> None:
    plan = make_plan(replace(two, spokes={**two.spokes, "spoke-a": spoke(two.root, "a", A, lunches=[])}))

    assert (
        Kind.REFUSED,
        (
            (
                "Pulumi.spoke-a.yaml: lunches: is not a known key. Did you mean launches? Remove it, or correct its "
                "spelling."
            ),
        ),
    ) == (verdict(plan))
    assert Kind.UNCHANGED is verdict(plan, "spoke-b")[0]


def test_a_spoke_whose_hub_cannot_be_read_is_refused_by_itself(two: Inventory) -> None:
    outputs = {
        "hub": {"catalog": contract.publish(HUB_ACCOUNT, offer())},
        "next": EngineError("no stack named 'next'", code="example"),
    }
    edited = spoke(two.root, "a", A, hubStack="next")
    plan = make_plan(
        replace(two, spokes={**two.spokes, "spoke-a": edited}, hubs=Hubs(FakeEngine(outputs), ["hub", "next"]))
    )

    kind, [reason] = verdict(plan)
    assert (Kind.REFUSED, True) == (kind, "next: the hub was never deployed" in reason)
    assert Kind.UNCHANGED is verdict(plan, "spoke-b")[0]


@pytest.mark.parametrize(
    ("status", "words"),
    [("SUSPENDED", "suspended"), ("PENDING_CLOSURE", "pending closure"), ("CLOSED", "closed")],
)
def test_a_spoke_of_an_account_that_is_no_more_is_left_out(two: Inventory, status: str, words: str) -> None:
    found = organization(Member(id=A, name="Lab", status=status), Member(id=B))
    broken = spoke(two.root, "a", A, lunches=[])

    for spokes_ in (two.spokes, {**two.spokes, "spoke-a": broken}):
        plan = make_plan(replace(two, organization=found, spokes=spokes_, code={}))
        assert (Kind.LEFT_OUT, (f"the account {A} (Lab) is {words}",)) == verdict(plan)
        assert Kind.CHANGED is verdict(plan, "spoke-b")[0]


def test_every_verdict_bears_its_wave(two: Inventory) -> None:
    waves = fleet({"name": "first", "spokes": ["b"]}, {"name": "rest", "default": True})

    plan = make_plan(replace(two, settings=waves))

    assert {"spoke-a": "rest", "spoke-b": "first"} == {stack: each.wave for stack, each in plan.verdicts.items()}


def test_waves_that_do_not_fit_end_the_plan(two: Inventory) -> None:
    with refused(SettingsError, "spoke-in-no-wave", "fleet.yaml: waves"):
        make_plan(replace(two, settings=fleet({"name": "first", "spokes": ["b"]})))


def offering(change: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """Give an offer with another embedder."""
    changed = offer()
    region, products, key = EMBEDDER
    change(changed[region][products][key])
    return changed
