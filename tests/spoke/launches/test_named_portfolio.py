"""A product that stands in several portfolios, and the one that a launch goes through."""

from typing import Any

import pytest

from shared.catalog.contract import Contract
from shared.errors import ContractError, LaunchError
from spoke.launches.contract_dependencies import Excerpts
from spoke.launches.portfolios import products_of, wanted_portfolios
from spoke.launches.resolution import resolve_launches
from tests.support.catalog_copy import DAY
from tests.support.offers import read
from tests.support.refused import refused
from tests.support.spoke_stack import LAUNCH, resolved, settings

WHERE = "Pulumi.spoke-research.yaml"
RULE = {"Assertions": [{"Assert": {"Fn::Equals": [{"Ref": "Environment"}, "development"]}}]}


@pytest.fixture
def both(offer: dict[str, Any]) -> dict[str, Any]:
    """Put the scorer into a second portfolio, with other tags and a rule."""
    catalog = offer["eu-central-1"]
    catalog["products"]["scorer"]["portfolios"] = {"batch": {"tags": {"place": "batch"}, "rules": {"Only": RULE}}}
    catalog["portfolios"]["online"]["shares"] = [{"type": "ORGANIZATIONAL_UNIT", "target": "ou-a1b2-research"}]
    return offer


def test_a_launch_that_names_no_portfolio_is_refused_where_several_may_reach_the_account(both: dict[str, Any]) -> None:
    with refused(LaunchError, "portfolio-not-named", f"{WHERE}: launches[0] (scoring): portfolio") as found:
        _ = resolved(both)

    assert "online, batch. Name the one to launch through, for example: portfolio: online" in str(found.value)


def test_a_launch_goes_through_the_portfolio_that_it_names_by_the_rules_and_tags_there(both: dict[str, Any]) -> None:
    online = resolved(both, portfolio="online")
    batch = resolved(both, portfolio="batch", parameters={**LAUNCH["parameters"], "Environment": "development"})

    assert ("port-online", "port-batch") == (online.portfolio.id, batch.portfolio.id)
    assert "scorer" == online.tags["framework"]
    assert "framework" not in batch.tags
    assert "batch" == batch.tags["place"]
    assert online.product.id == batch.product.id
    with refused(LaunchError, "rule-broken"):
        _ = resolved(both, portfolio="batch")


def test_the_only_portfolio_that_reaches_the_account_needs_no_name(both: dict[str, Any]) -> None:
    both["eu-central-1"]["portfolios"]["online"]["shares"] = [{"type": "ACCOUNT", "target": "999900001111"}]

    found = resolved(both, parameters={**LAUNCH["parameters"], "Environment": "development"})

    assert "port-batch" == found.portfolio.id


def test_a_portfolio_that_is_not_the_products_is_refused_with_those_that_are(both: dict[str, Any]) -> None:
    with refused(LaunchError, "product-not-in-portfolio", "portfolio") as found:
        _ = resolved(both, product="embedder", version="1.0.0", parameters={}, portfolio="batch")
    assert "It stands in: online." in str(found.value)
    with refused(LaunchError, "not-offered", "portfolio") as found:
        _ = resolved(both, portfolio="onlin")
    assert "Did you mean online?" in str(found.value)


def test_a_portfolio_in_use_brings_all_products_that_stand_in_it(both: dict[str, Any]) -> None:
    asked, contract = (
        settings(launches=[{"name": "f", "product": "forecaster", "version": "1.0.0"}]),
        read(both),
    )
    launches = resolve_launches(asked, contract, DAY, where=WHERE)

    wanted = wanted_portfolios(asked, contract, launches, where=WHERE)

    assert [("eu-central-1", "batch")] == list(wanted)
    assert {"scorer", "forecaster"} == set(products_of(contract, wanted))


def test_another_portfolio_changes_nothing_for_a_launch_that_has_one(
    offer: dict[str, Any], both: dict[str, Any]
) -> None:
    asked = settings(launches=[{**LAUNCH, "portfolio": "online"}])

    def parts(contract: Contract) -> object:
        return Excerpts(contract, DAY).of(asked, where=WHERE)[0]["offer of scoring"]

    before = parts(read(both))
    del offer["eu-central-1"]["products"]["scorer"]["portfolios"]
    assert before == parts(read(offer))


def test_a_contract_whose_product_stands_in_a_portfolio_that_is_not_there_is_damaged(both: dict[str, Any]) -> None:
    both["eu-central-1"]["products"]["scorer"]["portfolios"]["nowhere"] = {"tags": {}}

    with refused(ContractError, "catalog-damaged"):
        _ = read(both)
