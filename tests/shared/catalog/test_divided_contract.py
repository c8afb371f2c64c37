"""What the stacks of a divided catalog publish becomes one contract again."""

from typing import Any

import pytest

from shared.catalog import contract
from shared.errors import ContractError


def published(key: str, *, account: str = "222233334444") -> contract.Contract:
    """A contract with one portfolio and one product, both of that key."""
    regions: dict[str, Any] = {
        "eu-central-1": {
            "portfolios": {key: {"id": f"port-{key}", "name": key, "shares": []}},
            "products": {},
        }
    }
    return contract.parse(contract.publish(account, regions), source=key)


def test_the_contract_of_one_stack_stays_what_it_is() -> None:
    whole = published("vision")

    assert contract.merge({"hub": whole}) is whole


def test_the_contracts_of_a_divided_catalog_become_one() -> None:
    both = {"hub-vision": published("vision"), "hub-language": published("language")}

    merged = contract.merge(both)

    assert {"vision", "language"} == merged.regions["eu-central-1"].portfolios.keys()
    assert merged.content_hash == contract.merge(dict(reversed(both.items()))).content_hash
    assert merged.content_hash not in {each.content_hash for each in both.values()}


def test_a_portfolio_that_two_stacks_publish_is_refused() -> None:
    with pytest.raises(ContractError, match="hub-a and hub-b both publish the portfolio vision in eu-central-1"):
        _ = contract.merge({"hub-a": published("vision"), "hub-b": published("vision")})


def test_stacks_of_two_accounts_are_no_catalog() -> None:
    with pytest.raises(ContractError, match="hub-a and hub-b are of the accounts 222233334444 and 999900001111"):
        _ = contract.merge({"hub-a": published("vision"), "hub-b": published("language", account="999900001111")})
