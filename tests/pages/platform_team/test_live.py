"""A rollout's page follows the rollout."""

import datetime as dt
from pathlib import Path

import pytest

from fleet.show.report import RolloutReport
from pages.platform_team.live import LiveRollouts
from pages.web.rendering import environment
from tests.support.platform_fleet import BEGUN, context, report, write_report

NAME = "platform/rollouts/20261102T090000000000"


@pytest.fixture
def live(tmp_path: Path) -> LiveRollouts:
    return LiveRollouts(tmp_path, environment(), context())


def test_a_page_is_what_the_report_says_at_the_moment(live: LiveRollouts, tmp_path: Path) -> None:
    assert live.page(f"{NAME}.html") is None

    write_report(tmp_path, report(4, running=True))
    at_first = live.page(f"{NAME}.html")
    write_report(tmp_path, report(4))
    at_last = live.page(f"{NAME}.html")

    assert at_first is not None
    assert at_last is not None
    assert 'data-state="silent"' in at_first  # its last word was of long ago
    assert 'data-state="ended"' in at_last


def test_a_rollout_that_began_after_the_site_was_built_is_in_the_list(live: LiveRollouts, tmp_path: Path) -> None:
    before = live.page("platform/rollouts/index.html")
    write_report(tmp_path, report(4))
    after = live.page("platform/rollouts/index.html")

    assert before is not None
    assert after is not None
    assert "20261102T090000000000.html" not in before
    assert "20261102T090000000000.html" in after


def test_the_report_is_given_to_machines(live: LiveRollouts, tmp_path: Path) -> None:
    found = report(4)
    write_report(tmp_path, found)

    assert found == RolloutReport.model_validate_json(live.page(f"{NAME}.json") or "")


def test_of_several_rollouts_the_one_that_is_asked_for_is_given(live: LiveRollouts, tmp_path: Path) -> None:
    write_report(tmp_path, report(4))
    write_report(tmp_path, report(4).model_copy(update={"begun": BEGUN + dt.timedelta(minutes=1)}))

    older = live.page(f"{NAME}.html")

    assert older is not None
    assert 'Rollout of <time datetime="2026-11-02T09:00:00+00:00">' in older


@pytest.mark.parametrize(
    "address",
    [
        "index.html",
        "platform/index.html",
        "platform/rollouts/../../secret.json",
        "platform/rollouts/20261102T090000000000/../../x.html",
        "platform/rollouts/20261102T090000000000.log",
        "platform/rollouts/",
    ],
)
def test_no_name_leads_to_anything_but_a_report(live: LiveRollouts, tmp_path: Path, address: str) -> None:
    write_report(tmp_path, report(1))
    (tmp_path / "secret.json").write_text("{}")

    assert live.page(address) is None
