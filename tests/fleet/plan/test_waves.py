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
    ("waves", "message"),
    [
        (
            [{"name": "first", "spokes": ["nobody"]}, REST],
            r"^fleet\.yaml: waves\[0\]\.spokes: invalid value 'nobody': no such spoke\. The spokes are: spoke-lab,",
        ),
        (
            [REST, {"name": "last", "spokes": ["lab"], "exclude": ["nobody"]}],
            r"^fleet\.yaml: waves\[1\]\.exclude: invalid value 'nobody': no such spoke\.",
        ),
        (
            [{"name": "first", "units": ["Workloads/Research"]}, {"name": "second", "tags": {"team": "lab"}}, REST],
            r"in the waves 'first' \(by the unit Workloads/Research\) and 'second' \(by the tags.*exclude: \[spoke-lab",
        ),
        (
            [{"name": "first", "spokes": ["lab", "sales"]}],
            r"^fleet\.yaml: in no wave: spoke-research, spoke-guest\. Name them in a wave, or add one with default",
        ),
        (
            [{"name": "first", "units": ["Workloads/Play"]}, REST],
            r"waves\[0\]: the wave 'first' names nobody: no spoke's account is in the unit Workloads/Play\. Correct it",
        ),
        (
            [{"name": "first", "tags": {"tier": "iron"}, "units": ["ou-1"]}, REST],
            r"waves\[0\]: the wave 'first' names nobody: no spoke's account is in the unit ou-1 or tier=iron\.",
        ),
        (
            [{"name": "first", "spokes": ["lab"], "exclude": ["lab"]}, REST],
            r"the wave 'first' names nobody: .*its list once `exclude` is taken away",
        ),
    ],
)
def test_waves_that_do_not_fit_the_spokes_are_refused(
    four: dict[str, Spoke], accounts: Organization, waves: list[dict[str, Any]], message: str
) -> None:
    with pytest.raises(SettingsError, match=message):
        assign(fleet(*waves).waves, four, accounts)


def test_many_spokes_in_no_wave_are_not_all_named(tmp_path: Path) -> None:
    many = spokes(tmp_path, **{f"n{number:02}": f"3000000000{number:02}" for number in range(12)})

    with pytest.raises(SettingsError, match=r"in no wave: spoke-n01, .*spoke-n08 and 3 more\. Name them"):
        assign(fleet({"name": "first", "spokes": ["n00"]}).waves, many, None)


@pytest.mark.parametrize("named", [{"units": ["Workloads"]}, {"tags": {"tier": "gold"}}])
def test_a_wave_by_units_or_tags_needs_a_readable_organization(
    four: dict[str, Spoke], named: Mapping[str, Any]
) -> None:
    with pytest.raises(
        SettingsError, match=r"the wave 'first' goes by units or tags .*could not be read\. Use .* or name"
    ):
        assign(fleet({"name": "first", **named}, REST).waves, four, None)


def test_tags_are_not_asked_for_where_no_wave_goes_by_them(four: dict[str, Spoke]) -> None:
    client: Any = FakeOrganizations([Member(id=A, unit="Workloads")])

    assign(fleet({"name": "first", "units": ["Workloads"]}, REST).waves, four, Organization(client))

    assert "list_tags_for_resource" not in {operation for operation, _ in client.asked}
