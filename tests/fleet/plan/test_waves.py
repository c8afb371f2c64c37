"""Every spoke is in one wave, by its name, its account's unit or tags, or because nobody else named it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from fleet.errors import SettingsError
from fleet.plan.spokes import Spoke
from fleet.plan.waves import assign
from shared.aws.organization import Organization
from tests.support.fleet.making import FakeOrganizations, Member, fleet, organization, spokes, unit_id
from tests.support.refused import refused

A, B, C, D = "300000000001", "300000000002", "300000000003", "300000000004"


@pytest.fixture
def four(tmp_path: Path) -> dict[str, Spoke]:
    """Give four spokes; the account of the last one is in no organization."""
    return spokes(tmp_path, lab=A, research=B, sales=C, guest=D)


@pytest.fixture
def accounts() -> Organization:
    return organization(
        Member(id=A, unit="Workloads/Research/Lab", tags={"tier": "bronze", "team": "lab"}),
        Member(id=B, unit="Workloads/Research", tags={"tier": "gold"}),
        Member(id=C, unit="Workloads/Sales", tags={"tier": "gold", "team": "sales"}),
    )


REST = {"name": "rest", "default": True}


@pytest.mark.parametrize(
    ("named", "members"),
    [
        ({"spokes": ["lab"]}, {"lab"}),
        ({"spokes": ["spoke-lab", "sales"]}, {"lab", "sales"}),
        ({"spokes": ["*a*"]}, {"lab", "research", "sales"}),
        ({"units": ["Workloads"]}, {"lab", "research", "sales"}),
        ({"units": ["Workloads/Research"]}, {"lab", "research"}),
        ({"units": [unit_id("Workloads/Research")]}, {"lab", "research"}),
        ({"units": [unit_id("Workloads/Sales"), "Workloads/Research/Lab"]}, {"lab", "sales"}),
        ({"tags": {"tier": "gold"}}, {"research", "sales"}),
        ({"tags": {"tier": "gold", "team": "sales"}}, {"sales"}),
        ({"units": ["Workloads/Sales"], "tags": {"team": "lab"}, "spokes": ["guest"]}, {"lab", "sales", "guest"}),
        ({"units": ["Workloads"], "exclude": ["sales"]}, {"lab", "research"}),
        ({"spokes": ["*"], "exclude": ["*a*"]}, {"guest"}),
    ],
)
def test_a_wave_takes_whom_it_names_and_the_others_are_in_the_rest(
    four: dict[str, Spoke], accounts: Organization, named: Mapping[str, Any], members: set[str]
) -> None:
    first, rest = assign(fleet({"name": "first", **named}, REST).waves, four, accounts)

    assert {f"spoke-{name}" for name in members} == set(first.stacks)
    assert four.keys() - set(first.stacks) == set(rest.stacks)


def test_the_others_may_come_first(four: dict[str, Spoke]) -> None:
    rest, last = assign(fleet(REST, {"name": "last", "spokes": ["lab"]}).waves, four, None)

    assert ("spoke-lab",) == last.stacks
    assert 3 == len(rest.stacks)


def test_nobody_may_be_left_for_the_others(four: dict[str, Spoke]) -> None:
    assert () == assign(fleet({"name": "all", "spokes": ["*"]}, REST).waves, four, None)[1].stacks


@pytest.mark.parametrize(
    ("waves", "code", "place", "said"),
    [
        ([{"name": "first", "spokes": ["nobody"]}, REST], "spoke-unknown", "waves[0].spokes", "'nobody'"),
        (
            [REST, {"name": "last", "spokes": ["lab"], "exclude": ["nobody"]}],
            "spoke-unknown",
            "waves[1].exclude",
            "'nobody'",
        ),
        (
            [{"name": "first", "units": ["Workloads/Research"]}, {"name": "second", "tags": {"team": "lab"}}, REST],
            "spoke-in-two-waves",
            "waves",
            "'first' (by the unit Workloads/Research) and 'second' (by the tags",
        ),
        (
            [{"name": "first", "spokes": ["lab", "sales"]}],
            "spoke-in-no-wave",
            "waves",
            "the spokes spoke-research, spoke-guest.",
        ),
        (
            [{"name": "first", "units": ["Workloads/Play"]}, REST],
            "wave-without-spokes",
            "waves[0]",
            "is in the unit Workloads/Play.",
        ),
        (
            [{"name": "first", "tags": {"tier": "iron"}, "units": ["ou-1"]}, REST],
            "wave-without-spokes",
            "waves[0]",
            "is in the unit ou-1 or has the tag tier=iron.",
        ),
        (
            [{"name": "first", "spokes": ["lab"], "exclude": ["lab"]}, REST],
            "wave-without-spokes",
            "waves[0]",
            "its exclude names",
        ),
    ],
)
def test_waves_that_do_not_fit_the_spokes_are_refused(
    four: dict[str, Spoke], accounts: Organization, waves: list[dict[str, Any]], code: str, place: str, said: str
) -> None:
    with refused(SettingsError, code, f"fleet.yaml: {place}") as found:
        assign(fleet(*waves).waves, four, accounts)

    assert said in str(found.value)


def test_many_spokes_in_no_wave_are_not_all_named(tmp_path: Path) -> None:
    many = spokes(tmp_path, **{f"n{number:02}": f"3000000000{number:02}" for number in range(12)})

    with refused(SettingsError, "spoke-in-no-wave", "fleet.yaml: waves") as found:
        assign(fleet({"name": "first", "spokes": ["n00"]}).waves, many, None)

    assert "spoke-n08 and 3 more." in str(found.value)


@pytest.mark.parametrize("named", [{"units": ["Workloads"]}, {"tags": {"tier": "gold"}}])
def test_a_wave_by_units_or_tags_needs_a_readable_organization(
    four: dict[str, Spoke], named: Mapping[str, Any]
) -> None:
    with refused(SettingsError, "wave-needs-organization", "fleet.yaml: waves[1]"):
        assign(fleet(REST, {"name": "last", **named}).waves, four, None)


def test_tags_are_not_asked_for_where_no_wave_goes_by_them(four: dict[str, Spoke]) -> None:
    client: Any = FakeOrganizations([Member(id=A, unit="Workloads")])

    assign(fleet({"name": "first", "units": ["Workloads"]}, REST).waves, four, Organization(client))

    assert "list_tags_for_resource" not in {operation for operation, _ in client.asked}
