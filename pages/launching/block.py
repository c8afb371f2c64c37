"""The block of a launch, as it is written into a spoke's settings: refused where a run would refuse it, and priced."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import yaml

from pages.index.model import Index
from pages.launching.offer import offer
from shared.catalog.contract import Contract, Product
from shared.catalog.cost import Estimate
from shared.errors import LaunchError
from shared.secret_value import Secret
from shared.stack.names import SPOKE_PROJECT
from shared.validation import validate
from spoke.config import Launch, SpokeSettings
from spoke.launches.cost import estimate_launch
from spoke.launches.resolution import ResolvedLaunch, offered, region_catalog, resolve_launches
from spoke.launches.version_selection import select_version

SETTING = f"{SPOKE_PROJECT}:launches"
"""Below `config` in a spoke's settings: the list that a launch is an entry of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody wants to launch.

    Attributes:
        product: Its key.
        name: Of the launch; empty for the product's key.
        version: A version or a range; empty for the newest one that may be launched.
        region: Where; empty where the product is offered in one region.
        parameters: What is set of the template's.
    """

    product: str
    name: str = ""
    version: str = ""
    region: str = ""
    parameters: Mapping[str, str] | None = None
    tags: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A launch that would be let through.

    Attributes:
        text: The entry for the list of launches, as YAML.
        cost: What a month of it costs; None where the catalog says no cost.
        secrets: Hidden parameters that have to be set as secrets afterwards.
        notes: What cannot be checked here.
    """

    launch: Launch
    region: str
    text: str
    cost: Estimate | None
    secrets: list[str]
    notes: list[str]


def launch_block(index: Index, wanted: Wanted, day: dt.date, *, where: str) -> Block:
    """Check a launch against the index, and write its block.

    Raises:
        LaunchError: names each mistake, as a run of the spoke would.
    """
    contract = offer(index)
    region = wanted.region or _only_region(index, wanted.product, contract, where)
    resolved, secrets = checked(contract, wanted, region, day, where=where)
    launch = resolved.launch
    entry: dict[str, object] = {"name": launch.name, "product": resolved.key, "version": launch.version}
    entry |= {"region": wanted.region} if wanted.region else {}
    entry |= {"parameters": dict(wanted.parameters)} if wanted.parameters else {}
    entry |= {"tags": dict(wanted.tags)} if wanted.tags else {}
    return Block(
        launch=launch,
        region=region,
        text=yaml.safe_dump([entry], sort_keys=False, allow_unicode=True, width=1000),
        cost=estimate_launch(resolved),
        secrets=secrets,
        notes=list(resolved.notes),
    )


def checked(
    contract: Contract, wanted: Wanted, region: str, day: dt.date, *, where: str
) -> tuple[ResolvedLaunch, list[str]]:
    """Resolve a launch that is not there yet, and name the secrets that it lacks still.

    Raises:
        LaunchError: it would be refused; a new launch is only of a version that is active.
    """
    catalog = region_catalog(contract, region, where=where)
    _, product = offered(catalog.products, wanted.product, where=f"{where}: product", what="product")
    number = wanted.version or newest_active(product, day, where=where)
    choice = select_version(product, number, day, where=where)
    if choice.state != "active":
        raise LaunchError(
            f"no new launch may be of it: {choice.end}", code="version-not-active", place=f"{where}: version"
        )
    given, brought = dict(wanted.parameters or {}), choice.version.model.values(region) if choice.version.model else {}
    secrets = [
        name
        for name, item in choice.version.parameters.items()
        if item.no_echo and item.default is None and name not in given and name not in brought
    ]
    entry: dict[str, object] = {"name": wanted.name or wanted.product, "product": wanted.product, "version": number}
    entry |= {"parameters": given, "tags": dict(wanted.tags or {}), "region": region}
    launch = validate(Launch, entry, where=where, error=LaunchError)
    whole = launch.model_copy(update={"parameters": {**launch.parameters, **dict.fromkeys(secrets, Secret(""))}})
    settings = SpokeSettings.model_construct(launches=[whole], region=region)
    [resolved] = resolve_launches(settings, contract, day, where=where)
    return resolved, secrets


def newest_active(product: Product, day: dt.date, *, where: str) -> str:
    """Name the newest version that may be launched. Raises LaunchError where there is none."""
    found = product.newest_on(day)
    if found is None:
        raise LaunchError(
            f"{product.name} has no active version, so nobody launches it.", code="no-active-version", place=where
        )
    return found


def _only_region(index: Index, key: str, contract: Contract, where: str) -> str:
    """Name the region of a product that is offered in one. Raises LaunchError."""
    product = index.product(key)
    regions = product.regions if product else list(contract.regions)
    if len(regions) == 1 or (regions and product is None):
        return regions[0]
    raise LaunchError(
        f"is missing. {key} is offered in: {', '.join(regions) or 'no region'}.",
        code="region-missing",
        place=f"{where}: region",
    )
