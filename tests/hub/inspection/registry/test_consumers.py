"""Whom a share reaches, as the organization tells it to those who may read it."""

from pathlib import Path
from typing import Any

import pytest

from hub.config import ShareSetting
from hub.inspection.registry.consumers import Consumer, OrganizationTree, consumer_of
from shared.errors import ConfigError
from tests.support.sandbox.accounts import HUB, RESEARCH
from tests.support.sandbox.process import Sandbox, running

OUTSIDE = "999900001111"


@pytest.fixture
def tree(sandbox: Sandbox) -> OrganizationTree:
    return OrganizationTree(sandbox.client("organizations", HUB))


def guest(tree: OrganizationTree, kind: str, target: str | None) -> Consumer:
    return consumer_of(ShareSetting.model_validate({"portfolio": "models", "type": kind, "target": target}), tree)


def test_a_unit_is_found_by_its_path_of_names_and_by_its_id(tree: OrganizationTree) -> None:
    by_name = guest(tree, "ORGANIZATIONAL_UNIT", "Workloads/Research")
    assert by_name.path is not None
    *_, organization, root, above, unit = ["", *by_name.path.strip("/").split("/")]
    by_id = guest(tree, "ORGANIZATIONAL_UNIT", unit)

    assert (tree.id, None) == (by_name.organization, by_name.account)
    assert organization == tree.id
    assert root.startswith("r-")
    assert above.startswith("ou-")
    assert by_id.path == by_name.path
    assert {} == tree.unread


def test_an_account_is_below_its_unit(tree: OrganizationTree) -> None:
    unit = guest(tree, "ORGANIZATIONAL_UNIT", "Workloads/Research")
    for kind in ("ACCOUNT", "ORGANIZATION_MEMBER_ACCOUNT"):
        account = guest(tree, kind, RESEARCH)

        assert (RESEARCH, tree.id, unit.path) == (account.account, account.organization, account.path)


def test_an_account_outside_has_no_organization(tree: OrganizationTree) -> None:
    found = guest(tree, "ACCOUNT", OUTSIDE)

    assert (OUTSIDE, None, None) == (found.account, found.organization, found.path)
    assert {} == tree.unread, "that it is outside was told"


@pytest.mark.parametrize("target", [None, "o-abcdefghij"])
def test_the_organization_is_the_own_one_or_the_named_one(tree: OrganizationTree, target: str | None) -> None:
    found = guest(tree, "ORGANIZATION", target)

    assert (target or tree.id) == found.organization
    assert f"{target or tree.id}/" == found.path


def test_a_unit_that_is_not_there_is_refused_with_those_that_are(tree: OrganizationTree) -> None:
    with pytest.raises(ConfigError, match=r"no unit 'Workloads/Lab': 'Lab' is not among .*\(Production, Research\)"):
        guest(tree, "ORGANIZATIONAL_UNIT", "Workloads/Lab")


def test_who_is_no_delegate_knows_its_organization_and_not_where_accounts_are(tmp_path: Path) -> None:
    """So an account that may be outside is taken to be outside, and a unit to be anywhere in the organization."""
    with running(tmp_path) as sandbox:
        tree = OrganizationTree(sandbox.client("organizations", RESEARCH))
        unit = guest(tree, "ORGANIZATIONAL_UNIT", "Workloads/Research")
        member = guest(tree, "ORGANIZATION_MEMBER_ACCOUNT", HUB)
        account = guest(tree, "ACCOUNT", HUB)

    assert (tree.id, f"{tree.id}/") == (unit.organization, unit.path)
    assert (tree.id, f"{tree.id}/") == (member.organization, member.path)
    assert (None, None) == (account.organization, account.path)
    assert {
        "the place of Workloads/Research": "AccessDeniedException",
        f"the place of {HUB}": "AccessDeniedException",
    } == tree.unread


def test_who_may_not_even_read_the_organization_knows_nothing(sandbox: Sandbox) -> None:
    sandbox.post("faults", [{"operation": "organizations:*", "error": "AccessDeniedException", "message": "no"}])
    try:
        tree: Any = OrganizationTree(sandbox.client("organizations", HUB))
        found = [guest(tree, "ORGANIZATION", None), guest(tree, "ORGANIZATIONAL_UNIT", "Workloads/Research")]
    finally:
        sandbox.post("faults", [])

    assert [(None, None), (None, None)] == [(each.organization, each.path) for each in found]
    assert {"its id": "AccessDeniedException"} == tree.unread
