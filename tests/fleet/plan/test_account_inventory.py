"""Which accounts are looked at, and what is found there."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from fleet.plan import account_inventory as module
from fleet.plan.account_inventory import Scope, read_accounts, scope_of
from fleet.plan.settings import InventoryAccess
from shared.aws.accounts import Way, WrongAccountError
from shared.aws.provisioned_products import ProvisionedProduct
from tests.support.fake_account import always, denied
from tests.support.fleet.making import Member, organization, spoke, spokes
from tests.support.launched import FakeCatalog, item, provisioned

A, B, C = "300000000001", "300000000002", "300000000003"
ROLE = f"arn:aws:iam::{A}:role/Deployer"
MEMBERS = organization(Member(id=A), Member(id=B, status="SUSPENDED"), Member(id=C))


def test_spokes_are_looked_at_by_their_own_roles_and_who_is_suspended_is_not(tmp_path: Path) -> None:
    made = [spoke(tmp_path, "a", A, assumeRole=ROLE), spoke(tmp_path, "b", B)]

    scope = scope_of(InventoryAccess(), made, MEMBERS, {"eu-central-1"})

    assert [Way(A, ROLE)] == scope.ways
    assert [C] == scope.unknown


def test_with_a_role_for_it_every_active_account_is_looked_at_with_that_role(tmp_path: Path) -> None:
    made = [spoke(tmp_path, "a", A, assumeRole=ROLE)]

    scope = scope_of(InventoryAccess(role_name="Inventory"), made, MEMBERS, {"us-gov-west-1", "us-gov-east-1"})

    assert [Way(each, f"arn:aws-us-gov:iam::{each}:role/Inventory") for each in (A, C)] == scope.ways
    assert ["us-gov-east-1", "us-gov-west-1"] == scope.regions
    assert [] == scope.unknown


def test_without_an_organization_all_spokes_are_looked_at(tmp_path: Path) -> None:
    scope = scope_of(InventoryAccess(), spokes(tmp_path, a=A, b=B).values(), None, {"eu-central-1"})

    assert ([Way(A, None), Way(B, None)], []) == (scope.ways, scope.unknown)


def answer(monkeypatch: pytest.MonkeyPatch, accounts: dict[str, Any]) -> None:
    """Let each account answer with what it runs, or with an error."""

    def sign_in(way: Way) -> Any:  # noqa: ANN401 - stands for what is signed in
        found: Any = accounts[way.account]
        if isinstance(found, WrongAccountError):
            raise found
        return SimpleNamespace(client=always(found))

    monkeypatch.setattr(module, "Accounts", lambda: SimpleNamespace(sign_in=sign_in))


def test_what_an_account_runs_of_the_catalog_is_found_in_every_region(monkeypatch: pytest.MonkeyPatch) -> None:
    def mine(launched: ProvisionedProduct) -> bool:
        return launched.product_id == "prod-scorer"

    answer(monkeypatch, {A: FakeCatalog([item(), item(Id="pp-2", Name="wiki", ProductId="prod-wiki")])})

    found = read_accounts(Scope(ways=[Way(A, None)], regions=["eu-west-1", "eu-central-1"]), mine)

    assert [provisioned(account=A, region=region) for region in ("eu-central-1", "eu-west-1")] == found.found
    assert {} == found.unread


def test_an_account_that_cannot_be_looked_at_is_told_and_the_others_are_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    refusing = FakeCatalog()
    refusing.refusal = denied("SearchProvisionedProducts")
    answer(monkeypatch, {A: refusing, B: WrongAccountError("no role"), C: FakeCatalog([item()])})
    ways = [Way(each, None) for each in (A, B, C)]

    found = read_accounts(Scope(ways=ways, regions=["eu-central-1"]), always(True))  # noqa: FBT003 - the answer

    assert [C] == [each.account for each in found.found]
    assert "AccessDeniedException" in found.unread[A]
    assert "no role" == found.unread[B]
