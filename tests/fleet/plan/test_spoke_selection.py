"""Which spokes a command is about."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.errors import SettingsError
from fleet.plan.spoke_selection import (
    Shard,
    SpokeFilter,
    divide,
    parse_shard,
    refuse_before_earlier_waves,
    select_spokes,
    shard_of,
)
from fleet.plan.spokes import named
from fleet.plan.verdicts import FleetPlan, make_plan
from tests.support.fleet.making import Member, deployed, fleet, inventory, organization, spoke, spokes
from tests.support.fleet.upstream import planned, write_upstream
from tests.support.refused import refused
from tests.support.strategies import examples

NAMES = {"lab": "300000000001", "lab-two": "300000000002", "sales": "300000000003", "old": "300000000004"}
WAVES = ({"name": "first", "spokes": ["lab*"]}, {"name": "rest", "default": True})


@pytest.fixture
def plan(tmp_path: Path) -> FleetPlan:
    """Give a plan of four spokes, all of them new, of which one is left out."""
    closed = organization(Member(id=NAMES["old"], status="SUSPENDED"))
    return make_plan(inventory(tmp_path, spokes(tmp_path, **NAMES), settings=fleet(*WAVES), organization=closed))


@pytest.mark.parametrize(
    ("only", "exclude", "waves", "found"),
    [
        ([], [], [], "lab lab-two sales"),
        (["lab"], [], [], "lab"),
        (["lab*", "sales"], [], [], "lab lab-two sales"),
        ([], ["lab*"], [], "sales"),
        (["lab*"], ["spoke-lab"], [], "lab-two"),
        ([], [], ["first"], "lab lab-two"),
        ([], [], ["first", "rest"], "lab lab-two sales"),
        (["lab", "sales"], [], ["rest"], "sales"),
        (["old"], [], [], ""),
    ],
)
def test_each_choice_narrows_the_one_before_it(
    plan: FleetPlan, only: list[str], exclude: list[str], waves: list[str], found: str
) -> None:
    assert {f"spoke-{name}" for name in found.split()} == select_spokes(plan, SpokeFilter(only, exclude, waves))


@pytest.mark.parametrize(
    ("only", "exclude", "waves", "code", "place"),
    [
        (["nobody"], [], [], "spoke-unknown", "--only"),
        ([], ["nobody"], [], "spoke-unknown", "--exclude"),
        ([], [], ["second"], "wave-unknown", "--wave"),
        (["lab"], ["lab"], [], "no-spokes-match", ""),
        (["lab"], [], ["rest"], "no-spokes-match", ""),
    ],
)
def test_a_choice_of_nobody_is_a_mistake(
    plan: FleetPlan, only: list[str], exclude: list[str], waves: list[str], code: str, place: str
) -> None:
    with refused(SettingsError, code, place):
        select_spokes(plan, SpokeFilter(only, exclude, waves))


def test_the_options_that_together_match_nobody_are_named(plan: FleetPlan) -> None:
    with refused(SettingsError, "no-spokes-match") as found:
        select_spokes(plan, SpokeFilter(["lab"], ["sales"], ["rest"]))

    assert "--only, --exclude and --wave" in str(found.value)


def test_a_shard_may_be_empty(plan: FleetPlan) -> None:
    """Whoever divides the work cannot know who is in which."""
    empty = next(
        (number, 16) for number in range(1, 17) if number not in {shard_of(stack, 16) for stack in plan.verdicts}
    )

    assert frozenset() == select_spokes(plan, SpokeFilter(shard=empty))


@examples
@given(
    stacks=st.lists(st.from_regex(r"spoke-[a-z0-9-]{1,12}", fullmatch=True), unique=True, max_size=40),
    shards=st.integers(1, 256),
)
def test_shards_divide_any_spokes(stacks: list[str], shards: int) -> None:
    """Everybody is in one of them, and stays there whoever comes or goes."""
    parts = Counter(shard_of(stack, shards) for stack in stacks)

    assert len(stacks) == sum(parts.values())
    assert set(parts) <= set(range(1, shards + 1))
    assert [shard_of(stack, shards) for stack in reversed(stacks)] == [shard_of(stack, shards) for stack in stacks][
        ::-1
    ]


@pytest.mark.parametrize("number", [1, 2, 3, 7])
def test_the_shards_of_a_plan_are_a_partition_of_it(plan: FleetPlan, number: int) -> None:
    parts = [select_spokes(plan, SpokeFilter(shard=(part, number))) for part in range(1, number + 1)]

    assert select_spokes(plan, SpokeFilter()) == frozenset().union(*parts)
    assert 3 == sum(len(part) for part in parts)


def test_a_thousand_spokes_are_divided_about_evenly() -> None:
    parts = Counter(shard_of(f"spoke-{number:04}", 5) for number in range(1000))

    assert 150 < min(parts.values()) <= max(parts.values()) < 250


def test_a_spoke_is_in_the_same_shard_on_every_machine() -> None:
    assert [3, 4, 2, 3, 1] == [shard_of(f"spoke-{name}", 5) for name in ("a", "b", "c", "d", "e")]


@pytest.mark.parametrize(("text", "shard"), [("1/1", (1, 1)), ("2/5", (2, 5)), ("5/5", (5, 5))])
def test_a_shard_is_written_as_a_part_of_a_number(text: str, shard: Shard) -> None:
    assert shard == parse_shard(text)


@pytest.mark.parametrize("text", ["", "2", "0/5", "6/5", "-1/5", "a/b", "1/0", "1/2/3", "1.5/2"])
def test_what_is_no_shard_is_refused(text: str) -> None:
    with refused(SettingsError, "invalid-shard", "--shard"):
        parse_shard(text)


@pytest.mark.parametrize("waves", [["first"], ["first", "rest"], ["rest", "first"]])
def test_the_first_wave_may_always_begin(plan: FleetPlan, waves: list[str]) -> None:
    refuse_before_earlier_waves(plan, waves)


def test_a_wave_does_not_begin_before_the_one_before_it_is_through(plan: FleetPlan) -> None:
    with refused(SettingsError, "earlier-wave-not-finished", "--wave") as found:
        refuse_before_earlier_waves(plan, ["rest"])

    assert "spoke-lab, spoke-lab-two." in str(found.value)


def test_a_wave_begins_when_the_one_before_it_is_through(plan: FleetPlan) -> None:
    refuse_before_earlier_waves(make_plan(deployed(plan.inventory)), ["rest"])


def test_an_account_that_is_no_more_holds_nobody_up(plan: FleetPlan) -> None:
    gone = organization(*(Member(id=NAMES[name], status="CLOSED") for name in ("lab", "lab-two")))

    refuse_before_earlier_waves(make_plan(replace(plan.inventory, organization=gone)), ["rest"])


@pytest.mark.parametrize(("tolerance", "through"), [("0", False), ("1", True), ("49%", False), ("50%", True)])
def test_a_wave_is_through_when_no_more_are_missing_than_are_tolerated(
    plan: FleetPlan,
    tolerance: str,
    through: bool,  # noqa: FBT001 - what is expected
) -> None:
    waves = fleet({**WAVES[0], "tolerance": tolerance}, WAVES[1])
    done = deployed(plan.inventory)
    broken = {**done.spokes, "spoke-lab": spoke(done.root, "lab", NAMES["lab"], lunches=[])}
    later = make_plan(replace(done, settings=waves, spokes=broken))

    if through:
        refuse_before_earlier_waves(later, ["rest"])
    else:
        with refused(SettingsError, "earlier-wave-not-finished", "--wave"):
            refuse_before_earlier_waves(later, ["rest"])


@pytest.mark.parametrize(
    ("number", "text"), [(0, ""), (1, "s0"), (5, "s0, s1, s2, s3, s4"), (7, "s0, s1, s2, s3, s4 and 2 more")]
)
def test_of_many_stacks_a_few_are_named(number: int, text: str) -> None:
    assert text == named(f"s{each}" for each in range(number))


@pytest.mark.parametrize(
    ("choice", "stacks", "spokes"),
    [
        (SpokeFilter(), {"organization", "hub", "hub-batch"}, SpokeFilter()),
        (SpokeFilter(["hub*"]), {"hub", "hub-batch"}, SpokeFilter([])),
        (SpokeFilter(["hub-batch", "a"]), {"hub-batch"}, SpokeFilter(["a"])),
        (SpokeFilter(["a"]), set[str](), SpokeFilter(["a"])),
        (SpokeFilter(["*"]), set[str](), SpokeFilter(["*"])),
        (SpokeFilter(exclude=["organization", "a"]), {"hub", "hub-batch"}, SpokeFilter(exclude=["a"])),
        (SpokeFilter(waves=["canary"]), set[str](), SpokeFilter(waves=["canary"])),
        (SpokeFilter(shard=(1, 2)), set[str](), SpokeFilter(shard=(1, 2))),
    ],
)
def test_stacks_before_the_spokes_are_chosen_by_name_or_with_everything(
    tmp_path: Path, choice: SpokeFilter, stacks: set[str], spokes: SpokeFilter
) -> None:
    write_upstream(tmp_path)

    left, found = divide(make_plan(planned(tmp_path)), choice)

    assert (stacks, spokes) == (found, replace(left, only=left.only or spokes.only, exclude=left.exclude or ()))


def test_where_rollouts_run_no_hub_its_stacks_are_names_of_spokes(tmp_path: Path) -> None:
    write_upstream(tmp_path)
    plan = make_plan(replace(planned(tmp_path), settings=fleet()))

    assert (SpokeFilter(["hub"], []), frozenset()) == divide(plan, SpokeFilter(["hub"]))
