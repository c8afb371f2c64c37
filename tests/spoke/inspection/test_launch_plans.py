"""Which launches a plan asks AWS about, and what it shows of them."""

from typing import Any

import pytest

from spoke.inspection import launch_plans as launches
from spoke.inspection.change_sets import Change, PlanError
from spoke.inspection.launch_plans import LaunchPlan, plans_of
from tests.support.fake_account import always
from tests.support.offers import OFFER, read
from tests.support.spoke_stack import settings

PARAMETERS = {"Environment": "staging", "InstanceCount": "2", "ModelDataUrl": "s3://models/scorer.tar.gz"}
TAGS = {"model-catalog-spoke": "spoke-research", "model-catalog-hub": "hub", "framework": "scorer", "team": "risk"}


def deployed(**changed: object) -> dict[str, Any]:
    """Give a launch as the stack's state has it."""
    parameters = [{"key": key, "value": value} for key, value in PARAMETERS.items()]
    usual = {
        "name": "scoring",
        "provisioningArtifactId": "pa-scorer-110",
        "provisioningParameters": parameters,
        "tagsAll": TAGS,
    }
    return {"inputs": {**usual, **changed}}


@pytest.fixture
def state(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Give what the stack's state has; AWS says that a model changes."""
    there = [deployed()]
    monkeypatch.setattr(launches, "AccountSession", always(None))
    changes = [Change(action="MODIFY", logical_id="Model", type="AWS::SageMaker::Model", replacement="FALSE")]
    monkeypatch.setattr(launches, "changes_of", always(changes))
    return there


def planned(state: list[dict[str, Any]]) -> list[LaunchPlan]:
    """Plan the launches of the usual spoke."""
    return plans_of("spoke-research", settings(), read(OFFER), state)


def test_a_launch_that_is_as_the_settings_say_needs_no_plan(
    state: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert state

    def ask(*_: object) -> list[Change]:
        pytest.fail("AWS was asked")

    monkeypatch.setattr(launches, "changes_of", ask)

    assert [("scoring", "unchanged")] == [(plan.launch, plan.what) for plan in planned(state)]


@pytest.mark.parametrize(
    ("changed", "difference"),
    [
        ({"provisioningArtifactId": "pa-scorer-100"}, "version 1.0.0 → 1.1.0"),
        ({"tagsAll": {**TAGS, "team": "growth"}}, "tag team growth → risk"),
        ({"tagsAll": {key: value for key, value in TAGS.items() if key != "team"}}, "tag team nothing → risk"),
        (
            {"provisioningParameters": [{"key": key, "value": "9"} for key in PARAMETERS]},
            "InstanceCount 9 → 2",
        ),
        (
            {
                "provisioningParameters": [
                    *deployed()["inputs"]["provisioningParameters"],
                    {"key": "Token", "value": "x"},
                ]
            },
            "Token (hidden)",
        ),
    ],
)
def test_what_differs_is_named_and_what_is_hidden_stays_so(
    state: list[dict[str, Any]], changed: dict[str, Any], difference: str
) -> None:
    state[:] = [deployed(**changed)]

    [plan] = planned(state)

    assert "changed" == plan.what
    assert difference in plan.differences
    assert ["Model"] == [change.logical_id for change in plan.changes]


def test_a_launch_that_is_not_there_is_new_and_one_that_is_not_wanted_ends(state: list[dict[str, Any]]) -> None:
    state[:] = [deployed(name="older")]

    assert [("scoring", "new"), ("older", "ends")] == [(plan.launch, plan.what) for plan in planned(state)]


def test_a_plan_that_cannot_be_made_says_why_and_stops_no_other(
    state: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> list[Change]:
        raise PlanError("there is no launch path yet")

    state.clear()
    monkeypatch.setattr(launches, "changes_of", refuse)

    [plan] = planned(state)

    assert ("new", "there is no launch path yet") == (plan.what, plan.problem)
