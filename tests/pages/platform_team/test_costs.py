"""What launches cost together."""

from decimal import Decimal
from typing import Any

from pages.platform_team.costs import costs_of
from pages.platform_team.shapes import Attention, CostLine, PlatformLaunch
from shared.catalog.cost import Estimate
from tests.support.platform_fleet import estimate


def launched(account: str, cost: Estimate | None, **changed: Any) -> PlatformLaunch:  # noqa: ANN401 - any part
    """Make a launch of some cost."""
    texts = dict.fromkeys(PlatformLaunch.model_fields, "")
    known: dict[str, Any] = {
        **texts,
        **dict.fromkeys(("versions_behind", "since", "ends", "days_left")),
        "attention": Attention.NONE,
        "account": account,
        "launch": "search",
        "product": "embedder",
        "cost": cost,
    }
    return PlatformLaunch(**{**known, **changed})


def told(lines: list[CostLine]) -> list[tuple[str, int, Decimal, Decimal, int]]:
    return [(each.name, each.launches, each.least, each.most, each.unknown) for each in lines]


def test_costs_are_added_up_by_account_product_and_team_the_largest_first() -> None:
    found = costs_of(
        [
            launched("1", estimate(10), team="search", account_name="Lab"),
            launched("2", estimate(20, 30), product="scorer"),
            launched("2", estimate(5), team="search"),
        ]
    )

    assert [("all launches", 3, 35, 45, 0)] == told(found.all)
    assert [("2", 2, 25, 35, 0), ("1", 1, 10, 10, 0)] == told(found.accounts)
    assert [("scorer", 1, 20, 30, 0), ("embedder", 2, 15, 15, 0)] == told(found.products)
    assert [("without a team", 1, 20, 30, 0), ("search", 2, 15, 15, 0)] == told(found.teams)
    assert ["", "Lab"] == [each.note for each in found.accounts]


def test_what_is_unknown_is_counted_and_not_taken_for_nothing() -> None:
    found = costs_of([launched("1", estimate(10)), launched("1", estimate(None)), launched("1", None)])

    assert [("1", 3, 10, 10, 2)] == told(found.accounts)
    assert [("2", 1, 0, 0, 1)] == told(costs_of([launched("2", None)]).accounts)


def test_currencies_are_not_added_to_each_other() -> None:
    yuan = estimate(70).model_copy(update={"currency": "CNY"})

    found = costs_of([launched("1", estimate(10)), launched("2", yuan)])

    assert [("CNY", 70), ("USD", 10)] == [(each.currency, each.least) for each in found.all]


def test_a_spoke_without_a_launch_costs_nothing() -> None:
    assert [] == costs_of([launched("1", None, launch="")]).all
