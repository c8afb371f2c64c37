"""How a catalog is divided over stacks."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.definitions.outline import Outline
from hub.definitions.portfolio_division import divided
from shared.errors import ContentError
from tests.support.refused import refused
from tests.support.strategies import examples


def product(key: str, *portfolios: str) -> Outline:
    """Make the outline of a product in some portfolios."""
    first, *others = portfolios
    places: dict[str, object] = dict.fromkeys(others)
    content = {"key": key, "portfolio": first, "portfolios": places}
    return Outline(Path(f"catalog/products/{key}/product.yaml"), content)


def products(**numbers: int) -> list[Outline]:
    """Make so many products of each portfolio."""
    return [product(f"{name}-{index}", name) for name, number in numbers.items() for index in range(number)]


def stacks(found: list[Outline], placed: Mapping[str, Sequence[str]], *, most: int) -> dict[str, tuple[str, ...]]:
    """Divide, and give each stack's portfolios."""
    portfolios = list(dict.fromkeys(name for each in found for name in sorted(each.portfolios)))
    return {part.stack: part.portfolios for part in divided(found, portfolios, placed, most=most)}


def test_what_has_a_stack_keeps_it_and_what_has_none_goes_where_there_is_room() -> None:
    found = products(a=20, b=5, c=5, d=20)

    assert {"hub": ("a", "b"), "hub-c": ("c", "d")} == stacks(found, {"hub": ["a"]}, most=25)


def test_a_stack_with_more_than_wanted_keeps_it_and_gets_no_more() -> None:
    parts = divided(products(a=30, b=1), ["a", "b"], {"hub": ["a"]}, most=25)

    assert [("hub", (), False), ("hub-b", ("b",), True)] == [(each.stack, each.added, each.is_new) for each in parts]


def test_portfolios_that_have_a_product_in_common_go_together() -> None:
    found = [*products(a=3, b=3, c=3), product("both", "a", "c")]

    assert {"hub": ("a", "c"), "hub-b": ("b",)} == stacks(found, {"hub": []}, most=7)


def test_a_portfolio_follows_a_product_that_it_shares_with_one_that_has_a_stack() -> None:
    found = [*products(a=3, b=3), product("both", "a", "b")]

    assert {"hub": ("a", "b"), "hub-x": ("x",)} == stacks([*found, product("x", "x")], {"hub": ["a"]}, most=3)


def test_a_product_in_portfolios_of_two_stacks_is_refused() -> None:
    with refused(ContentError, "product-of-two-stacks", "products/both/product.yaml"):
        stacks([product("both", "a", "b")], {"hub": ["a"], "hub-b": ["b"]}, most=25)


def test_a_portfolio_between_those_of_two_stacks_is_refused() -> None:
    found = [product("one", "a", "between"), product("two", "between", "b")]

    with refused(ContentError, "portfolio-between-stacks", "catalog/portfolios.yaml"):
        stacks(found, {"hub": ["a"], "hub-b": ["b"]}, most=25)


def test_no_new_stack_has_the_name_of_another() -> None:
    assert {"hub-a": ("b",), "hub-a-1": ("a",)} == stacks(products(a=2, b=2), {"hub-a": ["b"]}, most=2)


@examples
@given(
    st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 9), min_size=1),
    st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from(["hub", "hub-x", "hub-y"])),
    st.integers(3, 20),
)
def test_every_portfolio_has_one_stack_and_a_second_time_changes_nothing(
    numbers: dict[str, int], owners: dict[str, str], most: int
) -> None:
    found = products(**numbers)
    placed: dict[str, list[str]] = {}
    for name in numbers:
        if name in owners:
            placed.setdefault(owners[name], []).append(name)

    parts = divided(found, list(numbers), placed, most=most)
    again = divided(found, list(numbers), {part.stack: part.portfolios for part in parts}, most=most)

    assert sorted(numbers) == sorted(name for part in parts for name in part.portfolios)
    assert all(set(placed.get(part.stack, ())) <= set(part.portfolios) for part in parts)
    assert all(len(part.products) <= most or len(part.added) <= 1 for part in parts)
    assert [(part.stack, part.portfolios, ()) for part in parts] == [
        (part.stack, part.portfolios, part.added) for part in again
    ]


@pytest.mark.parametrize("most", [25, 1])
def test_an_empty_stack_is_kept(most: int) -> None:
    assert "hub" in stacks(products(a=2), {"hub": []}, most=most)
