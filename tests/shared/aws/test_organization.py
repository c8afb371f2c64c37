"""The accounts of the organization, with units, tags and status."""

from collections.abc import Iterator

import pytest

from shared.aws.organization import Organization
from shared.errors import ConfigError
from tests.support.fake_account import always, denied
from tests.support.fleet.making import MANAGEMENT, FakeOrganizations, Member, organization, unit_id
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
def client(monkeypatch: pytest.MonkeyPatch) -> FakeOrganizations:
    client = FakeOrganizations(TREE)
    monkeypatch.setattr("shared.aws.organization._client", always(client))
    return client


@pytest.mark.usefixtures("client")
def test_every_account_is_found_in_its_unit_over_all_pages() -> None:
    found = Organization()

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


def test_the_state_of_an_account_counts_before_the_status_that_it_replaces(
    client: FakeOrganizations, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pages(operation: str, parent: str, _: str) -> Iterator[dict[str, object]]:
        if operation == "list_roots":
            yield {"Roots": [{"Id": "r-root"}]}
        elif operation == "list_accounts_for_parent":
            yield {"Accounts": [{"Id": "1", "Name": parent, "Status": "ACTIVE", "State": "CLOSED"}]}
        else:
            yield {"OrganizationalUnits": []}

    monkeypatch.setattr(client, "pages", pages)

    assert "CLOSED" == Organization().accounts["1"].status


def test_tags_are_read_only_of_accounts_that_are_asked_for(client: FakeOrganizations) -> None:
    found = Organization()

    assert {"100000000003": {"tier": "gold", "team": "risk"}, "100000000002": {}} == dict(
        found.tags(["100000000003", "100000000002", "999999999999"])
    )
    assert ["100000000002", "100000000003"] == sorted(
        account for operation, account in client.asked if operation == "list_tags_for_resource"
    )


@pytest.mark.parametrize("operation", ["list_roots", "list_accounts_for_parent"])
def test_an_organization_that_may_not_be_read_is_told_with_a_remedy(
    client: FakeOrganizations, monkeypatch: pytest.MonkeyPatch, operation: str
) -> None:
    refuse(client, monkeypatch, operation)

    with pytest.raises(
        ConfigError, match=r"cannot be listed .*organization\.assumeRole in fleet\.yaml.*not authorized"
    ):
        Organization()


def test_tags_that_may_not_be_read_are_told(client: FakeOrganizations, monkeypatch: pytest.MonkeyPatch) -> None:
    found = Organization()
    refuse(client, monkeypatch, "list_tags_for_resource")

    with pytest.raises(ConfigError, match=r"the tags of the organization's accounts cannot be read: .*not authorized"):
        found.tags(["100000000003"])


def test_a_real_client_reads_the_same(sandbox: Sandbox) -> None:
    client = sandbox.client("organizations", MANAGEMENT)
    client.tag_resource(ResourceId=RESEARCH, Tags=[{"Key": "tier", "Value": "gold"}])

    found = Organization()

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
    role = f"arn:aws:iam::{HUB}:role/OrganizationAccountAccessRole"
    with pytest.raises(ConfigError, match="AWS says"):
        Organization(role)  # the hub's account is no administrator of the organization


def refuse(client: FakeOrganizations, monkeypatch: pytest.MonkeyPatch, operation: str) -> None:
    """Let an operation be refused."""
    answer = client.pages

    def pages(asked: str, parent: str, resource: str) -> Iterator[dict[str, object]]:
        if asked == operation:
            raise denied(operation)
        yield from answer(asked, parent, resource)

    monkeypatch.setattr(client, "pages", pages)
