"""What a plan says of accounts and spokes that do not go together."""

from dataclasses import replace
from pathlib import Path

import pytest

from fleet.plan.inventory import Inventory
from fleet.plan.spokes import read_spokes
from fleet.plan.verdicts import Kind, make_plan
from tests.support.fleet.making import HUB_ACCOUNT, MANAGEMENT, Member, deployed, inventory, organization, spokes

A, B = "300000000001", "300000000002"


@pytest.fixture
def two(tmp_path: Path) -> Inventory:
    """Give an inventory of two spokes that are where they are wanted."""
    return deployed(inventory(tmp_path, spokes(tmp_path, a=A, b=B)))


@pytest.mark.parametrize(
    ("text", "listed", "noted"),
    [
        (f'config:\n  model-catalog-spoke:accountId: "{A}"\n  [', ["New"], []),
        (
            "config: [",
            [],
            ["accounts without a spoke are not listed: Pulumi.spoke-a.yaml names no account that can be read"],
        ),
    ],
)
def test_a_broken_file_leaves_no_account_without_a_spoke(
    two: Inventory, text: str, listed: list[str], noted: list[str]
) -> None:
    """What is broken is told of by itself; the account has a spoke all the same."""
    (two.root / "Pulumi.spoke-a.yaml").write_text(text)
    found = organization(Member(id=A), Member(id=B), Member(id="300000000003", name="New"), Member(id=MANAGEMENT))
    plan = make_plan(replace(two, organization=found, spokes=read_spokes(two.root)))

    assert Kind.REFUSED is plan.verdicts["spoke-a"].kind
    assert listed == [account.name for account in plan.without_spoke]
    assert (noted, []) == (plan.notes, plan.without_account)


def test_accounts_without_a_spoke_and_spokes_without_an_account_are_listed(two: Inventory) -> None:
    found = organization(
        Member(id=A),
        Member(id="300000000003", name="New"),
        Member(id="300000000004", status="SUSPENDED"),
        Member(id=HUB_ACCOUNT),
        Member(id=MANAGEMENT),
    )
    plan = make_plan(replace(two, organization=found))

    assert ["New"] == [account.name for account in plan.without_spoke]
    assert ["spoke-b"] == plan.without_account
    assert Kind.UNCHANGED is plan.verdicts["spoke-b"].kind


def test_without_an_organization_a_plan_says_so_and_goes_on(two: Inventory) -> None:
    plan = make_plan(replace(two, unread="no access"))

    assert ["accounts are not looked at: no access"] == plan.notes
    assert ([], []) == (plan.without_spoke, plan.without_account)
    assert {None} == {each.account for each in plan.verdicts.values()}
