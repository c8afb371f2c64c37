"""A catalog divided over several hub stacks, each with portfolios of its own (docs/adr/0016)."""

from dataclasses import replace
from pathlib import Path

from hub.config import HubSettings
from hub.definitions.model import Catalog
from shared.errors import ConfigError
from shared.spelling import meant
from shared.stack.stack_file import stack_files


def part_of(settings: HubSettings, catalog: Catalog, *, where: str) -> Catalog:
    """Give the part of the catalog that a stack publishes: its portfolios and their products.

    Args:
        settings: The stack's; without `portfolios` it publishes everything.
        catalog: Everything.
        where: The stack's settings file, for messages.

    Raises:
        ConfigError: the catalog has no such portfolio, or one of its products stands in another stack's as well.
    """
    if not settings.portfolios:
        return catalog
    known = {portfolio.key for portfolio in catalog.portfolios}
    for index, key in enumerate(settings.portfolios):
        if key not in known:
            raise ConfigError(
                f"invalid value {key!r}.{meant(key, known)} The catalog's portfolios are: {', '.join(sorted(known))}.",
                code="portfolio-unknown",
                place=f"{where}: portfolios[{index}]",
            )
    own = set(settings.portfolios)
    for product in catalog.products:
        here, there = product.file.places.keys() & own, product.file.places.keys() - own
        if here and there:
            raise ConfigError(
                f"{product.file.key} stands in {', '.join(sorted(there))} too, and one stack makes all of a product. "
                f"Add {', '.join(sorted(there))} here and remove it from the other stack, or let the product stand in "
                f"portfolios of one stack.",
                code="product-divided",
                place=f"{where}: portfolios",
            )
    return replace(
        catalog,
        portfolios=[portfolio for portfolio in catalog.portfolios if portfolio.key in own],
        products=[product for product in catalog.products if product.file.portfolio in own],
    )


def refuse_overlap(settings: HubSettings, *, own: str, folder: Path) -> None:
    """Refuse to publish what another stack of the same account publishes: both would make the same launch roles.

    Args:
        settings: The stack's.
        own: The name of the stack's own settings file.
        folder: Where the settings files are.

    Raises:
        ConfigError: names the other file, and what both publish.
    """
    for other in stack_files(folder, "hub"):
        name = other.path.name
        if name == own or other.account != settings.account_id:
            continue
        try:
            theirs = set(other.settings(HubSettings).portfolios)
        except ConfigError:
            continue  # it says so itself when it is used
        mine = set(settings.portfolios)
        both = mine & theirs if mine and theirs else mine or theirs
        if both or not (mine or theirs):
            raise ConfigError(
                f"{name} publishes {', '.join(sorted(both)) or 'everything'} too, in the same account "
                f"{settings.account_id}. Divide the catalog's portfolios between the two: set portfolios in each of "
                f"the files.",
                code="portfolio-published-twice",
                place=f"{own}: portfolios",
            )
