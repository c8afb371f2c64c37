"""What the hubs have published."""

import datetime as dt
from typing import Any

import pytest

from fleet.errors import EngineError
from fleet.plan.hub_contracts import Hubs
from shared.catalog import contract
from shared.errors import CatalogError, ContractError
from tests.support.fleet.making import HUB_ACCOUNT, FakeEngine, hubs, offer

GONE = EngineError("pulumi -s hub stack output failed: error: no stack named 'hub' found")


def published() -> dict[str, Any]:
    return contract.publish(HUB_ACCOUNT, offer())


def test_a_hub_gives_its_contract_and_the_day_of_its_last_run() -> None:
    [found] = hubs().published().values()

    assert HUB_ACCOUNT == found.contract.hub_account
    assert dt.date(2026, 10, 1) == found.on


def test_a_hub_that_does_not_say_its_day_is_read_too() -> None:
    found = Hubs(FakeEngine({"hub": {"catalog": published()}}), ["hub"])

    assert None is found.published()["hub"].on


def test_each_hub_is_read_once() -> None:
    found = Hubs(FakeEngine({"a": {"catalog": published()}, "b": {"catalog": published()}}), ["b", "a", "b"])

    assert ["a", "b"] == list(found.published())


def test_without_any_hub_nothing_can_be_planned() -> None:
    with pytest.raises(
        ContractError, match=r"The hub's stack hub has never been deployed .* first: make up-hub\. If it was"
    ):
        Hubs(FakeEngine({"hub": GONE}), ["hub"])


def test_a_divided_catalog_is_read_as_one() -> None:
    west = {"eu-west-1": offer()["eu-west-1"]}
    central = {"eu-central-1": offer()["eu-central-1"]}
    outputs = {
        name: {"catalog": contract.publish(HUB_ACCOUNT, part)} for name, part in {"a": west, "b": central}.items()
    }

    found = Hubs(FakeEngine(outputs), ["a", "b"]).contract(["a", "b"])

    assert offer().keys() == found.regions.keys()


def test_two_hubs_that_publish_the_same_are_told() -> None:
    found = Hubs(FakeEngine({"a": {"catalog": published()}, "b": {"catalog": published()}}), ["a", "b"])

    with pytest.raises(ContractError, match=r"The stacks a and b both publish the portfolio"):
        found.contract(["a", "b"])


@pytest.mark.parametrize(
    ("outputs", "message"),
    [
        (GONE, "make up-next"),
        (EngineError("out of reach"), "out of reach"),
        ({}, "exports no catalog"),
        ({"catalog": {"schema_version": "9.0"}}, "publishes catalog version 9.0"),
    ],
)
def test_one_hub_that_cannot_be_read_is_told_to_its_spokes_alone(
    outputs: dict[str, Any] | EngineError, message: str
) -> None:
    name = "platform/model-catalog-hub/next"
    found = Hubs(FakeEngine({"hub": {"catalog": published()}, name: outputs}), ["hub", name])

    assert ["hub"] == list(found.published())
    assert HUB_ACCOUNT == found.contract(["hub"]).hub_account
    with pytest.raises(CatalogError, match=message):
        found.contract([name])
