"""Who runs which version of which product."""

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from fleet.plan.inventory import Inventory
from fleet.plan.neighbours import Neighbours
from fleet.plan.verdicts import FleetPlan, make_plan
from fleet.show.status import COLUMNS, Row, rows_of, show_status
from fleet.store.storage import Storage
from tests.support.fleet.making import (
    FINISHED,
    Member,
    deployed,
    hubs,
    inventory,
    offer,
    organization,
    recorded,
    spoke,
    write_state,
)

A, B = "300000000001", "300000000002"
STATE = ".pulumi/stacks/model-catalog-spoke/spoke-a.json"
LAUNCHED: Mapping[str, Any] = {
    "product": "embedder",
    "version": "1.0.0",
    "region": "eu-central-1",
    "status": "AVAILABLE",
    "state": "active",
    "outputs": {},
}


def only(found: Inventory, stack: str = "spoke-a") -> Row:
    """Give the one row of a spoke."""
    [row] = [row for row in rows_of(make_plan(found)) if row.stack == stack]
    return row


def test_a_spoke_is_told_from_its_record_without_a_look_at_its_state(
    two: Inventory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Storage, "read", None)

    assert only(two) == Row(
        stack="spoke-a",
        account=A,
        unit="",
        launch="search",
        product="embedder",
        version="1.0.0",
        newest="1.0.0",
        own_model="",
        state="active",
        region="eu-central-1",
        status="AVAILABLE",
        since=FINISHED,
        contract=recorded(two, "spoke-a").contract.content_hash,
        deployed=FINISHED,
        behind="",
        problem="",
        versions_behind=0,
    )


def test_what_somebody_else_updated_is_told_from_its_state(two: Inventory, backend: Storage) -> None:
    launches = {"search": {**LAUNCHED, "status": "TAINTED"}, "find": LAUNCHED}

    rows = {row.launch: row for row in rows_of(make_plan(updated(two, backend, launches))) if row.stack == "spoke-a"}

    assert {"search": ("TAINTED", FINISHED), "find": ("AVAILABLE", None)} == {
        launch: (row.status, row.since) for launch, row in rows.items()
    }
    assert {"sha256:2"} == {row.contract for row in rows.values()}
    assert rows["find"].behind.startswith("changed; its stack was updated since its last success")


def test_another_version_that_somebody_else_launched_is_of_unknown_age(two: Inventory, backend: Storage) -> None:
    row = only(updated(two, backend, {"search": {**LAUNCHED, "version": "1.0.1"}}))

    assert ("1.0.1", None, "unknown") == (row.version, row.since, row.state)


def test_a_spoke_without_a_record_is_told_from_its_state(two: Inventory, backend: Storage) -> None:
    row = only(replace(updated(two, backend, {"search": LAUNCHED}), records={}))

    assert ("embedder", None, None) == (row.product, row.since, row.deployed)
    assert row.behind.startswith("changed; no record of success")


def test_a_spoke_that_was_never_deployed_has_a_row_without_a_launch(two: Inventory) -> None:
    row = only(replace(two, tags={}, records={}))

    assert ("", "", None, "", "new; it was never deployed") == (
        row.launch,
        row.version,
        row.since,
        row.contract,
        row.behind,
    )


def test_a_spoke_that_launches_nothing_has_a_row_too(tmp_path: Path, backend: Storage) -> None:
    del backend
    found = deployed(inventory(tmp_path, {"spoke-a": spoke(tmp_path, "a", A, launches=[])}))

    assert ("", "", FINISHED) == (only(found).launch, only(found).behind, only(found).deployed)


@pytest.mark.parametrize(
    ("day", "state"), [("2026-11-04", "active"), ("2026-11-05", "deprecated"), ("2026-12-05", "retired")]
)
def test_the_state_of_a_version_is_that_of_the_day(two: Inventory, day: str, state: str) -> None:
    dated = offered(
        lambda it: it["versions"]["1.0.0"].update({"deprecated_on": "2026-11-05", "retires_on": "2026-12-05"})
    )

    assert state == only(replace(two, hubs=hubs(dated), day=dt.date.fromisoformat(day))).state


def test_a_product_is_called_as_it_is_today_whatever_it_was_deployed_as(two: Inventory) -> None:
    renamed = offer()
    products = renamed["eu-central-1"]["products"]
    products["encoder"] = {**products.pop("embedder"), "first_key": "embedder"}

    row = only(replace(two, hubs=hubs(renamed)))

    assert ("encoder", "active") == (row.product, row.state)


@pytest.mark.parametrize(
    ("product", "version", "found"),
    [
        ("encoder", "", ["search", "search"]),
        ("embedder", "1.0.0", ["search", "search"]),
        ("", "1.0.0", ["search", "search"]),
        ("encoder", "1.0.1", []),
        ("scorer", "", []),
    ],
)
def test_launches_are_found_by_the_key_of_today_and_by_the_first_one(
    two: Inventory, product: str, version: str, found: list[str]
) -> None:
    renamed = offer()
    products = renamed["eu-central-1"]["products"]
    products["encoder"] = {**products.pop("embedder"), "first_key": "embedder"}
    plan = make_plan(replace(two, hubs=hubs(renamed)))

    assert found == [row.launch for row in rows_of(plan, product=product, version=version)]


@pytest.mark.parametrize("asked", ["", "embedder", "scorer"])
def test_a_damaged_state_is_told_whatever_is_asked_for(two: Inventory, backend: Storage, asked: str) -> None:
    """What it runs was recorded once, and nobody can say whether it still is so."""
    backend.write(STATE, b'{"checkpoint": {"la')
    plan = make_plan(replace(two, tags={**two.tags, "spoke-a": "another"}))
    console = Console(file=StringIO(), width=300)

    [row] = [row for row in rows_of(plan, product=asked) if row.stack == "spoke-a"]

    assert ("" if asked == "scorer" else "search") == row.launch
    assert "spoke-a.json: is damaged" in row.problem
    show_status(plan, [row], console)
    assert isinstance(console.file, StringIO)
    assert "its state cannot be read" in console.file.getvalue()
    assert f"not read: {row.problem}" in console.file.getvalue()
    assert "model-catalog stack recover spoke-a" in row.problem


def test_what_the_hub_offers_no_more_is_in_no_known_state(two: Inventory) -> None:
    row = only(replace(two, hubs=hubs(offered(lambda it: it["versions"].clear()))))

    assert "unknown" == row.state
    assert row.behind.startswith("refused; a run would be refused")


def test_the_unit_of_an_account_is_told(two: Inventory) -> None:
    assert "Workloads/Lab" == only(replace(two, organization=organization(Member(id=A, unit="Workloads/Lab")))).unit


def test_the_newest_version_is_that_of_the_day_and_no_release_candidate(two: Inventory) -> None:
    def more(product: dict[str, Any]) -> None:
        first = product["versions"]["1.0.0"]
        product["versions"] |= {number: {**first, "id": f"pa-{number}"} for number in ("1.0.1", "1.1.0", "2.0.0-rc.1")}
        product["versions"]["1.1.0"]["deprecated_on"] = "2026-11-05"

    offers = replace(two, hubs=hubs(offered(more)))

    assert "1.1.0" == only(offers).newest
    assert "1.0.1" == only(replace(offers, day=dt.date(2026, 11, 5))).newest


def test_a_column_names_the_newest_version_beside_the_one_that_runs(two: Inventory) -> None:
    newer = offered(lambda it: it["versions"].update({"1.0.1": {**it["versions"]["1.0.0"], "id": "pa-1.0.1"}}))
    plan = make_plan(replace(two, hubs=hubs(newer)))

    lines = shown(plan, rows_of(plan), width=80)

    assert ["spoke", "launch", "product", "version", "newest"] == lines[0].split()[:5]
    assert ["spoke-a", "search", "embedder", "1.0.0", "1.0.1"] == lines[2].split()[:5]


def test_eighty_columns_show_the_newest_version_of_long_names_first_below(two: Inventory) -> None:
    names = {"stack": "spoke-production", "launch": "fraud-scoring-previous", "product": "fraud-detector-realtime"}

    lines = shown(make_plan(two), [replace(only(two), newest="1.1.0", **names)], width=80)

    assert [*names.values(), "1.0.0"] == lines[2].split()
    assert lines[3].strip().startswith("newest: 1.1.0 · state: active · status: AVAILABLE")
    assert 80 >= max(map(len, lines[:5]))


def test_a_model_that_is_not_the_catalogs_is_told_of(two: Inventory, backend: Storage) -> None:
    own = {"package": "", "archive": "s3://mine/a.tar.gz", "digest": "", "own": True}
    catalogs = {"package": "p", "archive": "s3://theirs/a.tar.gz", "digest": "etag:e", "own": False}
    launches = {"search": {**LAUNCHED, "model": own}, "find": {**LAUNCHED, "model": catalogs}}
    plan = make_plan(updated(two, backend, launches))
    rows = rows_of(plan)

    assert "search of spoke-a runs s3://mine/a.tar.gz, which is not the catalog's" in shown(plan, rows, width=300)
    assert {"search": "s3://mine/a.tar.gz", "find": ""} == {
        row.launch: row.own_model for row in rows if row.stack == "spoke-a"
    }


def test_a_row_is_written_in_the_order_of_the_columns(two: Inventory) -> None:
    assert COLUMNS == list(only(two).document())


def test_a_table_says_what_wants_attention(two: Inventory) -> None:
    dated = offered(lambda it: it["versions"]["1.0.0"].update({"deprecated_on": "2026-10-05"}))
    plan = make_plan(replace(two, hubs=hubs(dated)))
    console = Console(file=StringIO(), width=300)

    show_status(plan, rows_of(plan), console)

    assert isinstance(console.file, StringIO)
    text = console.file.getvalue()
    assert "embedder 1.0.0 is deprecated, and 2 launches use it" in text
    assert "2 launches in 2 spokes, 2 spokes behind; the hub's contract is" in text
    assert 2 == text.count("2026-10-06")


def shown(plan: FleetPlan, rows: Sequence[Row], *, width: int) -> list[str]:
    """Give the lines of a table."""
    console = Console(file=StringIO(), width=width)
    show_status(plan, rows, console)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue().splitlines()


def offered(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    """Give an offer with another embedder."""
    changed = offer()
    change(changed["eu-central-1"]["products"]["embedder"])
    return changed


def updated(found: Inventory, backend: Storage, launches: Mapping[str, Any]) -> Inventory:
    """Give the inventory as it is after somebody else has updated the first spoke."""
    outputs = {"launches": launches, "contract": {"hub": "h", "schema_version": "1.2", "content_hash": "sha256:2"}}
    resources = [{"type": "pulumi:pulumi:Stack", "urn": "urn", "outputs": outputs}]
    backend.write(STATE, json.dumps({"checkpoint": {"latest": {"resources": resources}}}).encode())
    return replace(found, tags={**found.tags, "spoke-a": "another"})


def test_a_stack_that_another_repository_runs_is_shown_as_such(
    two: Inventory, backend: Storage, capsys: pytest.CaptureFixture[str]
) -> None:
    write_state(backend, "spoke-risk", search=LAUNCHED)
    found = replace(
        two,
        tags={**two.tags, "spoke-risk": "another"},
        neighbours=Neighbours(elsewhere={"spoke-risk": A}),
    )
    plan = make_plan(found)
    rows = rows_of(plan)

    assert {"spoke-a": False, "spoke-b": False, "spoke-risk": True} == {row.stack: row.elsewhere for row in rows}
    [row] = [row for row in rows if row.elsewhere]
    assert (A, "search", "AVAILABLE", "") == (row.account, row.launch, row.status, row.behind)
    show_status(plan, rows, Console(width=200))
    shown = capsys.readouterr().out
    assert "run from another repository" in shown
    assert "3 launches in 3 spokes, 0 spokes behind" in shown
