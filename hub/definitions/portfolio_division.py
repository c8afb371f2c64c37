"""Divides a catalog over stacks: which of them publishes which portfolios (docs/adr/0016).

What has a stack keeps it, since another one would make other products with other ids. What has none goes where there
is room. Portfolios that have a product in common go together, because one stack makes all of a product.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Final

from hub.definitions.outline import Outline
from shared.errors import ContentError

USUAL_MOST: Final = 25
"""Products of a stack: a first deployment takes time by the square of them, and here that is about as much as all the
rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What a stack publishes.

    Attributes:
        portfolios: Their keys, in the order of the settings.
        products: Their keys.
        added: The portfolios that it has not had so far.
        is_new: There is no such stack yet.
    """

    stack: str
    portfolios: tuple[str, ...]
    products: tuple[str, ...]
    added: tuple[str, ...] = ()
    is_new: bool = False


@dataclass(slots=True)
class _Stack:
    portfolios: list[str]
    products: int
    added: list[str]
    is_new: bool = False


def divided(
    products: Sequence[Outline], portfolios: Sequence[str], placed: Mapping[str, Sequence[str]], *, most: int
) -> list[Part]:
    """Give every portfolio a stack.

    Args:
        products: Those of the catalog.
        portfolios: Their keys, in the catalog's order.
        placed: The portfolios that stacks have already, by stack.
        most: Products of a stack; one that has more keeps them, and gets no more.

    Raises:
        ContentError: a product stands in portfolios of two stacks.
    """
    owner = {portfolio: stack for stack, own in placed.items() for portfolio in own}
    stacks = {stack: _Stack(list(own), _count(products, own), []) for stack, own in placed.items()}
    for group in _groups(products, portfolios):
        owners = list(dict.fromkeys(owner[portfolio] for portfolio in group if portfolio in owner))
        if len(owners) > 1:
            _refuse(products, owner)
        free = [portfolio for portfolio in group if portfolio not in owner]
        if not free:
            continue
        more = _count(products, group) - _count(products, [each for each in group if each in owner])
        fitting = owners or [name for name, each in stacks.items() if each.products + more <= most]
        name = fitting[0] if fitting else _new_name(free[0], stacks)
        stack = stacks.setdefault(name, _Stack([], 0, [], is_new=True))
        stack.portfolios += free
        stack.added += free
        stack.products += more
    return [
        Part(
            stack=name,
            portfolios=tuple(each.portfolios),
            products=tuple(outline.key for outline in products if not outline.portfolios.isdisjoint(each.portfolios)),
            added=tuple(each.added),
            is_new=each.is_new,
        )
        for name, each in stacks.items()
    ]


def _groups(products: Sequence[Outline], portfolios: Sequence[str]) -> list[list[str]]:
    """Put portfolios together that have a product in common, in the catalog's order."""
    group_of = {portfolio: [portfolio] for portfolio in portfolios}
    for outline in products:
        first, *others = [each for each in portfolios if each in outline.portfolios] or [""]
        for other in others:
            if group_of[other] is not group_of[first]:
                whole = sorted([*group_of[first], *group_of[other]], key=portfolios.index)
                group_of |= dict.fromkeys(whole, whole)
    return [group_of[portfolio] for portfolio in portfolios if group_of[portfolio][0] == portfolio]


def _count(products: Sequence[Outline], portfolios: Collection[str]) -> int:
    return sum(not outline.portfolios.isdisjoint(portfolios) for outline in products)


def _new_name(portfolio: str, taken: Collection[str]) -> str:
    names: Iterator[str] = (f"hub-{portfolio}{f'-{number}' if number else ''}" for number in count())
    return next(name for name in names if name not in taken)


def _refuse(products: Sequence[Outline], owner: Mapping[str, str]) -> None:
    for outline in products:
        places = {portfolio: owner[portfolio] for portfolio in sorted(outline.portfolios) if portfolio in owner}
        if len(set(places.values())) > 1:
            told = " and ".join(f"{portfolio} ({stack})" for portfolio, stack in places.items())
            raise ContentError(
                f"stands in portfolios of two stacks, {told}, and one stack makes all of a product. Let it stand in "
                f"portfolios of one stack.",
                code="product-of-two-stacks",
                place=str(outline.path),
            )
    chain = ", ".join(f"{portfolio} ({stack})" for portfolio, stack in owner.items())
    raise ContentError(
        f"a portfolio that has no stack yet has products in common with portfolios of two stacks, {chain}, and one "
        f"stack makes all of a product. Let its products stand in portfolios of one stack.",
        code="portfolio-between-stacks",
        place=str(products[0].path.parents[2] / "portfolios.yaml"),
    )
