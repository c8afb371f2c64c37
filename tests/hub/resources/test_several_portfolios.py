"""A product in several portfolios: one association and own constraints in each, and what was there keeps its name."""

import json
from typing import Any

import pulumi_aws as aws
import pytest

from hub.config import HubSettings
from hub.definitions.load import read_catalog, read_unlocked
from hub.definitions.portfolio_selection import part_of
from hub.program import run
from shared.errors import ConfigError, ContentError
from tests.support.catalog_copy import DAY, CatalogCopy
from tests.support.recorder import Mocks
from tests.support.refused import refused

FRAUD = "fraud-detector-realtime"
STEM = f"{FRAUD}-eu-central-1"
FILE = f"products/{FRAUD}/product.yaml"
PORTFOLIO = "\nportfolio: online-inference\n"
RULES = "{A: {Assertions: [{Assert: {'Fn::Equals': [{Ref: Nothing}, '1']}}]}}"
TOPIC = "arn:aws:sns:eu-central-1:222233334444:models"


def put_into(catalog: CatalogCopy, portfolios: str) -> None:
    """Let the product stand in further portfolios."""
    catalog.replace(FILE, PORTFOLIO, f"{PORTFOLIO}portfolios: {portfolios}\n")


def settings(*portfolios: str) -> HubSettings:
    """Give a stack's settings that publishes these."""
    return HubSettings(account_id="222233334444", region="eu-central-1", portfolios=list(portfolios))


def constraints(mocks: Mocks) -> dict[str, tuple[str, Any]]:
    """Give the product's constraints by name: their portfolio, and their parameters."""
    return {
        each.name: (each.inputs["portfolioId"], json.loads(each.inputs["parameters"]))
        for each in mocks.all("aws:servicecatalog/constraint:Constraint")
        if each.name.startswith(STEM)
    }


def test_each_portfolio_has_constraints_of_its_own_and_the_first_keeps_its_names(
    mocks: Mocks, catalog_copy: CatalogCopy, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_into(catalog_copy, f"{{gpu-inference: {{constraints: [{{type: NOTIFICATION, topics: ['{TOPIC}']}}]}}}}")
    monkeypatch.chdir(catalog_copy.folder.parent)

    mocks.deploy(run)

    places = {
        each.name: each.inputs["portfolioId"]
        for each in mocks.all(aws.servicecatalog.ProductPortfolioAssociation)
        if each.name.startswith(STEM)
    }
    assert {
        STEM: "port-online-inference-eu-central-1",
        f"{STEM}-in-gpu-inference": "port-gpu-inference-eu-central-1",
    } == places
    made = constraints(mocks)
    own = {name for name, (portfolio, _) in made.items() if portfolio == "port-online-inference-eu-central-1"}
    assert {f"{STEM}-launch", f"{STEM}-resource-update"} <= own
    assert not any("-in-" in name for name in own)
    further = {name: parameters for name, (_, parameters) in made.items() if "-in-gpu-inference-" in name}
    assert {"launch", "notification", "resource-update"} == {
        name.removeprefix(f"{STEM}-in-gpu-inference-") for name in further
    }
    assert {"NotificationArns": [TOPIC]} == further[f"{STEM}-in-gpu-inference-notification"]
    offered = mocks.exports["catalog"]["regions"]["eu-central-1"]["products"][FRAUD]
    assert ("online-inference", ["gpu-inference"]) == (offered["portfolio"], list(offered["portfolios"]))


@pytest.mark.parametrize(
    ("portfolios", "code", "place"),
    [
        ("{vision: {}}", "portfolio-unknown", "portfolios"),
        ("{online-inference: {}}", "portfolio-named-twice", "portfolios.online-inference"),
        ("{gpu-inference: {constraints: [{type: LAUNCHES}]}}", "invalid-value", "constraints[0].type"),
        (
            f"{{gpu-inference: {{constraints: [{{type: TEMPLATE, rules: {RULES}}}]}}}}",
            "rule-parameter-unknown",
            "product.yaml",
        ),
    ],
)
def test_what_is_wrong_with_a_further_portfolio_is_told(
    catalog_copy: CatalogCopy, portfolios: str, code: str, place: str
) -> None:
    put_into(catalog_copy, portfolios)

    with refused(ContentError, code, place):
        _ = read_unlocked(catalog_copy.folder, DAY)


def test_a_product_in_portfolios_of_two_stacks_is_refused_in_both(catalog_copy: CatalogCopy) -> None:
    put_into(catalog_copy, "{gpu-inference: {}}")
    catalog = read_catalog(catalog_copy.folder, DAY)

    for own in ("online-inference", "gpu-inference"):
        with refused(ConfigError, "product-divided", "Pulumi.hub.yaml: portfolios"):
            _ = part_of(settings(own), catalog, where="Pulumi.hub.yaml")
    part = part_of(settings("online-inference", "gpu-inference"), catalog, where="Pulumi.hub.yaml")
    assert FRAUD in {product.file.key for product in part.products}
