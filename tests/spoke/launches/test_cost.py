"""What a spoke says of the cost of its launches."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.recorder import Mocks
from tests.support.spoke_stack import LAUNCH

COST = {
    "kind": "instances",
    "currency": "USD",
    "date": "2026-11-24",
    "instance_type": "Environment",
    "count": "InstanceCount",
    "hours": "100",
    "prices": {"staging": "0.5"},
}


@pytest.fixture(autouse=True)
def priced(offer: dict[str, Any]) -> None:
    """The hub publishes the cost of one product."""
    for version in offer["eu-central-1"]["products"]["scorer"]["versions"].values():
        version["cost"] = COST


def test_a_launch_shows_what_it_is_estimated_to_cost(deploy: Callable[..., Mocks], said: list[str]) -> None:
    mocks = deploy()

    told = "about 100 USD a month (estimate, list prices of 2026-11-24)"
    assert f"scoring: {told}" in said
    assert {"currency": "USD", "date": "2026-11-24", "least": "100.0", "most": "100.0"} == mocks.exports["launches"][
        "scoring"
    ]["estimated_monthly_cost"]


def test_the_template_s_default_counts_where_a_launch_says_nothing(
    deploy: Callable[..., Mocks], said: list[str]
) -> None:
    deploy(launches=launches({"InstanceCount": None}))

    assert [line for line in said if line.startswith("scoring: about 50 USD")]


def test_several_launches_are_added_up_and_the_unknown_are_counted(
    deploy: Callable[..., Mocks], said: list[str]
) -> None:
    deploy(
        launches=[*launches({}), *launches({}, name="second"), *launches({"Environment": "development"}, name="dear")]
    )

    assert [line for line in said if "3 launches together: about 200 USD" in line and "1 of unknown cost" in line]
    assert "dear: cost unknown: the hub's price table has no price of development here" in said


def test_a_hub_that_publishes_no_cost_leaves_it_unknown(
    deploy: Callable[..., Mocks], said: list[str], offer: dict[str, Any]
) -> None:
    for version in offer["eu-central-1"]["products"]["scorer"]["versions"].values():
        del version["cost"]

    mocks = deploy()

    assert {} == mocks.exports["launches"]["scoring"]["estimated_monthly_cost"]
    assert [] == [line for line in said if "USD" in line]


def launches(parameters: dict[str, Any], *, name: str = "scoring") -> list[dict[str, Any]]:
    """Give the usual launch with other parameters; None leaves one out."""
    merged = {**LAUNCH["parameters"], **parameters}
    return [{**LAUNCH, "name": name, "parameters": {key: value for key, value in merged.items() if value is not None}}]
