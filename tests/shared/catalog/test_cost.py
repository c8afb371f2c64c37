"""The estimate of a launch's monthly cost."""

import datetime as dt
from decimal import Decimal

import pytest

from shared.catalog.cost import Cost, Estimate, estimate, together, total

INSTANCES = Cost(
    kind="instances",
    currency="USD",
    date=dt.date(2026, 11, 24),
    instance_type="Type",
    count="Least",
    max_count="Most",
    autoscaling="Scaling",
    hours="730",
    prices={"ml.m5.large": "0.138"},
)
SERVERLESS = Cost(
    kind="serverless",
    currency="USD",
    date=dt.date(2026, 11, 24),
    memory="Memory",
    seconds="20000",
    prices={"serverless": "0.00002"},
)
VALUES = {"Type": "ml.m5.large", "Least": "2", "Most": "6", "Scaling": "false"}


def test_instances_cost_their_hours() -> None:
    found = estimate(INSTANCES, VALUES)

    assert Decimal("201.48") == found.least == found.most
    assert "about 201 USD a month (estimate, list prices of 2026-11-24)" == str(found)


def test_what_scales_costs_from_the_least_to_the_most() -> None:
    found = estimate(INSTANCES, {**VALUES, "Scaling": "true"})

    assert "about 201 to 604 USD a month (estimate, list prices of 2026-11-24)" == str(found)


def test_a_most_below_the_least_never_makes_it_cheaper() -> None:
    found = estimate(INSTANCES, {**VALUES, "Scaling": "true", "Most": "1"})

    assert found.least == found.most


def test_what_runs_beside_costs_as_much_and_does_not_scale() -> None:
    cost = INSTANCES.model_copy(update={"beside": "Shadows"})

    assert Decimal("302.22") == estimate(cost, {**VALUES, "Shadows": "1"}).least
    assert "about 302 to 705 USD" in str(estimate(cost, {**VALUES, "Scaling": "true", "Shadows": "1"}))
    assert estimate(INSTANCES, VALUES) == estimate(cost, {**VALUES, "Shadows": "0"})


def test_a_serverless_endpoint_costs_its_memory_while_it_answers() -> None:
    found = estimate(SERVERLESS, {"Memory": "3072"})

    assert Decimal("1.2") == found.least
    assert "about 1.20 USD a month (estimate, list prices of 2026-11-24)" == str(found)


def test_a_type_without_a_price_has_an_unknown_cost_and_says_which_it_is() -> None:
    found = estimate(INSTANCES, {**VALUES, "Type": "ml.p5.48xlarge"})

    assert found.least is None
    assert "cost unknown: the hub's price table has no price of ml.p5.48xlarge here" == str(found)


@pytest.mark.parametrize(
    ("amount", "shown"), [("9.994", "9.99"), ("0.125", "0.13"), ("10", "10"), ("10.5", "11"), ("1234.4", "1234")]
)
def test_cents_are_shown_below_ten_and_a_half_is_rounded_up(amount: str, shown: str) -> None:
    assert str(Estimate(currency="USD", date=INSTANCES.date, least=Decimal(amount))).startswith(f"about {shown} USD")


@pytest.mark.parametrize(("count", "unknown"), [(0, 0), (2, 0), (2, 1)])
def test_a_sum_says_how_much_of_it_is_unknown(count: int, unknown: int) -> None:
    known = [
        Estimate(currency="USD", date=dt.date(2026, 11, 24), least=Decimal(1), most=Decimal(3)) for _ in range(count)
    ]
    others = [Estimate(currency="USD", date=dt.date(2026, 11, 24), unknown="?") for _ in range(unknown)]

    assert (Decimal(count), Decimal(3 * count), unknown) == total([*known, *others])


def test_an_estimate_without_a_most_adds_its_least_to_both_sums() -> None:
    serverless, scaling = estimated(least=4), estimated(least=1, most=3)

    assert (Decimal(5), Decimal(7), 0) == total([serverless, scaling])


@pytest.mark.parametrize(
    ("estimates", "told"),
    [
        ([(1, 30)], "about 1.00 to 30 USD a month (estimate, list prices of 2026-11-24)"),
        (
            [(1, 30), None, (2, 2)],
            "about 3.00 to 32 USD a month (estimate, list prices of 2026-11-24), and 1 of unknown cost",
        ),
        ([None, None], "2 of unknown cost"),
    ],
)
def test_what_launches_cost_together_is_told_with_how_many_are_unknown(
    estimates: list[tuple[int, int] | None], told: str
) -> None:
    assert told == together([estimated() if each is None else estimated(*each) for each in estimates])


def estimated(least: int | None = None, most: int | None = None) -> Estimate:
    """Estimate a month's cost; unknown without a least."""
    amounts = {"least": least, "most": most}
    return Estimate.model_validate({"currency": "USD", "date": "2026-11-24", "unknown": "no price", **amounts})
