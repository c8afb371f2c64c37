"""A version waits in a wave before it goes on, and goes back where it did not do well; who waits stays as it is."""

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fleet.plan.inventory import Inventory
from fleet.plan.verdicts import FleetPlan, Kind, make_plan
from fleet.store.bakes import BakeResult
from fleet.store.records import Record
from spoke.launches.launches_file import read_platform
from tests.support.fleet.making import FINISHED, LAUNCH, deployed, fleet, hubs, inventory, offer, recorded, spoke
from tests.support.offers import version

A, B = "300000000001", "300000000002"
WAVES: list[dict[str, Any]] = [
    {"name": "canary", "spokes": ["a"], "bake": "24h"},
    {"name": "rest", "default": True},
]
GOOD = BakeResult(wave="canary", product="embedder", version="1.0.1", arrived=FINISHED, judged=FINISHED, passed=True)
BAD = GOOD.model_copy(update={"passed": False, "taken_back": True, "reasons": ["the alarm slow is on"]})
STOPPED = BAD.model_copy(update={"taken_back": False})
SINCE = FINISHED + dt.timedelta(days=1)


def offered(*numbers: str, **changed: Any) -> dict[str, Any]:  # noqa: ANN401 - parts of a version
    """Offer versions of the embedder."""
    found = offer()
    found["eu-central-1"]["products"]["embedder"]["versions"] = {
        number: version(f"pa-{number}", {}) | changed.get(f"v{number.replace('.', '_')}", {}) for number in numbers
    }
    return found


@pytest.fixture
def before(tmp_path: Path) -> Inventory:
    """Two spokes that follow a range, at 1.0.0, and a hub that has published 1.0.1 since."""
    launches = [{**LAUNCH, "version": "~1.0"}]
    spokes = {
        f"spoke-{name}": spoke(tmp_path, name, account, launches=launches) for name, account in (("a", A), ("b", B))
    }
    first = deployed(inventory(tmp_path, spokes, settings=fleet(*WAVES), hubs=hubs(offered("1.0.0"))))
    return replace(first, hubs=hubs(offered("1.0.0", "1.0.1")))


def arrived(found: Inventory, stack: str = "spoke-a") -> Inventory:
    """Let a spoke have moved to 1.0.1."""
    made = recorded(found, stack)
    moved = make_plan(found).verdicts[stack]
    launch = made.launches[0].model_copy(update={"version": "1.0.1", "before": "1.0.0", "since": SINCE})
    record = made.model_copy(
        update={"launches": [launch], "fingerprint": moved.fingerprint, "parts": moved.parts, "held": moved.holds}
    )
    return replace(found, records={**found.records, stack: record})


def kinds(plan: FleetPlan) -> dict[str, Kind]:
    """Give the verdicts."""
    return {stack: verdict.kind for stack, verdict in plan.verdicts.items()}


def numbers(plan: FleetPlan) -> dict[str, str]:
    """Give which version each spoke would run."""
    found = (
        (stack, each.choice.number) for stack, verdict in plan.verdicts.items() for each in verdict.resolved_launches
    )
    return dict(found)


def test_a_version_comes_to_the_wave_that_bakes_first_and_others_stay_as_they_are(before: Inventory) -> None:
    plan = make_plan(before)

    assert {"spoke-a": Kind.CHANGED, "spoke-b": Kind.UNCHANGED} == kinds(plan)
    assert {"spoke-a": "1.0.1", "spoke-b": "1.0.0"} == numbers(plan)
    assert recorded(before, "spoke-b").fingerprint == plan.verdicts["spoke-b"].fingerprint
    assert "1.0.1 comes to canary first, and bakes there for 24h" == plan.verdicts["spoke-b"].holds["search"].reason
    assert [] == list(plan.baking)


def test_without_a_bake_it_comes_to_all(before: Inventory) -> None:
    plan = make_plan(replace(before, settings=fleet({"name": "canary", "spokes": ["a"]}, WAVES[1])))

    assert {"spoke-a": Kind.CHANGED, "spoke-b": Kind.CHANGED} == kinds(plan)


def test_while_it_bakes_the_next_wave_waits_and_the_plan_says_until_when(before: Inventory) -> None:
    plan = make_plan(arrived(before))
    [baking] = plan.baking

    assert {"spoke-a": Kind.UNCHANGED, "spoke-b": Kind.UNCHANGED} == kinds(plan)
    assert ("canary", SINCE + dt.timedelta(hours=24), ("spoke-b",)) == (baking.wave, baking.until, baking.waiting)
    assert "embedder 1.0.1 bakes in canary until 2026-10-08 12:30 UTC; waiting for it: spoke-b" in plan.notes


def test_once_it_has_passed_it_goes_on(before: Inventory) -> None:
    plan = make_plan(replace(arrived(before), bakes=[GOOD]))

    assert {"spoke-a": Kind.UNCHANGED, "spoke-b": Kind.CHANGED} == kinds(plan)
    assert ("search moves from 1.0.0 to 1.0.1",) == plan.verdicts["spoke-b"].reasons
    assert [] == list(plan.baking)


def test_what_did_not_do_well_goes_back_where_it_has_arrived_and_says_why(before: Inventory) -> None:
    plan = make_plan(replace(arrived(before), bakes=[BAD]))

    assert {"spoke-a": Kind.CHANGED, "spoke-b": Kind.UNCHANGED} == kinds(plan)
    assert {"spoke-a": "1.0.0", "spoke-b": "1.0.0"} == numbers(plan)
    assert (
        "search goes back from 1.0.1 to 1.0.0: 1.0.1 was taken back in canary on 2026-10-06 (the alarm slow is on)",
    ) == plan.verdicts["spoke-a"].reasons
    assert {"spoke-a": True, "spoke-b": False} == {
        stack: each.holds["search"].lasting for stack, each in plan.verdicts.items()
    }
    assert any("--again embedder@1.0.1" in note for note in plan.notes)


def test_what_went_back_stays_back(before: Inventory) -> None:
    back = replace(arrived(before), bakes=[BAD])
    made = recorded(back, "spoke-a")
    verdict = make_plan(back).verdicts["spoke-a"]
    launch = made.launches[0].model_copy(update={"version": "1.0.0", "before": "1.0.1"})
    record = made.model_copy(
        update={"launches": [launch], "fingerprint": verdict.fingerprint, "parts": verdict.parts, "state": "another"}
    )
    again = make_plan(replace(back, records={**back.records, "spoke-a": record}))
    settled = make_plan(
        replace(back, records={**back.records, "spoke-a": record}, tags={**back.tags, "spoke-a": "another"})
    )

    assert "1.0.0" == numbers(again)["spoke-a"], "somebody ran it by hand: the version is taken back all the same"
    assert Kind.UNCHANGED is settled.verdicts["spoke-a"].kind
    assert settled.verdicts["spoke-a"].holds["search"].lasting


def test_stop_leaves_it_where_it_is_and_lets_it_go_no_further(before: Inventory) -> None:
    plan = make_plan(replace(arrived(before), bakes=[STOPPED]))

    assert {"spoke-a": Kind.UNCHANGED, "spoke-b": Kind.UNCHANGED} == kinds(plan)
    assert {"spoke-a": "1.0.1", "spoke-b": "1.0.0"} == numbers(plan)


def test_the_next_version_is_free_of_what_was_taken_back(before: Inventory) -> None:
    found = replace(arrived(before), bakes=[BAD], hubs=hubs(offered("1.0.0", "1.0.1", "1.0.2")))

    assert {"spoke-a": "1.0.2", "spoke-b": "1.0.0"} == numbers(make_plan(found))


def test_other_changes_of_a_spoke_go_on_while_a_version_bakes(before: Inventory, tmp_path: Path) -> None:
    other = spoke(tmp_path, "b", B, launches=[{**LAUNCH, "version": "~1.0", "tags": {"cost": "1"}}])
    plan = make_plan(replace(arrived(before), spokes={**before.spokes, "spoke-b": other}))

    assert Kind.CHANGED is plan.verdicts["spoke-b"].kind
    assert "1.0.0" == numbers(plan)["spoke-b"]


def test_a_pin_waits_like_a_range(before: Inventory, tmp_path: Path) -> None:
    pinned = spoke(tmp_path, "b", B, launches=[{**LAUNCH, "version": "1.0.1"}])
    plan = make_plan(replace(arrived(before), spokes={**before.spokes, "spoke-b": pinned}))

    assert "1.0.0" == numbers(plan)["spoke-b"]


def test_a_lower_version_waits_for_nothing(before: Inventory, tmp_path: Path) -> None:
    there = arrived(replace(before, bakes=[GOOD]), "spoke-b")
    down = spoke(tmp_path, "b", B, launches=[{**LAUNCH, "version": "1.0.0"}])
    plan = make_plan(replace(there, spokes={**before.spokes, "spoke-b": down}))

    assert "1.0.0" == numbers(plan)["spoke-b"]
    assert Kind.CHANGED is plan.verdicts["spoke-b"].kind


def test_a_new_launch_waits_for_nothing(before: Inventory) -> None:
    record = recorded(before, "spoke-b")
    without = record.model_copy(update={"launches": []})
    plan = make_plan(replace(before, records={**before.records, "spoke-b": without}))

    assert "1.0.1" == numbers(plan)["spoke-b"]


def test_a_version_that_nobody_runs_in_the_wave_that_bakes_goes_on(before: Inventory, tmp_path: Path) -> None:
    elsewhere = spoke(tmp_path, "a", A, launches=[])
    found = replace(before, spokes={**before.spokes, "spoke-a": elsewhere})
    plan = make_plan(replace(found, records={"spoke-b": recorded(before, "spoke-b")}))

    assert "1.0.1" == numbers(plan)["spoke-b"]


def test_what_somebody_else_moved_is_not_moved_down_for_a_bake(before: Inventory) -> None:
    plan = make_plan(replace(arrived(before), tags={**before.tags, "spoke-b": "another"}))

    assert "1.0.1" == numbers(plan)["spoke-b"]


def test_what_cannot_go_back_says_so(before: Inventory) -> None:
    found = replace(arrived(before), bakes=[BAD], hubs=hubs(offered("1.0.0", "1.0.1", v1_0_0={"state": "retired"})))
    plan = make_plan(found)

    assert "1.0.1" == numbers(plan)["spoke-a"]
    assert "search of spoke-a cannot go back to 1.0.0, which is retired" in plan.notes


def test_a_version_that_was_there_before_waves_baked_is_judged_only_where_others_wait_for_it(before: Inventory) -> None:
    found = arrived(before)
    record = recorded(found, "spoke-a")
    old = record.model_copy(update={"launches": [record.launches[0].model_copy(update={"before": ""})]})
    waited = make_plan(replace(found, records={**found.records, "spoke-a": old}))
    alone = make_plan(replace(found, spokes={"spoke-a": found.spokes["spoke-a"]}, records={"spoke-a": old}))

    assert 1 == len(waited.baking)
    assert [] == list(alone.baking)


def test_launches_of_launches_yaml_wait_without_becoming_another_change(before: Inventory, tmp_path: Path) -> None:
    (tmp_path / "launches.yaml").write_text(
        "entries: [{name: search, for: {all: true}, launches: [{name: search, product: embedder, version: ~1.0}]}]"
    )
    made = {f"spoke-{name}": spoke(tmp_path, name, account, launches=[]) for name, account in (("a", A), ("b", B))}
    first = replace(before, spokes=made, platform=read_platform(tmp_path), hubs=hubs(offered("1.0.0")))
    there = replace(deployed(first), hubs=before.hubs)

    assert {"spoke-a": Kind.CHANGED, "spoke-b": Kind.UNCHANGED} == kinds(make_plan(there))


def test_the_record_of_an_earlier_release_is_read(before: Inventory) -> None:
    text = recorded(before, "spoke-a").model_dump(mode="json", exclude={"held"})
    for launch in text["launches"]:
        del launch["before"]

    assert "" == Record.model_validate(text).launches[0].before


def test_who_moved_to_a_stopped_version_by_hand_is_left_there(before: Inventory) -> None:
    by_hand = {**before.tags, "spoke-b": "another"}
    plan = make_plan(replace(arrived(before), bakes=[STOPPED], tags=by_hand))

    assert "1.0.1" == numbers(plan)["spoke-b"]


def test_a_launch_that_is_new_does_not_begin_the_time_again(before: Inventory, tmp_path: Path) -> None:
    waves = [{**WAVES[0], "spokes": ["a", "b"]}, WAVES[1]]
    there = arrived(before)
    record = recorded(there, "spoke-b")
    new = {"version": "1.0.1", "before": "", "since": SINCE + dt.timedelta(days=9)}
    changed = record.model_copy(update={"launches": [record.launches[0].model_copy(update=new)]})
    waiting = spoke(tmp_path, "c", "300000000003", launches=[{**LAUNCH, "version": "~1.0"}])
    third = recorded(before, "spoke-b").model_copy(update={"stack": "spoke-c"})
    found = replace(
        there,
        settings=fleet(*waves),
        spokes={**there.spokes, "spoke-c": waiting},
        records={**there.records, "spoke-b": changed, "spoke-c": third},
        tags={**there.tags, "spoke-c": third.state},
    )
    [baking] = make_plan(found).baking

    assert (SINCE, ("spoke-c",), ["spoke-a"]) == (
        baking.arrived,
        baking.waiting,
        [each.stack for each in baking.arrivals],
    )
