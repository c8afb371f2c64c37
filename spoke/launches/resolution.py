"""Matches what an account wants with what the hub offers, before AWS is asked for anything."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from shared.aws.arn import Arn
from shared.catalog.contract import Contract, Portfolio, Product, RegionCatalog
from shared.collecting import Mistakes
from shared.errors import LaunchError
from shared.secret_value import Secret
from shared.spelling import meant
from shared.stack.provider import all_tags
from spoke.config import Launch, SpokeSettings
from spoke.launches.model import LaunchedModel, model_of
from spoke.launches.parameters import check_parameters, check_rules, refuse_plain_secrets
from spoke.launches.tags import check_tags, tags_of
from spoke.launches.version_selection import SelectedVersion, select_version

T = TypeVar("T", Product, Portfolio)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedLaunch:
    """A launch with the product and version that fulfil it.

    Attributes:
        where: The settings file and the launch in it, for messages.
        key: The product's key in the catalog, which may have changed since the settings were written.
        model: What it runs; None where the hub does not say.
        notes: What its owner should know, and that stops nothing.
        sends_catalog_tags: Whether the catalog's tags are handed over with its own.
    """

    where: str
    launch: Launch
    region: str
    key: str
    product: Product
    choice: SelectedVersion
    portfolio: Portfolio
    model: LaunchedModel | None = None
    notes: tuple[str, ...] = ()
    sends_catalog_tags: bool = True

    @property
    def parameters(self) -> Mapping[str, str | Secret]:
        """The template's parameters: those of the settings, and those that take the model."""
        return {**self.launch.parameters, **(self.model.parameters if self.model else {})}

    @property
    def plain_parameters(self) -> Mapping[str, str]:
        """Those that are no secrets."""
        return {name: value for name, value in self.parameters.items() if isinstance(value, str)}

    @property
    def secrets(self) -> Mapping[str, Secret]:
        """Those that are."""
        return {name: value for name, value in self.parameters.items() if isinstance(value, Secret)}

    @property
    def tags(self) -> dict[str, str]:
        """The tags that are handed over with the launch."""
        return tags_of(self.launch, self.product, with_catalogs=self.sends_catalog_tags)


def resolve_launches(settings: SpokeSettings, contract: Contract, day: dt.date, *, where: str) -> list[ResolvedLaunch]:
    """Find what each launch asks for.

    Args:
        settings: What the account wants.
        contract: What the hub offers.
        day: The day whose states of versions count.
        where: The stack's settings file, for messages.

    Raises:
        LaunchError: a region, product, version, parameter, rule or tag is not as offered; it tells all mistakes of all
            launches.
    """
    resolved_launches: list[ResolvedLaunch] = []
    mistakes = Mistakes()
    for index, launch in enumerate(settings.launches):
        place = f"{where}: launches[{index}] ({launch.name})"
        with mistakes:
            resolved_launches.append(_resolve(settings, index, contract, day, place))
    mistakes.refuse()
    sending = settings.catalog_tags == "send"
    return [replace(each, sends_catalog_tags=sending) for each in resolved_launches]


def region_catalog(contract: Contract, region: str, *, where: str) -> RegionCatalog:
    """Give what is offered in a region.

    Raises:
        LaunchError: the hub publishes nothing there.
    """
    if region in contract.regions:
        return contract.regions[region]
    raise LaunchError(
        f"invalid value {region!r}, which the hub does not offer.{meant(region, contract.regions)} It offers as "
        f"region: "
        f"{', '.join(sorted(contract.regions)) or 'none'}.",
        code="region-not-offered",
        place=f"{where}: region",
    )


def offered(offers: Mapping[str, T], wanted: str, *, where: str, what: str) -> tuple[str, T]:
    """Find a portfolio or product by its key, or by the one that it had at first.

    Raises:
        LaunchError: none has that key.
    """
    if wanted in offers:
        return wanted, offers[wanted]
    for key, offer in offers.items():
        if offer.original_key == wanted:
            return key, offer
    raise LaunchError(
        f"invalid value {wanted!r}, which the hub does not offer.{meant(wanted, offers)} It offers as {what}: "
        f"{', '.join(sorted(offers)) or 'none'}.",
        code="not-offered",
        place=where,
    )


def renamed(wanted: str, key: str, *, where: str) -> list[str]:
    """Say that a portfolio or product has another key than the settings name, where it has."""
    return [] if wanted == key else [f"{where}: {wanted!r} is now called {key!r}."]


def _resolve(settings: SpokeSettings, index: int, contract: Contract, day: dt.date, where: str) -> ResolvedLaunch:
    launch = settings.launches[index]
    region = settings.region_of(launch)
    catalog = region_catalog(contract, region, where=where)
    key, whole = offered(catalog.products, launch.product, where=f"{where}: product", what="product")
    product = _as_offered_here(launch, key, whole, catalog, settings.account_id, where=f"{where}: portfolio")
    if product.stack_set:
        raise LaunchError(
            f"invalid value {key!r}, which the hub's roles deploy as a stack set, to accounts that the hub chose. A "
            f"launch from here builds there: ask the platform team for it.",
            code="product-is-stack-set",
            place=f"{where}: product",
        )
    choice = select_version(product, launch.version, day, where=where)
    model = model_of(launch, choice.version, choice.number, region, where=where)
    values = {**launch.parameters, **(model.parameters if model else {})}
    mistakes = Mistakes()
    with mistakes:
        refuse_plain_secrets(launch.parameters, choice.version, where, index)
    with mistakes:
        check_parameters(values, choice.version, where)
    undecided = list[str]()
    if not mistakes.found:  # or the rules would be about values that are wrong themselves
        with mistakes:
            undecided = check_rules(values, product, choice.version, where)
    with mistakes:
        check_tags(launch, product, all_tags(settings), where)
    with mistakes:
        _check_topics(launch, region, where)
    mistakes.refuse()
    return ResolvedLaunch(
        where=where,
        launch=launch,
        region=region,
        key=key,
        product=product,
        choice=choice,
        portfolio=catalog.portfolios[product.portfolio],
        model=model,
        notes=(*renamed(launch.product, key, where=f"{where}: product"), *undecided),
    )


def _as_offered_here(
    launch: Launch, key: str, product: Product, catalog: RegionCatalog, account: str, *, where: str
) -> Product:
    """Give the product as the portfolio offers it that the launch goes through.

    Raises:
        LaunchError: the portfolio is none of the product's, or none is named and several may reach the account.
    """
    if launch.portfolio:
        named, _ = offered(catalog.portfolios, launch.portfolio, where=where, what="portfolio")
        if named in product.within:
            return product.within[named]
        raise LaunchError(
            f"invalid value {launch.portfolio!r}, in which {key} does not stand. It stands in: "
            f"{', '.join(product.within)}.",
            code="product-not-in-portfolio",
            place=where,
        )
    reaching = [each for each in product.within if catalog.portfolios[each].may_reach(account)]
    if len(reaching) > 1:
        raise LaunchError(
            f"is missing. {key} stands in several portfolios that may reach this account: {', '.join(reaching)}. Name "
            f"the one to launch through, for example: portfolio: {reaching[0]}",
            code="portfolio-not-named",
            place=where,
        )
    return product.within[reaching[0]] if reaching else product


def _check_topics(launch: Launch, region: str, where: str) -> None:
    mistakes = Mistakes()
    for arn in launch.notifications:
        if Arn.parse(arn).region != region:
            mistakes.add(
                LaunchError(
                    f"invalid value {arn!r}, because the launch runs in {region}. CloudFormation takes only topics of "
                    f"its own region: name one there.",
                    code="topic-of-another-region",
                    place=f"{where}: notifications",
                )
            )
    mistakes.refuse()
