"""Which portfolios an account uses, and who may launch from them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from shared.catalog.contract import Contract, Portfolio, Product
from shared.errors import ConfigError
from shared.stack.principals import Principal, find_principal
from spoke.config import SpokeSettings
from spoke.launches.resolution import ResolvedLaunch, offered, region_catalog, renamed
from spoke.resources.granted_portfolio import GrantedPortfolio


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A portfolio in use in a region.

    Attributes:
        guests: The positions, in the settings, of those who get access beside the deploying role.
    """

    key: str
    region: str
    portfolio: Portfolio
    guests: Sequence[int]


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
    granted: dict[Place, list[int]] = {
        (resolved.region, resolved.product.portfolio): [] for resolved in resolved_launches
    }
    for index, grant in enumerate(settings.principals):
        place = f"{where}: principals[{index}].portfolio"
        key, _ = offered(catalog.portfolios, grant.portfolio, where=place, what="portfolio")
        granted.setdefault((settings.region, key), [])
        for (_, portfolio), guests in granted.items():
            if portfolio == key:
                guests.append(index)
    return {
        (region, key): Wanted(
            key=key, region=region, portfolio=contract.regions[region].portfolios[key], guests=tuple(guests)
        )
        for (region, key), guests in granted.items()
    }


def products_of(contract: Contract, wanted: Mapping[Place, Wanted]) -> dict[str, Product]:
    """List every product of the portfolios in use: whoever has access to a portfolio may launch all of it."""
    return {
        key: product
        for region, portfolio in wanted
        for key, product in contract.regions[region].products.items()
        if product.portfolio == portfolio
    }


def grant(
    settings: SpokeSettings, wanted: Mapping[Place, Wanted], *, caller: str, provider: aws.Provider, where: str
) -> dict[Place, GrantedPortfolio]:
    """Declare access to the portfolios in use, for the deploying role first.

    Raises:
        ConfigError: the account has no such principal, or the deploying role is named beside itself.
    """
    for index, grant in enumerate(settings.principals):
        [key] = {each.key for each in wanted.values() if grant.portfolio in (each.key, each.portfolio.original_key)}
        for note in renamed(grant.portfolio, key, where=f"{where}: principals[{index}].portfolio"):
            pulumi.log.info(note)
    looking = pulumi.InvokeOptions(provider=provider)
    session = aws.iam.get_session_context(arn=caller, opts=looking)
    deployer = Principal(name="deployer", arn=session.issuer_arn, identity=session.issuer_id or None)
    guests = {
        index: find_principal(item, where=f"{where}: principals[{index}]", opts=looking)
        for index, item in enumerate(settings.principals)
    }
    for index, guest in guests.items():
        if guest.arn == deployer.arn:
            raise ConfigError(
                f"{where}: principals[{index}]: found {guest.arn}, which is the deploying role. It may launch anyway: "
                f"remove it."
            )
    return {
        place: GrantedPortfolio(
            f"{each.portfolio.original_key or each.key}-{each.region}",
            portfolio=each.portfolio,
            account_id=settings.account_id,
            region=each.region,
            principals=[deployer, *(guests[index] for index in each.guests)],
            opts=pulumi.ResourceOptions(providers=[provider]),
        )
        for place, each in wanted.items()
    }
