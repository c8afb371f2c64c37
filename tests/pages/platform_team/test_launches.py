"""Who runs what, in the order in which somebody should look at it."""

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fleet.plan.verdicts import make_plan
from fleet.show.status import Row, rows_of
from pages.platform_team.launches import launches_of
from pages.platform_team.shapes import Attention
from tests.support.catalog_copy import DAY
from tests.support.platform_fleet import HOSTILE, fleet, planned


def row(**changed: Any) -> Row:  # noqa: ANN401 - any part of a row
    """Make the row of a launch that nobody has to look at."""
    known: dict[str, Any] = {
        "stack": "spoke-a",
        "account": "300000000001",
        "unit": "",
        "launch": "search",
        "product": "embedder",
        "version": "1.0.0",
        "newest": "1.0.0",
        "own_model": "",
        "state": "active",
        "region": "eu-central-1",
        "status": "AVAILABLE",
        "since": None,
        "contract": "",
        "deployed": None,
        "behind": "",
        "problem": "",
    }
    return Row(**{**known, **changed})


def in_days(days: int) -> dt.date:
    return DAY + dt.timedelta(days=days)


def test_what_failed_stands_first_then_what_ends_then_what_is_behind(tmp_path: Path) -> None:
    plan = planned(tmp_path, 0)
    rows = [
        row(launch="fine"),
        row(launch="changing", behind="changed; the settings changed"),
        row(launch="old", versions_behind=1),
        row(launch="older", versions_behind=3),
        row(launch="ends in March", retires_on=in_days(120)),
        row(launch="ends next", retires_on=in_days(30)),
        row(launch="is deprecated next", deprecated_on=in_days(10), retires_on=in_days(40)),
        row(launch="deprecated", state="deprecated", retires_on=in_days(5)),
        row(launch="retired", state="retired", retires_on=in_days(-5)),
        row(launch="unread", problem="its state cannot be read"),
        row(launch="gone", status="gone"),
        row(launch="failed", status="ERROR", state="retired"),
        row(launch="tainted", status="TAINTED"),
    ]

    found = {each.launch: each for each in launches_of(plan, rows, "team")}

    assert [
        *("failed", "gone", "tainted"),
        *("unread", "retired", "deprecated"),
        *("is deprecated next", "ends next"),
        *("older", "old", "changing"),
        *("ends in March", "fine"),
    ] == list(found)
    assert (in_days(10), 10, "deprecated") == (
        found["is deprecated next"].ends,
        found["is deprecated next"].days_left,
        found["is deprecated next"].next_state,
    )
    assert (in_days(5), 5, "retired") == (
        found["deprecated"].ends,
        found["deprecated"].days_left,
        found["deprecated"].next_state,
    )
    assert (None, None, "") == (found["retired"].ends, found["retired"].days_left, found["retired"].next_state)


@pytest.mark.parametrize(("days", "attention"), [(90, Attention.ENDING), (91, Attention.NONE)])
def test_an_end_is_near_for_ninety_days(tmp_path: Path, days: int, attention: Attention) -> None:
    [found] = launches_of(planned(tmp_path, 0), [row(retires_on=in_days(days))], "team")

    assert attention == found.attention


def test_a_launch_says_how_many_versions_it_is_behind_what_it_costs_and_whose_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULUMI_BACKEND_URL", tmp_path.as_uri())
    plan = planned(tmp_path, 8)

    found = {each.stack: each for each in launches_of(plan, rows_of(plan), "team")}

    assert {0: 2, 1: 1, 2: 0} == {index: found[f"spoke-a00{index}"].versions_behind for index in range(3)}
    first = found["spoke-a004"]
    assert ("1.1.0", "1.2.0", "team-4", f"Lab 4 {HOSTILE}") == (
        first.version,
        first.newest,
        first.team,
        first.account_name,
    )
    assert first.cost is not None
    assert "no price" == first.cost.unknown
    assert Attention.FAILED == found["spoke-a007"].attention


def test_the_team_is_the_value_of_whatever_tag_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_BACKEND_URL", tmp_path.as_uri())
    plan = planned(tmp_path, 2)

    assert {"embedder"} == {each.team for each in launches_of(plan, rows_of(plan), "framework")}
    assert {""} == {each.team for each in launches_of(plan, rows_of(plan), "cost-center")}


def test_without_an_organization_accounts_have_no_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_BACKEND_URL", tmp_path.as_uri())
    plan = make_plan(replace(fleet(tmp_path, 1), organization=None))

    assert [""] == [each.account_name for each in launches_of(plan, rows_of(plan), "team")]
