"""Who runs what, and what may be let go."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from cli.exit_codes import ExitCode
from fleet.show.account_launches import AccountLaunch, AccountLaunches
from fleet.store.storage import Storage
from shared.catalog import contract
from tests.support.catalog_copy import CatalogCopy
from tests.support.command_line import Command
from tests.support.fake_account import always
from tests.support.fleet.making import HUB, HUB_ACCOUNT, FakeEngine, write_state
from tests.support.launched import provisioned
from tests.support.offers import product, version

FRAUD = "fraud-detector-realtime"
SCORING: Mapping[str, Any] = {
    "product": FRAUD,
    "version": "1.0.0",
    "state": "active",
    "region": "eu-central-1",
    "status": "AVAILABLE",
    "estimated_monthly_cost": {"currency": "USD", "date": "2026-11-24", "least": "40", "most": "80.4"},
    "outputs": {},
}
SEARCH: Mapping[str, Any] = {"product": "embedder", "version": "1.0.0", "region": "eu-west-1", "status": "TAINTED"}
STATES = ".pulumi/stacks/model-catalog-spoke"


@pytest.fixture(autouse=True)
def backend(tmp_path: Path, catalog: CatalogCopy, monkeypatch: pytest.MonkeyPatch) -> Storage:
    """Give a backend with three spokes and a hub, beside a copy of the catalog."""
    assert catalog.folder.exists()
    storage = Storage((tmp_path / "backend").as_uri())
    write_state(storage, "spoke-research", scoring=SCORING)
    write_state(storage, "spoke-production", search=SEARCH)
    write_state(storage, "spoke-new")
    products = {FRAUD: product(FRAUD, "online", {"1.0.0": version("pa-1", {})})}
    portfolios: dict[str, Any] = {"online": {"id": "port-1", "name": "Online", "shares": []}}
    offered: dict[str, Any] = {"eu-central-1": {"portfolios": portfolios, "products": products}}
    engine = FakeEngine({HUB: {"catalog": contract.publish(HUB_ACCOUNT, offered)}})
    monkeypatch.setattr("fleet.show.launches.Engine", always(engine))
    monkeypatch.setenv("PULUMI_BACKEND_URL", storage.url)
    return storage


@pytest.mark.parametrize(
    ("words", "launches"),
    [
        ([], ["search", "scoring"]),
        (["--product", FRAUD], ["scoring"]),
        (["--product", "embedder", "--version", "1.0.0"], ["search"]),
        (["--product", FRAUD, "--version", "1.1.0"], []),
        (["--version", "1.0.0"], ["search", "scoring"]),
    ],
)
def test_the_users_of_a_product_or_version_are_listed(command: Command, words: list[str], launches: list[str]) -> None:
    ended = command("fleet", "status", "--cost", "--json", *words)

    assert 0 == ended.code
    assert launches == [found["launch"] for found in json.loads(ended.out)]


def test_the_table_shows_status_and_cost(command: Command) -> None:
    ended = command("fleet", "status", "--cost")

    assert 0 == ended.code
    assert f"spoke-research scoring {FRAUD} 1.0.0 eu-central-1 AVAILABLE active about 40 to 80 USD" in ended.words
    assert "TAINTED unknown unknown" in ended.words
    assert "2 launches together: about 40 to 80 USD a month (estimate, list prices of 2026-11-24)" in ended.words


def test_a_product_that_nobody_runs_and_one_that_is_not_there_are_told_apart(command: Command) -> None:
    nobody = command("fleet", "status", "--cost", "--product", "demand-forecaster-batch")
    unknown = command("fleet", "status", "--cost", "--product", "scorer")

    assert (0, "Nobody runs it.\n") == (nobody.code, nobody.out)
    assert ExitCode.MISTAKE == unknown.code
    assert ("product-unknown", "--product") == unknown.refusal


def test_a_stack_that_cannot_be_read_is_a_clear_error(backend: Storage, command: Command) -> None:
    backend.write(f"{STATES}/spoke-new.json", b"{")

    ended = command("fleet", "status", "--cost")

    assert ExitCode.MISTAKE == ended.code
    assert "state-damaged" == ended.refusal[0]
    assert ended.refusal[1].endswith("spoke-new.json")


@pytest.mark.parametrize("key", [FRAUD, "what-it-was-called-then"])
def test_a_version_in_use_is_not_let_go_and_its_users_are_named(
    backend: Storage, catalog: CatalogCopy, command: Command, key: str
) -> None:
    write_state(backend, "spoke-research", scoring={**SCORING, "product": key, "product_id": f"prod-{FRAUD}"})
    catalog.end(FRAUD, "1.0.0", state="retired", replacement="1.1.0")
    before = (catalog.folder / "templates.lock").read_text()

    ended = command("models", "remove-version", FRAUD, "1.0.0")

    assert ExitCode.NOT_REACHED == ended.code
    assert ("version-in-use", "") == ended.refusal
    assert f"{FRAUD} 1.0.0 is still in use: scoring in spoke-research (eu-central-1)." in ended.err
    assert before == (catalog.folder / "templates.lock").read_text()


def test_a_version_that_somebody_runs_beside_the_stacks_is_not_let_go(
    catalog: CatalogCopy, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog.end(FRAUD, "1.1.0", state="retired")
    launch = AccountLaunch(
        provisioned=provisioned(name="mine"),
        product=FRAUD,
        original_key=FRAUD,
        version="1.1.0",
        state="retired",
        stack="",
    )
    there = AccountLaunches(launches=[launch], read=set(), unread={}, unknown=[])
    monkeypatch.setattr("cli.launched.launches_everywhere", always(there))

    ended = command("models", "remove-version", FRAUD, "1.1.0")

    assert ExitCode.NOT_REACHED == ended.code
    assert ("version-in-use-undeclared", "") == ended.refusal
    assert f"\n  {FRAUD} 1.1.0: mine in 333344445555 (eu-central-1, AVAILABLE; no stack's" in ended.err


def test_nothing_is_let_go_while_nobody_can_say_who_runs_it(
    backend: Storage, catalog: CatalogCopy, command: Command
) -> None:
    backend.write(f"{STATES}/spoke-new.json", b"{")
    catalog.end(FRAUD, "1.1.0", state="retired")

    ended = command("models", "remove-version", FRAUD, "1.1.0")

    assert ExitCode.MISTAKE == ended.code
    assert "state-damaged" == ended.refusal[0]
    assert ended.refusal[1].endswith("spoke-new.json")


def test_a_version_that_is_not_retired_is_not_let_go(command: Command) -> None:
    ended = command("models", "remove-version", FRAUD, "1.1.0")

    assert ExitCode.MISTAKE == ended.code
    assert ("version-not-retired", f"hub/catalog/products/{FRAUD}/product.yaml") == ended.refusal


def test_a_retired_version_that_nobody_uses_goes_and_never_comes_back(catalog: CatalogCopy, command: Command) -> None:
    catalog.end(FRAUD, "1.1.0", state="retired")

    gone = command("models", "remove-version", FRAUD, "1.1.0")
    still_there = command("models", "lock", "--check")
    catalog.remove_version(FRAUD, "1.1.0")

    assert 0 == gone.code
    assert "Delete its entry from product.yaml and its files (1.1.0.yaml, 1.1.0.card.yaml)" in gone.out
    assert ExitCode.MISTAKE == still_there.code
    assert "the version 1.1.0 was removed, and its number never comes back" in still_there.err
    assert 0 == command("models", "lock", "--check").code
