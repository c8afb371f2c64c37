"""Tag options and budgets: what the contract says of them, and what contradicts itself."""

from collections.abc import Callable
from typing import Any

import pulumi_aws as aws
import pytest

from hub.definitions.load import read_catalog
from hub.definitions.tag_options import together
from shared.errors import ConfigError, ContentError
from tests.support.catalog_copy import DAY, CatalogCopy
from tests.support.hub_stack import SETTINGS, deployed
from tests.support.recorder import Mocks
from tests.support.refused import refused

PORTFOLIOS = "portfolios.yaml"
TEXT = "products/text-embedder-serverless/product.yaml"
FIRST = "    name: Online inference models\n"


@pytest.fixture
def governed(catalog_copy: CatalogCopy) -> CatalogCopy:
    """Give a catalog whose online portfolio has tag options and a budget."""
    options = "    tag_options: {cost-centre: ['100', '200'], tier: [gold]}\n    budgets: [models]\n"
    catalog_copy.replace(PORTFOLIOS, FIRST, FIRST + options)
    catalog_copy.replace(TEXT, "\nversions:", "\ntag_options: {cost-centre: ['200', '300']}\nversions:")
    return catalog_copy


@pytest.mark.parametrize(
    ("shared", "options"), [(True, {"cost-centre": ["200"], "tier": ["gold"]}), (False, {})], ids=["along", "at home"]
)
def test_the_contract_asks_for_tags_where_tag_options_are_shared(
    governed: CatalogCopy, *, shared: bool, options: dict[str, list[str]]
) -> None:
    share = {"portfolio": "online-inference", "type": "ORGANIZATION", "tagOptions": shared}
    mocks = deployed({**SETTINGS, "shares": [share]}, governed.folder.parent)
    products = mocks.exports["catalog"]["regions"]["eu-central-1"]["products"]

    assert options == products["text-embedder-serverless"]["tag_options"]
    assert shared is mocks.one(aws.servicecatalog.PortfolioShare).inputs["shareTagOptions"]


def test_of_one_key_only_the_values_of_both_remain() -> None:
    assert {"a": ["2"], "b": ["x"], "c": []} == together(
        {"a": ["1", "2"], "b": ["x"], "c": ["1"]}, {"a": ["2", "3"], "c": ["9"]}
    )


@pytest.mark.parametrize(
    ("line", "code", "place"),
    [
        ("tag_options: {tier: [silver]}", "tag-options-contradict", "tag_options.tier"),
        ("tag_options: {serving: [batch]}", "tag-not-allowed", "tag_options.serving"),
        ("tag_options: {tier: []}", "invalid-value", "tag_options.tier"),
        ("tag_options: {tier: [gold, gold]}", "duplicate-tag-option-value", "tag_options.tier"),
        ("tag_options: {'aws:x': [gold]}", "tag-reserved", "tag_options.aws:x"),
        ("budgets: ['a:b']", "invalid-value", "budgets[0]"),
    ],
)
def test_what_no_launch_could_keep_to_is_refused(catalog_copy: CatalogCopy, line: str, code: str, place: str) -> None:
    catalog_copy.replace(PORTFOLIOS, FIRST, f"{FIRST}    tag_options: {{tier: [gold]}}\n")
    catalog_copy.replace(TEXT, "\nversions:", f"\n{line}\nversions:")

    with refused(ContentError, code, f"{TEXT}: {place}"):
        read_catalog(catalog_copy.folder, DAY)


def test_all_shares_of_a_portfolio_take_the_tag_options_along_or_none(deploy: Callable[..., Mocks]) -> None:
    shares: list[dict[str, Any]] = [
        {"portfolio": "online-inference", "type": "ORGANIZATION", "tagOptions": True},
        {"portfolio": "online-inference", "type": "ACCOUNT", "target": "333344445555"},
    ]

    with refused(ConfigError, "share-tag-options-differ", "Pulumi.hub.yaml: shares"):
        deploy(shares=shares)
