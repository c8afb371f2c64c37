"""What accounts run, beside what stacks declare."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fleet.errors import AccountsError
from fleet.plan.account_inventory import AccountInventory, Scope
from fleet.show import account_launches as module
from fleet.show.account_launches import (
    AccountLaunches,
    in_lines,
    launches_everywhere,
    launches_in_accounts,
    not_looked_at,
)
from fleet.store.deployments import Deployment
from shared.aws.provisioned_products import ProvisionedProduct
from tests.support.fake_account import always
from tests.support.fleet.making import RECORD, Member, inventory, organization, spokes, write_spoke, write_state
from tests.support.launched import OWNER, provisioned
from tests.support.refused import refused

A, B = "300000000001", "300000000002"
[SEARCH] = RECORD.launches
DECLARED = {"spoke-a": Deployment(launches=[SEARCH.model_copy(update={"region": "eu-central-1"})])}
MINE = provisioned(account=A, product_id="prod-embedder", name="search", artifact_id="pa-embedder-100")
BY_HAND = provisioned(account=A, product_id="prod-scorer", name="mine", artifact_id="pa-scorer-100")
GONE = provisioned(account=A, product_id="prod-gone", name="old", artifact_id="pa-old", version="0.9")
FOREIGN = provisioned(account=A, product_id="prod-wiki", name="wiki", tags={})


def found(monkeypatch: pytest.MonkeyPatch, *launched: ProvisionedProduct, **unread: str) -> None:
    """Let accounts have these launches."""

    def read(scope: Scope, is_of_catalog: Any) -> AccountInventory:  # noqa: ANN401 - as the function has it
        accounts = {way.account for way in scope.ways}
        kept = [each for each in launched if is_of_catalog(each) and each.account in accounts]
        return AccountInventory(found=kept, unread={key.removeprefix("a"): text for key, text in unread.items()})

    monkeypatch.setattr(module, "read_accounts", read)


def looked(tmp_path: Path) -> AccountLaunches:
    """Look at the accounts of two spokes, of which the first has deployed a launch."""
    return launches_in_accounts(inventory(tmp_path, spokes(tmp_path, a=A, b=B)), DECLARED)


def test_a_launch_is_a_stacks_or_nobodys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found(monkeypatch, MINE, BY_HAND, FOREIGN)

    launches = looked(tmp_path)

    assert [("search", "embedder", "1.0.0", "active", "spoke-a"), ("mine", "scorer", "1.0.0", "active", "")] == [
        (each.provisioned.name, each.product, each.version, each.state, each.stack) for each in launches.launches
    ]
    [undeclared] = launches.undeclared
    assert f"mine in {A} (eu-central-1, AVAILABLE; no stack's, launched by {OWNER})" == str(undeclared)
    assert {A, B} == launches.read


def test_a_launch_of_the_same_name_elsewhere_is_not_the_stacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found(monkeypatch, provisioned(account=B, product_id="prod-embedder", name="search"))

    assert ["search"] == [each.provisioned.name for each in looked(tmp_path).undeclared]


def test_what_no_hub_publishes_any_more_is_known_by_the_hubs_tag(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found(monkeypatch, GONE)

    [launch] = looked(tmp_path).launches

    assert ("The scorer", "", "0.9", "unknown") == (launch.product, launch.original_key, launch.version, launch.state)
    assert "\n  The scorer 0.9: old in " in in_lines([launch])


@pytest.fixture
def backend(root: Path, monkeypatch: pytest.MonkeyPatch, storage: Any) -> Path:  # noqa: ANN401 - a fixture of the folder above
    """Give a checkout with a backend in which the first spoke has a launch."""
    launched = {"product": "embedder", "version": "1.0.0", "region": "eu-central-1", "status": "AVAILABLE"}
    write_state(storage, "spoke-a", search=launched)
    monkeypatch.setenv("PULUMI_BACKEND_URL", storage.url)
    hubs = inventory(root, {}).hubs
    monkeypatch.setattr("fleet.show.launches.Hubs", always(hubs))
    monkeypatch.setattr(module, "read_organization", always((None, "the organization's accounts cannot be listed")))
    return root


def test_who_lets_something_go_sees_all_accounts_or_one(backend: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found(monkeypatch, MINE, provisioned(account=B, product_id="prod-scorer", name="theirs"))

    everywhere, here = launches_everywhere(backend), launches_everywhere(backend, stack="spoke-a")

    assert ["search", "theirs"] == [each.provisioned.name for each in everywhere.launches]
    assert ["theirs"] == [each.provisioned.name for each in everywhere.undeclared]
    assert ["search"] == [each.provisioned.name for each in here.launches]


def test_an_account_that_cannot_be_seen_may_run_anything(backend: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_spoke(backend, "b", B)
    found(monkeypatch, a300000000002="not authorized")

    with refused(AccountsError, "accounts-unread") as problem:
        launches_everywhere(backend)
    assert f"\n  {B}: not authorized" in str(problem.value)


def test_a_role_to_look_everywhere_needs_the_list_of_accounts(backend: Path) -> None:
    (backend / "fleet.yaml").write_text("inventory: {roleName: ModelCatalogInventory}\n")

    with refused(AccountsError, "organization-unread"):
        launches_everywhere(backend)


def test_accounts_that_nobody_can_look_at_are_named(
    backend: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    found(monkeypatch)
    members = organization(Member(id=A), Member(id=B), Member(id="300000000003"))
    monkeypatch.setattr(module, "read_organization", always((members, "")))

    assert "not looked at: 300000000003, which have no spoke" in not_looked_at(launches_everywhere(backend))
    assert "" == not_looked_at(looked(tmp_path))


def test_a_stack_whose_settings_are_elsewhere_declares_its_launches_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found(monkeypatch, MINE)
    fleet = inventory(tmp_path, spokes(tmp_path, b=A))
    recorded = {name: replace(each, account=A) for name, each in DECLARED.items()}
    elsewhere = {name: replace(each, account=B) for name, each in DECLARED.items()}

    assert [[], [], ["search"]] == [
        [each.provisioned.name for each in launches_in_accounts(fleet, deployments).undeclared]
        for deployments in (recorded, DECLARED, elsewhere)
    ]
