"""A plan as a comment on a pull request."""

from pathlib import Path

from fleet.plan.verdicts import make_plan
from fleet.show.plan_comment import in_markdown
from tests.support.fleet.hands import ACCOUNTS
from tests.support.fleet.making import deployed, fleet, inventory, spoke, spokes


def test_each_spoke_that_would_run_has_its_line_in_the_order_of_waves(tmp_path: Path) -> None:
    waves = fleet({"name": "canary", "spokes": ["b"]}, {"name": "rest", "default": True})
    text = in_markdown(make_plan(inventory(tmp_path, spokes(tmp_path, **ACCOUNTS), settings=waves)))
    rows = [line for line in text.splitlines() if line.startswith("| ") and "spoke-" in line]

    assert text.startswith("<!-- model-catalog preview of the fleet -->\n\n### Rollout: ")
    assert f"{len(ACCOUNTS)} new" in text
    assert len(ACCOUNTS) == len(rows)
    assert rows[0].startswith("| canary | spoke-b | new | ")
    assert "Together: nothing a month now, " in text


def test_where_nothing_would_run_there_is_no_table(tmp_path: Path) -> None:
    made = deployed(inventory(tmp_path, spokes(tmp_path, **ACCOUNTS)))
    text = in_markdown(make_plan(made))

    assert f"### Rollout: {len(ACCOUNTS)} unchanged" in text
    assert "|" not in text


def test_a_spoke_that_would_be_refused_says_why(tmp_path: Path) -> None:
    launch = {"name": "search", "product": "embedder", "version": "9.9.9"}
    made = spokes(tmp_path, **ACCOUNTS) | {"spoke-a": spoke(tmp_path, "a", ACCOUNTS["a"], launches=[launch])}

    text = in_markdown(make_plan(inventory(tmp_path, made)))

    assert "1 refused" in text
    assert "9.9.9" in text
