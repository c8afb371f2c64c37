"""The platform team's pages of a fleet that real rollouts deployed."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from benchmarks.fleet_stage import account, stack
from tests.support.fleet.stage import Fleet


@pytest.fixture(scope="module")
def built(fleet: Fleet, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the private site of the fleet, as whoever rolled it out does, on the day on which that was."""
    folder = tmp_path_factory.mktemp("private") / "site"
    day = max(each["begun"] for each in fleet.reports())[:10]
    done = fleet.run(fleet.python, "-m", "cli", "site", "build", "--out", str(folder), "--private", "--as-of", day)
    assert 0 == done.returncode, done.stdout
    return folder


@pytest.fixture(scope="module")
def told(built: Path) -> dict[str, Any]:
    return json.loads((built / "platform" / "index.json").read_text())


def test_the_pages_say_what_accounts_run_what_it_costs_and_where_shares_have_arrived(told: dict[str, Any]) -> None:
    launches = {(each["account"], each["launch"]): each for each in told["launches"]}

    assert told["asked"]
    assert {account(index) for index in range(4)} == {each for each, _ in launches}
    assert {("AVAILABLE", 0)} == {(each["status"], each["versions_behind"]) for each in launches.values()}
    [total] = told["costs"]["all"]
    assert (len(launches), "USD", 0) == (total["launches"], total["currency"], total["unknown"])
    assert {"arrived"} == {each["state"] for each in told["shares"]}
    assert {account(index) for index in range(4)} <= {each["account"] for each in told["shares"]}


def test_the_history_of_the_rollouts_is_the_adoption(told: dict[str, Any]) -> None:
    [embedder] = [each for each in told["adoption"] if each["product"] == "text-embedder-serverless"]

    assert {"1.0.0": 4} == {each["version"]: each["counts"][-1] for each in embedder["versions"]}


def test_a_rollout_has_a_page_with_its_waves_and_its_spokes_in_time(fleet: Fleet, built: Path) -> None:
    first, *_ = sorted((built / "platform" / "rollouts").glob("2*.json"))
    report = json.loads(first.read_text())
    page = first.with_suffix(".html").read_text()

    assert "ended" == report["state"]
    assert ["canary", "everybody"] == [each["name"] for each in report["waves"]]
    assert all(each["begun"] < each["ended"] for each in [*report["waves"], *report["spokes"]])
    assert {"canary", "everybody"} == {each["wave"] for each in report["spokes"]}
    for each in report["spokes"]:
        assert each["stack"].rpartition("-")[2] in page
    until = max(each.stem for each in (built / "platform" / "rollouts").glob("2*.json"))
    assert len(list((built / "platform" / "rollouts").glob("2*.html"))) == len(
        [each for each in fleet.reports() if re.sub(r"\D", "", each["begun"]) <= re.sub(r"\D", "", until)]
    )
    assert stack(0) in (built / "platform" / "index.html").read_text()


def test_a_rollout_writes_its_report_while_it_runs(fleet: Fleet) -> None:
    """Its page follows it by that."""
    before = len(fleet.reports())
    seen: list[str] = []
    process = fleet.start("up", "--force", "--only", "a00002")
    while process.poll() is None:
        if len(found := fleet.reports()) > before:
            seen.append(found[-1]["state"])
    last = fleet.reports()[-1]

    assert "running" == seen[0]
    assert ("ended", [], [stack(2)]) == (last["state"], last["running"], [each["stack"] for each in last["spokes"]])
