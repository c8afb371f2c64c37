"""The accounts of the organization, with units, tags and status."""

import re
from typing import Any

import pytest
from botocore.exceptions import ClientError

from shared.aws.organization import Organization
from shared.aws.session import Session
from shared.errors import ConfigError
from tests.support.fake_account import FakeAccount
from tests.support.fleet.making import MANAGEMENT, FakeOrganizations, Member, organization, unit_id
from tests.support.refused import refused
from tests.support.sandbox.accounts import HUB, PRODUCTION, RESEARCH, SUSPENDED
from tests.support.sandbox.process import Sandbox

TREE = (
    Member(id="100000000001", name="boss"),
    Member(id="100000000002", unit="Workloads"),
    Member(id="100000000003", unit="Workloads/Research", tags={"tier": "gold", "team": "risk"}),
    Member(id="100000000004", unit="Workloads/Research/Lab", status="PENDING_CLOSURE"),
    Member(id="100000000005", unit="Workloads-Old"),
)


@pytest.fixture
def client() -> Any:  # noqa: ANN401 - it stands for a session
    return FakeOrganizations(TREE)


def test_every_account_is_found_in_its_unit_over_all_levels(client: Any) -> None:  # noqa: ANN401
    found = Organization(client)

    assert {each.id: each.unit for each in TREE} == {each.id: each.unit for each in found.accounts.values()}
    assert {unit_id("Workloads"), unit_id("Workloads/Research")} == found.accounts["100000000003"].units
    assert MANAGEMENT == found.management


@pytest.mark.parametrize(
    ("unit", "members"),
    [
        ("Workloads", {2, 3, 4}),
        ("Workloads/Research", {3, 4}),
        ("Research", set[int]()),
        (unit_id("Workloads"), {2, 3, 4}),
        (unit_id("Workloads/Research/Lab"), {4}),
        ("ou-else", set[int]()),
    ],
)
def test_an_account_is_in_a_unit_and_in_those_above_it(unit: str, members: set[int]) -> None:
    found = organization(*TREE)

    assert members == {int(each.id[-1]) for each in found.accounts.values() if each.is_in(unit)}


def test_only_an_active_account_is_active() -> None:
    found = organization(*TREE, Member(id="100000000006", status="SUSPENDED"))

    assert {"100000000004", "100000000006"} == {each.id for each in found.accounts.values() if not each.is_active}


def test_the_status_is_told_of_the_accounts_below_a_unit_and_of_all(client: Any) -> None:  # noqa: ANN401
    found = Organization(client)

    assert {"100000000003": "ACTIVE", "100000000004": "PENDING_CLOSURE"} == found.statuses_below(
        unit_id("Workloads/Research")
    )
    assert {each.id: each.status for each in TREE} == found.statuses_below("o-made")


def test_nothing_is_asked_twice_and_nothing_that_nobody_wants_to_know(client: Any) -> None:  # noqa: ANN401
    found = Organization(client)
    unit = unit_id("Workloads/Research")

    assert [] == client.asked
    assert found.statuses_below(unit) == found.statuses_below(unit)
    assert {unit, f"{unit}-lab"} == {about for _, about in client.asked}
    _ = (found.accounts, found.statuses, found.statuses, found.tags(["100000000003"]), found.tags(["100000000003"]))
    assert len(client.asked) == len(set(client.asked))


def test_the_state_of_an_account_counts_before_the_status_that_it_replaces() -> None:
    client: Any = FakeAccount(
        MANAGEMENT,
        {
            "list_roots": [{"Id": "r-root"}],
            "list_accounts_for_parent": [{"Id": "1", "Name": "it", "Status": "ACTIVE", "State": "CLOSED"}],
        },
        {},
    )

    assert "CLOSED" == Organization(client).accounts["1"].status


def test_tags_are_read_only_of_accounts_that_are_asked_for(client: Any) -> None:  # noqa: ANN401
    found = Organization(client)

    assert {"100000000003": {"tier": "gold", "team": "risk"}, "100000000002": {}} == dict(
        found.tags(["100000000003", "100000000002", "999999999999"])
    )
    assert ["100000000002", "100000000003"] == sorted(
        account for operation, account in client.asked if operation == "list_tags_for_resource"
    )


def test_tags_that_may_not_be_read_are_told(client: Any) -> None:  # noqa: ANN401
    found = Organization(client)
    client.refused.add("list_tags_for_resource")

    with refused(ConfigError, "account-tags-unreadable"):
        found.tags(["100000000003"])


def test_a_real_client_reads_the_same(sandbox: Sandbox) -> None:
    client = sandbox.client("organizations", MANAGEMENT)
    client.tag_resource(ResourceId=RESEARCH, Tags=[{"Key": "tier", "Value": "gold"}])

    found = Organization(Session())

    assert {
        MANAGEMENT: ("", True),
        HUB: (found.accounts[HUB].unit, True),
        RESEARCH: ("Workloads/Research", True),
        PRODUCTION: ("Workloads/Production", True),
        SUSPENDED: (found.accounts[SUSPENDED].unit, False),
    } == {each.id: (each.unit, each.is_active) for each in found.accounts.values()}
    assert MANAGEMENT == found.management
    assert {RESEARCH: {"tier": "gold"}} == dict(found.tags([RESEARCH]))
    [unit] = client.list_parents(ChildId=RESEARCH)["Parents"]
    assert found.accounts[RESEARCH].is_in(unit["Id"])
    assert {RESEARCH: "ACTIVE"} == found.statuses_below(unit["Id"])
    path = found.path_of(unit["Id"], where="here")
    assert path == found.path_of("Workloads/Research", where="here") == found.path_of(RESEARCH, where="here")
    assert re.fullmatch(rf"{found.id}/r-[a-z0-9]+/ou-[a-z0-9-]+/{unit['Id']}/", path)
    with refused(ConfigError, "unit-unknown", "here") as told:
        found.path_of("Workloads/Lab", where="here")
    assert "'Lab' is not among the units there (Production, Research)" in str(told.value)
    of_the_hub = Organization(Session(role=f"arn:aws:iam::{HUB}:role/OrganizationAccountAccessRole"))
    with pytest.raises(ClientError, match="AccessDenied"):
        _ = of_the_hub.accounts  # the hub's account is no administrator of the organization
