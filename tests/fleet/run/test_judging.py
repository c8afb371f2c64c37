"""A version goes on once its time has passed and nothing is bad; one that is bad is judged at once, and once."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fleet.errors import RecordsError, SettingsError
from fleet.plan.bakes import Arrival
from fleet.plan.inventory import Inventory
from fleet.plan.verdicts import FleetPlan, Kind, make_plan
from fleet.run import judging
from fleet.run.gate import Seen
from fleet.run.judging import judge, settle
from fleet.store.bakes import BakeResult, Bakes
from fleet.store.storage import Storage
from tests.support.fake_account import always
from tests.support.fleet.making import FINISHED, LAUNCH, deployed, fleet, hubs, inventory, offer, recorded, spoke
from tests.support.offers import version
from tests.support.refused import refused

ACCOUNTS = {"a": "300000000001", "b": "300000000002", "c": "300000000003"}
EARLY, LATE = FINISHED + dt.timedelta(hours=23), FINISHED + dt.timedelta(hours=25)
Look = Callable[..., None]


@pytest.fixture
def baking(tmp_path: Path, storage: Storage, monkeypatch: pytest.MonkeyPatch) -> Inventory:
    """Two spokes in the canary, which moved to 1.0.1 yesterday, and one that waits."""
    monkeypatch.setenv("PULUMI_BACKEND_URL", storage.url)
    offered = offer()
    versions = offered["eu-central-1"]["products"]["embedder"]["versions"]
    first = dict(versions)
    versions["1.0.1"] = version("pa-101", {})
    made = {
        f"spoke-{name}": spoke(tmp_path, name, account, launches=[{**LAUNCH, "version": "~1.0"}])
        for name, account in ACCOUNTS.items()
    }
    settings = fleet(
        {"name": "canary", "spokes": ["a", "b"], "bake": {"time": "24h"}},
        {"name": "rest", "default": True},
    )
    old = {**offered, "eu-central-1": {**offered["eu-central-1"]}}
    products = offered["eu-central-1"]["products"]
    old["eu-central-1"]["products"] = {**products, "embedder": {**products["embedder"], "versions": first}}
    before = deployed(inventory(tmp_path, made, settings=settings, hubs=hubs(old)))
    found = replace(before, hubs=hubs(offered))
    plan = make_plan(found)
    records = dict(found.records)
    for stack in ("spoke-a", "spoke-b"):
        verdict, record = plan.verdicts[stack], recorded(found, stack)
        launch = record.launches[0].model_copy(update={"version": "1.0.1", "before": "1.0.0"})
        changed = {"launches": [launch], "parts": verdict.parts, "fingerprint": verdict.fingerprint}
        records[stack] = record.model_copy(update=changed)
    return replace(found, records=records)


@pytest.fixture
def look(monkeypatch: pytest.MonkeyPatch) -> Look:
    """Give a way to say what is seen of the spokes' launches."""
    monkeypatch.setattr(judging, "caller", always("arn:aws:iam::111122223333:user/ada"))

    def saying(**seen: Seen) -> None:
        def look_at(arrival: Arrival, *_: Any) -> Seen:  # noqa: ANN401 - what it is looked at with
            return seen.get(arrival.stack.removeprefix("spoke-"), Seen(arrival.stack))

        monkeypatch.setattr(judging, "look_at", look_at)

    saying()
    return saying


def bad(stack: str) -> Seen:
    """See something bad."""
    return Seen(stack, bad=[f"the alarm slow of search in {stack} is on"])


def kinds(plan: FleetPlan) -> list[Kind]:
    """Give the verdicts."""
    return [each.kind for each in plan.verdicts.values()]


def test_nothing_is_judged_before_its_time(baking: Inventory, look: Look, storage: Storage) -> None:
    assert look
    plan, judged = settle(make_plan(baking), (), (), EARLY, write=True)

    assert ([], []) == ([*judged.results], [*judged.open])
    assert [Kind.UNCHANGED] * 3 == kinds(plan)
    assert [] == Bakes(storage).all()


def test_a_version_goes_on_once_its_time_has_passed(baking: Inventory, look: Look, storage: Storage) -> None:
    assert look
    plan, judged = settle(make_plan(baking), (), (), LATE, write=True)
    [result] = judged.results

    assert [Kind.UNCHANGED, Kind.UNCHANGED, Kind.CHANGED] == kinds(plan)
    assert (True, "canary", "embedder", "1.0.1", FINISHED) == (
        result.passed, result.wave, result.product, result.version, result.arrived,
    )  # fmt: skip
    assert [result] == Bakes(storage).all()
    assert not judged.is_bad


def test_one_that_is_bad_is_taken_back_at_once(baking: Inventory, look: Look, storage: Storage) -> None:
    look(a=bad("spoke-a"))
    plan, judged = settle(make_plan(baking), (), (), EARLY, write=True)

    assert [Kind.CHANGED, Kind.CHANGED, Kind.UNCHANGED] == kinds(plan)
    assert judged.is_bad
    assert [(False, True, ["the alarm slow of search in spoke-a is on"])] == [
        (each.passed, each.taken_back, each.reasons) for each in Bakes(storage).all()
    ]


def test_as_many_spokes_may_do_badly_as_the_wave_tolerates(baking: Inventory, look: Look) -> None:
    look(a=bad("spoke-a"))
    canary, rest = baking.settings.waves
    tolerant = baking.settings.model_copy(update={"waves": [canary.model_copy(update={"tolerance": "1"}), rest]})
    judged = judge(make_plan(replace(baking, settings=tolerant)), (), LATE)

    assert [True] == [each.passed for each in judged.results]


def test_stop_takes_nothing_back(baking: Inventory, look: Look) -> None:
    look(b=bad("spoke-b"))
    canary, rest = baking.settings.waves
    assert canary.bake
    bake = canary.bake.model_copy(update={"on_failed": "stop"})
    stopping = baking.settings.model_copy(update={"waves": [canary.model_copy(update={"bake": bake}), rest]})
    plan, judged = settle(make_plan(replace(baking, settings=stopping)), (), (), LATE, write=True)

    assert [(False, False)] == [(each.passed, each.taken_back) for each in judged.results]
    assert [Kind.UNCHANGED] * 3 == kinds(plan)


def test_what_cannot_be_seen_does_not_go_on_and_is_not_taken_back(
    baking: Inventory, look: Look, storage: Storage
) -> None:
    look(a=Seen("spoke-a", open=["search in spoke-a cannot be looked at"]))
    plan, judged = settle(make_plan(baking), (), (), LATE, write=True)

    assert ["embedder 1.0.1 does not go on from canary: search in spoke-a cannot be looked at"] == [*judged.open]
    assert judged.is_bad
    assert [Kind.UNCHANGED] * 3 == kinds(plan)
    assert [] == Bakes(storage).all()


def test_only_waves_that_were_chosen_are_judged(baking: Inventory, look: Look) -> None:
    look(a=bad("spoke-a"))

    assert [] == [*judge(make_plan(baking), ["rest"], LATE).results]


def test_a_dry_run_keeps_nothing(baking: Inventory, look: Look, storage: Storage) -> None:
    look(a=bad("spoke-a"))
    plan, _ = settle(make_plan(baking), (), (), LATE, write=False)

    assert Kind.CHANGED is kinds(plan)[0]
    assert [] == Bakes(storage).all()


def test_who_judges_first_has_judged(baking: Inventory, look: Look, storage: Storage) -> None:
    plan = make_plan(baking)
    settle(plan, (), (), LATE, write=True)
    look(a=bad("spoke-a"))
    _, judged = settle(plan, (), (), LATE, write=True)

    assert [True] == [each.passed for each in judged.results] == [each.passed for each in Bakes(storage).all()]


def test_a_version_that_was_taken_back_can_be_tried_again(baking: Inventory, look: Look, storage: Storage) -> None:
    look(a=bad("spoke-a"))
    settle(make_plan(baking), (), (), LATE, write=True)
    look()
    known = replace(baking, bakes=Bakes(storage).all())
    plan, _ = settle(make_plan(known), ("rest",), ("embedder@1.0.1",), EARLY, write=True)

    assert [Kind.UNCHANGED] * 3 == kinds(plan)
    assert [] == Bakes(storage).all()


def test_what_was_never_bad_is_not_tried_again(baking: Inventory, look: Look) -> None:
    assert look
    with refused(SettingsError, "version-not-bad", "--again"):
        settle(make_plan(baking), (), ("embedder@9.9.9",), LATE, write=True)


def test_a_result_that_nobody_wrote_so_is_refused_with_its_path(storage: Storage) -> None:
    storage.write(".fleet/bakes/canary/x@1.0.0.json", b"{}")

    with refused(RecordsError, "bake-corrupt", f"{storage.url}: .fleet/bakes/canary/x@1.0.0.json"):
        Bakes(storage).all()


def test_results_are_read_in_the_order_in_which_they_were_judged(storage: Storage) -> None:
    for number, time in (("2.0.0", FINISHED), ("1.0.0", LATE)):
        Bakes(storage).write(
            BakeResult(wave="canary", product="x", version=number, arrived=FINISHED, judged=time, passed=True)
        )

    assert ["2.0.0", "1.0.0"] == [each.version for each in Bakes(storage).all()]
