"""What the stacks of a divided catalog publish becomes one contract again."""

from typing import Any

import pytest

from shared.catalog import contract
from shared.catalog.divided_contract import merge
from shared.errors import ContractError
from tests.support import offers
from tests.support.refused import refused


def published(
    key: str, *, account: str = "222233334444", region: str = "eu-central-1", product: str = "", minor: str = "2"
) -> contract.Contract:
    """A contract with one portfolio of that key and, where it is named, one product."""
    products = {product: offers.product(product, key, {})} if product else {}
    regions: dict[str, Any] = {
        region: {"portfolios": {key: {"id": f"port-{key}", "name": key, "shares": []}}, "products": products}
    }
    whole = contract.parse(contract.publish(account, regions), source=key)
    return whole.model_copy(update={"schema_version": f"1.{minor}"})


def test_the_contract_of_one_stack_stays_what_it_is() -> None:
    whole = published("vision")

    assert merge({"hub": whole}) is whole


def test_the_contracts_of_a_divided_catalog_become_one() -> None:
    both = {
        "hub-vision": published("vision", product="detector"),
        "hub-language": published("language", product="embedder", minor="1"),
        "hub-west": published("vision", region="eu-west-1", product="detector"),
    }

    merged = merge(both)

    assert {"eu-central-1": {"vision", "language"}, "eu-west-1": {"vision"}} == {
        region: set(catalog.portfolios) for region, catalog in merged.regions.items()
    }
    assert {"eu-central-1": {"detector", "embedder"}, "eu-west-1": {"detector"}} == {
        region: set(catalog.products) for region, catalog in merged.regions.items()
    }
    assert ("1.1", "222233334444") == (merged.schema_version, merged.hub_account)
    assert merged.content_hash == merge(dict(reversed(both.items()))).content_hash
    assert merged.content_hash not in {each.content_hash for each in both.values()}


@pytest.mark.parametrize(("portfolio", "what"), [("vision", "portfolio vision"), ("language", "product detector")])
def test_what_two_stacks_publish_is_refused(portfolio: str, what: str) -> None:
    both = {"hub-a": published("vision", product="detector"), "hub-b": published(portfolio, product="detector")}

    with refused(ContractError, "published-twice", "stacks hub-a and hub-b") as found:
        _ = merge(both)
    assert f"the {what} in eu-central-1" in str(found.value)


def test_stacks_of_two_accounts_are_no_catalog() -> None:
    with refused(ContractError, "catalog-of-two-accounts", "stacks hub-a and hub-b"):
        _ = merge({"hub-a": published("vision"), "hub-b": published("language", account="999900001111")})
