"""A product in several portfolios stands in each of them in the index, and a launch names the one that it takes."""

import datetime as dt
from collections.abc import Callable

import pytest

from pages.index.model import Index
from pages.launching.block import Wanted, launch_block
from pages.machines.listing import listing
from shared.errors import LaunchError
from tests.support.catalog_copy import DAY, CatalogCopy
from tests.support.refused import refused
from tests.support.written_index import FRAUD

ONE_ONLY = (
    "{gpu-inference: {constraints: [{type: TEMPLATE, rules: {OneOnly: {Assertions: "
    "[{Assert: {'Fn::Equals': [{Ref: MinInstanceCount}, '1']}, AssertDescription: One instance is enough here.}]}}}]}}"
)


@pytest.fixture
def several(ending: CatalogCopy, index_on: Callable[..., Index]) -> Index:
    """Give an index in which the fraud detector stands in two portfolios, with a rule of its own in the second."""
    ending.replace(
        f"products/{FRAUD}/product.yaml",
        "\nportfolio: online-inference\n",
        f"\nportfolio: online-inference\nportfolios: {ONE_ONLY}\n",
    )
    return index_on()


def block(index: Index, portfolio: str, count: str, day: dt.date = DAY) -> str:
    """Ask for a launch's block."""
    parameters = {"MinInstanceCount": count}
    wanted = Wanted(product=FRAUD, portfolio=portfolio, region="eu-central-1", parameters=parameters)
    return launch_block(index, wanted, day, where="test").text


def test_each_of_its_portfolios_lists_it(several: Index) -> None:
    assert {"online-inference", "gpu-inference"} == {each.key for each in several.portfolios if FRAUD in each.products}
    [listed] = [each for each in listing(several).products if each.key == FRAUD]
    assert ["online-inference", "gpu-inference"] == listed.portfolios


def test_a_launch_keeps_to_the_rules_of_the_portfolio_that_it_names(several: Index) -> None:
    assert "portfolio: gpu-inference" in block(several, "gpu-inference", "1")
    assert "portfolio: online-inference" in block(several, "online-inference", "2")
    with refused(LaunchError, "rule-broken") as told:
        block(several, "gpu-inference", "2")
    assert "One instance is enough here." in str(told.value)


def test_a_launch_that_names_none_of_them_is_refused(several: Index) -> None:
    with refused(LaunchError, "portfolio-not-named"):
        block(several, "", "1")
