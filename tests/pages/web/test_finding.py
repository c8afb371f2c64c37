"""How models are found on the pages: search, filters and sorting, in a browser."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlparse

import pytest
from playwright.sync_api import Page, expect

from pages.index.model import Index, IndexedProduct
from pages.web.finding import band, shown
from tests.support.browser import FRAUD, LOOKS, Look, Opened


def names(page: Page) -> list[str]:
    """List the models that are shown."""
    return page.locator("#cards h3").all_inner_texts()


@pytest.mark.parametrize("look", LOOKS)
def test_a_search_finds_whole_cards_and_its_address_can_be_shared(opened: Opened) -> None:
    page = opened("index.html")
    page.fill("#q", "merchants")  # a word of a limit, which no card shows

    expect(page.locator("#count")).to_have_text("1 model")
    assert ["Fraud detector, real-time endpoint"] == names(page)
    assert "?q=merchants" in page.url
    again = opened(page.url.partition("/full/")[2])
    assert names(page) == names(again)
    again.locator("#cards h3 a").click()
    expect(again.locator("h1")).to_contain_text("Fraud detector")


@pytest.mark.parametrize("look", LOOKS)
def test_filters_stand_in_the_address_and_can_be_taken_away(opened: Opened, look: Look) -> None:
    page = opened("index.html")
    if look[0] < 860:
        page.locator("#filters > summary").click()
    page.get_by_label(re.compile("^tabular")).check()
    page.get_by_label(re.compile("^high")).check()

    expect(page.locator("#count")).to_have_text("1 model")
    assert {"modality": ["tabular"], "risk": ["high"]} == parse_qs(urlparse(page.url).query)
    page.get_by_role("button", name="Remove the filter high").click()
    expect(page.locator("#count")).to_have_text("4 models")
    page.fill("#q", "nothing of this kind")
    expect(page.get_by_role("heading", name="No model fits")).to_be_visible()
    page.get_by_role("button", name="Clear everything").click()
    expect(page.locator("#count")).to_have_text("7 models")
    assert "" == urlparse(page.url).query


FACETS: Mapping[str, Callable[[IndexedProduct], list[str]]] = {
    "task": lambda each: [shown(each).card.task],
    "modality": lambda each: [shown(each).card.modality],
    "framework": lambda each: [shown(each).card.framework.rpartition(" ")[0] or shown(each).card.framework],
    "license": lambda each: [shown(each).card.license],
    "risk": lambda each: [shown(each).card.risk_rating],
    "region": lambda each: list(each.everywhere),
    "band": lambda each: [band(each.price_from)],
    "state": lambda each: [each.state],
    "portfolio": lambda each: list(each.stands_in),
}


def test_every_facet_leaves_those_that_have_what_one_chose(opened: Opened, index: Index) -> None:
    page = opened("index.html")
    titles = {each.name: each.key for each in index.portfolios}
    shown_facets = {str(box.get_attribute("data-facet")) for box in page.locator("#facets input").all()}
    assert set(FACETS) == shown_facets

    for facet, values_of in FACETS.items():
        boxes = page.locator(f"#facets input[data-facet={facet}]")
        for place in range(boxes.count()):
            value = str(boxes.nth(place).get_attribute("value"))
            wanted = {each.name for each in index.products if titles.get(value, value) in values_of(each)}
            boxes.nth(place).check()
            assert wanted == set(names(page)), (facet, value)
            assert {facet: [value]} == parse_qs(urlparse(page.url).query)
            boxes.nth(place).uncheck()


def test_models_are_sorted_by_what_one_chooses(opened: Opened, index: Index) -> None:
    page = opened("index.html")

    def metric(each: IndexedProduct) -> float:
        found = [metric.value for metric in shown(each).metrics if metric.name == "area under the ROC curve"]
        return found[0] if found else float("-inf")

    orders: dict[str, Callable[[IndexedProduct], Any]] = {
        "name": lambda each: each.name,
        "price": lambda each: each.price_from.least if each.price_from else Decimal("Infinity"),
        "date": lambda each: -shown(each).life.released.toordinal(),
        "users": lambda each: each.key != FRAUD,
        "metric:area under the ROC curve": lambda each: -metric(each),
    }
    options = page.locator("#sort option").evaluate_all("found => found.map(each => each.value)")
    assert set(orders) <= set(options)
    for order, value in orders.items():
        page.select_option("#sort", order)
        of = {each.name: value(each) for each in index.products}
        assert sorted(of.values()) == [of[name] for name in names(page)], order
        assert [order] == parse_qs(urlparse(page.url).query)["sort"]
