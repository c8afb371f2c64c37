"""Who runs what, and what may be let go."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from cli import lock, remove_version, usage
from tests.support.catalog_copy import CatalogCopy

FRAUD = "fraud-detector-realtime"
STACKS: Mapping[str, Mapping[str, Any]] = {
    "organization/model-catalog-spoke/spoke-research": {
        "launches": {
            "scoring": {
                "product": FRAUD,
                "version": "1.0.0",
                "state": "active",
                "region": "eu-central-1",
                "status": "AVAILABLE",
                "estimated_monthly_cost": {"currency": "USD", "date": "2026-11-24", "least": "40", "most": "80.4"},
                "outputs": {},
            }
        }
    },
    "spoke-production": {
        "launches": {"search": {"product": "embedder", "version": "1.0.0", "region": "eu-west-1", "status": "TAINTED"}}
    },
    "organization/model-catalog-hub/hub": {"catalog": {}},
    "organization/model-catalog-spoke/spoke-new": {},
}


@pytest.fixture(autouse=True)
def pulumi(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answer as the CLI does."""

    def answer(_project: str, *arguments: str) -> str:
        if arguments[0] == "stack":
            return json.dumps([{"name": name} for name in STACKS])
        return json.dumps(STACKS[arguments[1]])

    monkeypatch.setattr(usage, "pulumi", answer)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Run a command as `make` does."""

    def run(command: Callable[[], int], *arguments: str) -> int:
        monkeypatch.setattr("sys.argv", ["command", *arguments])
        return command()

    return run


def test_the_launches_of_all_spoke_stacks_are_listed() -> None:
    assert [("spoke-research", "scoring", "1.0.0"), ("spoke-production", "search", "1.0.0")] == [
        (found.stack, found.launch, found.version) for found in usage.users_of()
    ]


@pytest.mark.parametrize(
    ("product", "version", "launches"),
    [
        (FRAUD, "", ["scoring"]),
        ("embedder", "1.0.0", ["search"]),
        (FRAUD, "1.1.0", []),
        ("", "1.0.0", ["scoring", "search"]),
    ],
)
def test_the_users_of_a_product_or_version_are_found(product: str, version: str, launches: list[str]) -> None:
    assert launches == [found.launch for found in usage.users_of(product, version)]


def test_the_table_shows_status_and_cost(run: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == run(usage.main)

    printed = " ".join(capsys.readouterr().out.split())
    assert (
        f"spoke-research │ scoring │ {FRAUD} │ 1.0.0 │ eu-central-1 │ AVAILABLE │ active │ about 40 to 80 USD"
        in printed
    )
    assert "TAINTED │ active │ unknown" in printed
    assert "2 launches together: about 40 to 80 USD a month (estimate, list prices of 2026-11-24)" in printed


def test_the_list_in_json_is_for_machines(run: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    run(usage.main, "--json", "--product", FRAUD)

    assert ["scoring"] == [found["launch"] for found in json.loads(capsys.readouterr().out)]


def test_stacks_that_cannot_be_read_are_a_clear_error(
    run: Callable[..., int], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    monkeypatch.setenv("PATH", "/nowhere")

    assert 1 == run(usage.main)
    assert "error: pulumi is not on PATH" in capsys.readouterr().err


def test_a_version_in_use_is_not_let_go_and_its_users_are_named(
    catalog: CatalogCopy, run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    catalog.end(FRAUD, "1.0.0", state="retired", replacement="1.1.0")
    before = (catalog.folder / "templates.lock").read_text()

    assert 1 == run(remove_version.main, "--product", FRAUD, "--version", "1.0.0")

    assert f"{FRAUD} 1.0.0 is still in use: scoring in spoke-research (eu-central-1). Move" in capsys.readouterr().err
    assert before == (catalog.folder / "templates.lock").read_text()


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
