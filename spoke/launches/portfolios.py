"""The portfolios that an account uses, each found once, by its key."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from shared.catalog.contract import Contract, Portfolio, Product
from shared.errors import LaunchError
from shared.spelling import meant
from spoke.config import SpokeSettings
from spoke.launches.resolution import ResolvedLaunch, offered, region_catalog, renamed


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A portfolio in use in a region.

    Attributes:
        guests: The positions, in the settings, of those who get access beside the deploying role.
        notes: What the settings' owner should know, and that stops nothing.
        own: Whether this stack sets it up; another stack of the account has done it otherwise.
    """

    key: str
    region: str
    portfolio: Portfolio
    guests: Sequence[int]
    notes: Sequence[str] = ()
    own: bool = True


Place = tuple[str, str]
"""A region, and the key of a portfolio there."""


def wanted_portfolios(
    settings: SpokeSettings, contract: Contract, resolved_launches: list[ResolvedLaunch], *, where: str
) -> dict[Place, Wanted]:
    """List the portfolios in use: those set up, those launched from, and those that somebody is granted.

    Raises:
        LaunchError: one is not offered by the hub, or a grant is of one that this stack does not set up.
    """
    catalog = region_catalog(contract, settings.region, where=where)
    guests: dict[str, list[int]] = {}
    notes: dict[Place, list[str]] = {}
    own = set[str]()
    for index, portfolio in enumerate(settings.portfolios or ()):
        place = f"{where}: portfolios[{index}]"
        key, _ = offered(catalog.portfolios, portfolio, where=place, what="portfolio")
        own.add(key)
        notes.setdefault((settings.region, key), []).extend(renamed(portfolio, key, where=place))
    for index, grant in enumerate(settings.principals):
        place = f"{where}: principals[{index}].portfolio"
        key, _ = offered(catalog.portfolios, grant.portfolio, where=place, what="portfolio")
        if settings.portfolios is not None and key not in own:
            raise LaunchError(
                f"invalid value {key!r}, which this stack does not set up. Grant it in the stack that does, or add it "
                f"to portfolios.",
                code="grant-of-another-stacks-portfolio",
                place=place,
            )
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
            own=settings.portfolios is None or key in own,
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


class RolesInUse(NamedTuple):
    """The products whose roles a stack makes, and those whose roles have to be there."""

    made: Mapping[str, Product]
    expected: Mapping[str, Product]

    @property
    def all(self) -> dict[str, Product]:
        """Both."""
        return {**self.made, **self.expected}


def roles_in_use(
    settings: SpokeSettings,
    contract: Contract,
    wanted: Mapping[Place, Wanted],
    resolved_launches: Iterable[ResolvedLaunch],
    *,
    where: str,
) -> RolesInUse:
    """Divide the products in use by who makes their roles.

    Raises:
        LaunchError: a product of `existingRoles` is in no portfolio that this stack sets up.
    """
    if settings.launch_roles == "existing":
        return RolesInUse({}, products_of(contract, wanted))
    products = products_of(contract, {place: each for place, each in wanted.items() if each.own})
    others: dict[str, Product] = {}
    for index, named in enumerate(settings.existing_roles):
        key = next((key for key, each in products.items() if named in (key, each.original_key)), "")
        if not key:
            raise LaunchError(
                f"invalid value {named!r}, whose roles this stack would not make anyway.{meant(named, products)} "
                f"Remove it. The products of the portfolios that are set up here: {', '.join(products) or 'none'}.",
                code="existing-role-not-made-here",
                place=f"{where}: existingRoles[{index}]",
            )
        others[key] = products[key]
    made = {key: product for key, product in products.items() if key not in others}
    launched = {each.key: each.product for each in resolved_launches if each.key not in made}
    return RolesInUse(made, {**others, **launched})


class LaunchPath(NamedTuple):
    """A launch path, as AWS lists it: by the name of its portfolio, and without the portfolio's id."""

    id: str
    name: str


def paths_through(portfolio: Portfolio, paths: Iterable[LaunchPath]) -> list[str]:
    """Give the ids of the launch paths that lead through a portfolio; more than one where another has its name."""
    return [path.id for path in paths if path.name == portfolio.name]
