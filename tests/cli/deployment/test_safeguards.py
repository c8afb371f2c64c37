"""What ends a hub's or a spoke's run before it begins, because launches would lose what they need."""

import json
from pathlib import Path
from typing import Any

import pytest

from cli.deployment import safeguards
from cli.exit_codes import ExitCode
from fleet.engine import Engine
from fleet.run import preparation
from fleet.show.account_launches import AccountLaunch, AccountLaunches
from fleet.store.storage import Storage
from shared.catalog import contract
from tests.support.catalog_copy import CatalogCopy
from tests.support.command_line import Command
from tests.support.fake_account import always, noting
from tests.support.fleet.making import HUB_ACCOUNT
from tests.support.launched import FakeCatalog, FakeSession, item, provisioned
from tests.support.offers import product, version
from tests.support.paths import ROOT

FRAUD, EMBEDDER = "fraud-detector-realtime", "text-embedder-serverless"
LAUNCH_ROLE = "ModelCatalogLaunch-scorer"


@pytest.fixture
def ran(tmp_path: Path, catalog: CatalogCopy, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give a project with a hub that is deployed, and the commands that are run on its stacks."""
    assert catalog.folder.exists()
    for stack in ("hub", "spoke-research"):
        (tmp_path / f"Pulumi.{stack}.yaml").write_text((ROOT / f"Pulumi.{stack}.yaml").read_text())
    storage = Storage((tmp_path / "backend").as_uri())
    products = {FRAUD: product(FRAUD, "online", {"1.0.0": version("pa-1", {}), "1.1.0": version("pa-2", {})})}
    portfolios: dict[str, Any] = {"online": {"id": "port-1", "name": "Online", "shares": []}}
    offered: dict[str, Any] = {"eu-central-1": {"portfolios": portfolios, "products": products}}
    outputs = {"catalog": contract.publish(HUB_ACCOUNT, offered)}
    write(storage, "model-catalog-hub", "hub", {"type": "pulumi:pulumi:Stack", "urn": "urn", "outputs": outputs})
    monkeypatch.setenv("PULUMI_BACKEND_URL", storage.url)
    found: list[str] = []
    monkeypatch.setattr(Engine, "select", always(None))
    monkeypatch.setattr(Engine, "attended", noting(found, 0))
    return found


def write(storage: Storage, project: str, stack: str, *resources: dict[str, object]) -> None:
    """Write a stack's state."""
    content = {"checkpoint": {"latest": {"resources": resources}}}
    storage.write(f".pulumi/stacks/{project}/{stack}.json", json.dumps(content).encode())


def run_by(monkeypatch: pytest.MonkeyPatch, *launches: AccountLaunch) -> None:
    """Let accounts run these."""
    there = AccountLaunches(launches=launches, read=set(), unread={}, unknown=[])
    monkeypatch.setattr("cli.launched.launches_everywhere", always(there))


def launch(number: str = "1.0.0", *, stack: str = "", product_id: str = f"prod-{FRAUD}") -> AccountLaunch:
    """Give a launch."""
    return AccountLaunch(
        provisioned=provisioned(name="mine", product_id=product_id),
        product=FRAUD,
        original_key=FRAUD,
        version=number,
        state="active",
        stack=stack,
    )


def test_a_version_does_not_retire_under_a_launch_that_no_stack_declares(
    ran: list[str], catalog: CatalogCopy, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog.end(FRAUD, "1.0.0", state="retired", replacement="1.1.0")
    run_by(monkeypatch, launch())

    refused, previewed = command("stack", "up", "hub"), command("stack", "preview", "hub")
    acknowledged = command("stack", "up", "hub", "--acknowledge-launches", "--yes")

    assert (ExitCode.NOT_REACHED, ("version-in-use-undeclared", "hub")) == (refused.code, refused.refusal)
    assert f"\n  {FRAUD} 1.0.0: mine in 333344445555 (eu-central-1, AVAILABLE; no stack's" in refused.err
    assert "warning: hub up will be refused" in previewed.out
    assert (0, 0) == (previewed.code, acknowledged.code)
    assert ["hub hub preview --diff --suppress-outputs", "hub hub up --suppress-outputs --yes"] == ran


def test_a_version_retires_where_stacks_or_other_versions_are_concerned(
    ran: list[str], catalog: CatalogCopy, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their own previews tell what becomes of them."""
    catalog.end(FRAUD, "1.0.0", state="retired", replacement="1.1.0")
    run_by(monkeypatch, launch(stack="spoke-research"), launch("1.1.0"))

    assert 0 == command("stack", "up", "hub").code
    assert ["hub hub up --suppress-outputs"] == ran


def test_a_catalog_with_mistakes_is_refused_by_the_program_in_its_own_words(
    ran: list[str], catalog: CatalogCopy, command: Command
) -> None:
    catalog.replace(f"products/{FRAUD}/product.yaml", "versions:", "version:")

    assert 0 == command("stack", "up", "hub").code
    assert ["hub hub up --suppress-outputs"] == ran


def test_a_preview_begins_with_all_that_is_to_be_mended_and_asks_nobody(
    ran: list[str], catalog: CatalogCopy, command: Command
) -> None:
    catalog.keep(FRAUD, EMBEDDER)
    catalog.replace(f"products/{FRAUD}/product.yaml", "versions:", "version:")
    catalog.replace(
        f"products/{EMBEDDER}/product.yaml", "\ndescription: >-\n", "\ndescription: >-\n  <fill in: what it is for>\n"
    )

    done = command("stack", "preview", "hub")

    assert (ExitCode.MISTAKE, "catalog-to-mend", []) == (done.code, done.refusal[0], ran)
    assert "Did you mean versions?" in done.err
    assert "product.yaml:8: fill in what it is for" in done.err


def test_accounts_are_asked_only_where_a_version_retires(
    ran: list[str], command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cli.launched.launches_everywhere", None)

    assert 0 == command("stack", "up", "hub").code
    assert ["hub hub up --suppress-outputs"] == ran


def test_a_hub_is_not_destroyed_under_its_launches(
    ran: list[str], command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_by(monkeypatch, launch(stack="spoke-research"), launch(product_id="prod-of-another-hub"))

    refused = command("stack", "destroy", "hub")
    acknowledged = command("stack", "destroy", "hub", "--acknowledge-launches")

    assert (ExitCode.NOT_REACHED, ("hub-in-use", "hub")) == (refused.code, refused.refusal)
    assert "hub: 1 launches of its products would lose the hub." in refused.err
    assert 0 == acknowledged.code
    assert ["hub hub destroy --suppress-outputs"] == ran


def test_a_hub_that_nobody_uses_or_that_published_nothing_may_go(
    ran: list[str], tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_by(monkeypatch)
    assert 0 == command("stack", "destroy", "hub").code

    write(Storage((tmp_path / "backend").as_uri()), "model-catalog-hub", "hub")
    monkeypatch.setattr("cli.launched.launches_everywhere", None)
    assert 0 == command("stack", "destroy", "hub").code
    assert ["hub hub destroy --suppress-outputs"] * 2 == ran


def test_a_hub_whose_contract_is_damaged_is_not_taken_for_one_that_nobody_uses(
    ran: list[str], tmp_path: Path, command: Command
) -> None:
    outputs = {"catalog": {"schema_version": "9.0"}}
    stack: dict[str, object] = {"type": "pulumi:pulumi:Stack", "urn": "urn", "outputs": outputs}
    write(Storage((tmp_path / "backend").as_uri()), "model-catalog-hub", "hub", stack)

    ended = command("stack", "destroy", "hub")

    assert ("catalog-of-another-version", "stack hub") == ended.refusal
    assert [] == ran


@pytest.mark.parametrize("verb", ["up", "preview", "destroy"])
def test_a_role_that_a_launch_needs_which_no_stack_declares_does_not_go(
    ran: list[str], tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    role: dict[str, object] = {"type": "aws:iam/role:Role", "urn": "urn", "inputs": {"name": LAUNCH_ROLE}}
    write(Storage((tmp_path / "backend").as_uri()), "model-catalog-spoke", "spoke-research", role)
    account = FakeCatalog([item(Name="mine")])
    account.details["pp-1"] = {"LaunchRoleArn": f"arn:aws:iam::333344445555:role/{LAUNCH_ROLE}"}
    for module in (safeguards, preparation):
        monkeypatch.setattr(module, "AccountSession", always(FakeSession(account)))
    kept = preparation.Kept(roles=[], regions=["eu-central-1"])
    monkeypatch.setattr(safeguards, "kept_by", always(kept))
    monkeypatch.setattr(safeguards, "resolve_launches", always([]))

    ended = command("stack", verb, "spoke-research")

    assert ("roles-in-use", "spoke-research") == ended.refusal
    assert "mine (pp-1) in eu-central-1, AVAILABLE, launched by arn:aws:sts::333344445555" in ended.err
    assert [] == ran


def test_where_nobody_can_say_what_a_run_keeps_the_program_says_why(
    ran: list[str], tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For example because a launch asks for what the hub does not offer."""
    role: dict[str, object] = {"type": "aws:iam/role:Role", "urn": "urn", "inputs": {"name": LAUNCH_ROLE}}
    write(Storage((tmp_path / "backend").as_uri()), "model-catalog-spoke", "spoke-research", role)
    monkeypatch.setattr(preparation, "AccountSession", None)
    settings = tmp_path / "Pulumi.spoke-research.yaml"
    settings.write_text(settings.read_text().replace(FRAUD, "fraud-detector-nightly"))

    assert 0 == command("stack", "up", "spoke-research").code
    assert ["spoke spoke-research up"] == ran


def test_a_contract_is_read_from_pulumi_cloud_by_pulumi(ran: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert [] == ran
    monkeypatch.setenv("PULUMI_BACKEND_URL", "https://api.pulumi.com")
    found = contract.parse(contract.publish(HUB_ACCOUNT, {}), source="hub")
    monkeypatch.setattr("cli.stacks.contract_of", always(found))

    assert found is safeguards.published_contract(["hub"], ())
