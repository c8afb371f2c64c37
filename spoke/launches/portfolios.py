"""The portfolios that an account uses, each found once, by its key."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from shared.catalog.contract import Contract, Portfolio, Product
from spoke.config import SpokeSettings
from spoke.launches.resolution import ResolvedLaunch, offered, region_catalog, renamed


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A portfolio in use in a region.

    Attributes:
        guests: The positions, in the settings, of those who get access beside the deploying role.
        notes: What the settings' owner should know, and that stops nothing.
    """

    key: str
    region: str
    portfolio: Portfolio
    guests: Sequence[int]
    notes: Sequence[str] = ()


Place = tuple[str, str]
"""A region, and the key of a portfolio there."""


def wanted_portfolios(
    settings: SpokeSettings, contract: Contract, resolved_launches: list[ResolvedLaunch], *, where: str
) -> dict[Place, Wanted]:
    """List the portfolios in use: those launched from, and those that somebody is granted.

    Raises:
        LaunchError: a grant is of a portfolio that the hub does not offer.
    """
    catalog = region_catalog(contract, settings.region, where=where)
    guests: dict[str, list[int]] = {}
    notes: dict[Place, list[str]] = {}
    for index, grant in enumerate(settings.principals):
        place = f"{where}: principals[{index}].portfolio"
        key, _ = offered(catalog.portfolios, grant.portfolio, where=place, what="portfolio")
        guests.setdefault(key, []).append(index)
        notes.setdefault((settings.region, key), []).extend(renamed(grant.portfolio, key, where=place))
    launched = ((resolved.region, resolved.product.portfolio) for resolved in resolved_launches)
    return {
        (region, key): Wanted(
            key=key,
            region=region,
            portfolio=contract.regions[region].portfolios[key],
            guests=tuple(guests.get(key, ())),
            notes=tuple(notes.get((region, key), ())),
        )
        for region, key in dict.fromkeys([*launched, *notes])
    }


def products_of(contract: Contract, wanted: Mapping[Place, Wanted]) -> dict[str, Product]:
    """List every product of the portfolios in use: whoever has access to a portfolio may launch all of it."""
    return {
        key: product
        for region, portfolio in wanted
        for key, product in contract.regions[region].products.items()
        if portfolio in product.within
    }


class LaunchPath(NamedTuple):
    """A launch path, as AWS lists it: by the name of its portfolio, and without the portfolio's id."""

    id: str
    name: str


def paths_through(portfolio: Portfolio, paths: Iterable[LaunchPath]) -> list[str]:
    """Give the ids of the launch paths that lead through a portfolio; more than one where another has its name."""
    return [path.id for path in paths if path.name == portfolio.name]
