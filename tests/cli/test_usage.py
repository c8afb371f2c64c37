"""Who runs what, and what may be let go."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from cli import lock, remove_version, usage
from fleet.store.storage import Storage
from shared.catalog import contract
from tests.spoke.conftest import product, version
from tests.support.catalog_copy import CatalogCopy
from tests.support.fake_account import always
from tests.support.fleet.making import HUB, HUB_ACCOUNT, FakeEngine, write_state

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


@pytest.fixture(autouse=True)
def backend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Storage:
    """Give a backend with three spokes and a hub, and work in an empty folder."""
    storage = Storage((tmp_path / "backend").as_uri())
    write_state(storage, "spoke-research", scoring=SCORING)
    write_state(storage, "spoke-production", search=SEARCH)
    write_state(storage, "spoke-new")
    products = {FRAUD: product(FRAUD, "online", {"1.0.0": version("pa-1", {})})}
    offered = {"eu-central-1": {"portfolios": {}, "products": products}}
    engine = FakeEngine({HUB: {"catalog": contract.publish(HUB_ACCOUNT, offered)}})
    monkeypatch.setattr("fleet.show.launches.Engine", always(engine))
    monkeypatch.setenv("PULUMI_BACKEND_URL", storage.url)
    monkeypatch.chdir(tmp_path)
    return storage


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Run a command as `make` does."""

    def run(command: Callable[[], int], *arguments: str) -> int:
        monkeypatch.setattr("sys.argv", ["command", *arguments])
        return command()

    return run


@pytest.mark.parametrize(
    ("arguments", "launches"),
    [
        ([], ["search", "scoring"]),
        (["--product", FRAUD], ["scoring"]),
        (["--product", "embedder", "--version", "1.0.0"], ["search"]),
        (["--product", FRAUD, "--version", "1.1.0"], []),
        (["--version", "1.0.0"], ["search", "scoring"]),
    ],
)
def test_the_users_of_a_product_or_version_are_listed(
    run: Callable[..., int], capsys: pytest.CaptureFixture[str], arguments: list[str], launches: list[str]
) -> None:
    assert 0 == run(usage.main, "--json", *arguments)

    assert launches == [found["launch"] for found in json.loads(capsys.readouterr().out)]


def test_the_table_shows_status_and_cost(run: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == run(usage.main)

    printed = " ".join(capsys.readouterr().out.split())
    assert (
        f"spoke-research │ scoring │ {FRAUD} │ 1.0.0 │ eu-central-1 │ AVAILABLE │ active │ about 40 to 80 USD"
        in printed
    )
    assert "TAINTED │ unknown │ unknown" in printed
    assert "2 launches together: about 40 to 80 USD a month (estimate, list prices of 2026-11-24)" in printed


def test_a_stack_that_cannot_be_read_is_a_clear_error(
    backend: Storage, run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    backend.write(".pulumi/stacks/model-catalog-spoke/spoke-new.json", b"{")

    assert 1 == run(usage.main)
    assert "spoke-new.json is torn" in capsys.readouterr().err


@pytest.mark.parametrize("key", [FRAUD, "what-it-was-called-then"])
def test_a_version_in_use_is_not_let_go_and_its_users_are_named(
    backend: Storage, catalog: CatalogCopy, run: Callable[..., int], capsys: pytest.CaptureFixture[str], key: str
) -> None:
    write_state(backend, "spoke-research", scoring={**SCORING, "product": key, "product_id": f"prod-{FRAUD}"})
    catalog.end(FRAUD, "1.0.0", state="retired", replacement="1.1.0")
    before = (catalog.folder / "templates.lock").read_text()

    assert 1 == run(remove_version.main, "--product", FRAUD, "--version", "1.0.0")

    assert f"{FRAUD} 1.0.0 is still in use: scoring in spoke-research (eu-central-1). Move" in capsys.readouterr().err
    assert before == (catalog.folder / "templates.lock").read_text()


def test_nothing_is_let_go_while_nobody_can_say_who_runs_it(
    backend: Storage, catalog: CatalogCopy, run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    backend.write(".pulumi/stacks/model-catalog-spoke/spoke-new.json", b"{")
    catalog.end(FRAUD, "1.1.0", state="retired")

    assert 1 == run(remove_version.main, "--product", FRAUD, "--version", "1.1.0")
    assert "spoke-new.json is torn" in capsys.readouterr().err


def test_a_version_that_is_not_retired_is_not_let_go(
    catalog: CatalogCopy, run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert catalog
    assert 1 == run(remove_version.main, "--product", FRAUD, "--version", "1.1.0")
    assert "product.yaml: 1.1.0 is active. Retire it first" in capsys.readouterr().err


def test_a_retired_version_that_nobody_uses_goes_and_never_comes_back(
    catalog: CatalogCopy, run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    catalog.end(FRAUD, "1.1.0", state="retired")

    assert 0 == run(remove_version.main, "--product", FRAUD, "--version", "1.1.0")
    assert "Delete its entry from product.yaml and its files (1.1.0.yaml, 1.1.0.card.yaml)" in capsys.readouterr().out
    assert 1 == run(lock.main, "--check")
    assert "the version 1.1.0 was removed, and its number never comes back" in capsys.readouterr().err
    catalog.remove_version(FRAUD, "1.1.0")
    assert 0 == run(lock.main, "--check")
