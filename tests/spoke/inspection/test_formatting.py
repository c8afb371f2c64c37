"""A plan, told to a person."""

import pytest

from spoke.inspection.change_sets import Change
from spoke.inspection.formatting import in_words, summary
from spoke.inspection.launch_plans import LaunchPlan

ENDPOINT = "AWS::SageMaker::Endpoint"


def change(action: str, replacement: str = "", *causes: str) -> Change:
    """Make a change of an endpoint."""
    return Change(action=action, logical_id="It", type=ENDPOINT, replacement=replacement, causes=list(causes))


@pytest.mark.parametrize(
    ("found", "line"),
    [
        (change("ADD"), f"    new It ({ENDPOINT})"),
        (change("MODIFY", "FALSE", "Tags"), f"    changed in place It ({ENDPOINT}): Tags"),
        (change("MODIFY", "TRUE", "Name (from Size)"), f"  ! REPLACED It ({ENDPOINT}): Name (from Size)"),
        (change("MODIFY", "CONDITIONAL"), f"  ! may be REPLACED It ({ENDPOINT})"),
        (change("REMOVE"), f"  ! removed It ({ENDPOINT})"),
    ],
)
def test_what_is_lost_or_replaced_stands_out(found: Change, line: str) -> None:
    assert line in list(in_words(LaunchPlan(launch="it", what="changed", changes=[found])))


def test_what_aws_cannot_say_is_said() -> None:
    lines = list(in_words(LaunchPlan(launch="it", what="new", problem="there is no launch path yet")))

    assert ["it will be launched", "  ! changes inside are unknown: there is no launch path yet"] == lines


def test_the_differences_come_first() -> None:
    plan = LaunchPlan(launch="it", what="changed", differences=["Size 1 → 2", "tag team a → b"])

    assert ["it will be updated", "    Size 1 → 2; tag team a → b"] == list(in_words(plan))


def test_all_plans_are_added_up() -> None:
    plans = [
        LaunchPlan(launch="a", what="changed", changes=[change("MODIFY", "TRUE"), change("MODIFY", "FALSE")]),
        LaunchPlan(launch="b", what="ends"),
    ]

    assert (
        "1 will be updated, 1 will be terminated; 2 resources inside change, of which 1 are or may be replaced"
        == summary(plans)
    )
