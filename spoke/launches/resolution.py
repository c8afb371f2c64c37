"""Matches what an account wants with what the hub offers, before AWS is asked for anything."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from shared.aws.arn import Arn
from shared.catalog.contract import Contract, Portfolio, Product, RegionCatalog
from shared.collecting import Mistakes
from shared.errors import CatalogError, LaunchError
from shared.secret_value import Secret
from shared.spelling import meant
from shared.stack.provider import all_tags
from spoke.config import Launch, SpokeSettings
from spoke.launches.model import LaunchedModel, model_of
from spoke.launches.origin import Origin
from spoke.launches.parameters import check_parameters, check_rules, defaults_of, refuse_plain_secrets
from spoke.launches.tags import check_tags, tags_of
from spoke.launches.version_selection import SelectedVersion, select_version
from spoke.parameter_sources import LaunchOutput, Source
from spoke.parameter_values import Given

T = TypeVar("T", Product, Portfolio)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedLaunch:
    """A launch with the product and version that fulfil it.

    Attributes:
        where: The file and the launch in it, for messages.
        origin: Who asks for it.
        key: The product's key in the catalog, which may have changed since the settings were written.
        model: What it runs; None where the hub does not say.
        notes: What its owner should know, and that stops nothing.
        sends_catalog_tags: Whether the catalog's tags are handed over with its own.
        keeps_secrets: Whether its outputs may tell a secret: one of its own, or one of a launch that it takes from.
    """

    where: str
    origin: Origin
    launch: Launch
    region: str
    key: str
    product: Product
    choice: SelectedVersion
    portfolio: Portfolio
    model: LaunchedModel | None = None
    notes: tuple[str, ...] = ()
    sends_catalog_tags: bool = True
    keeps_secrets: bool = False

    @property
    def parameters(self) -> Mapping[str, Given]:
        """The template's parameters: those of the settings, and those that take the model."""
        return {**self.launch.parameters, **(self.model.parameters if self.model else {})}

    @property
    def plain_parameters(self) -> Mapping[str, str]:
        """Those that are no secrets."""
        return {name: value for name, value in self.parameters.items() if isinstance(value, str)}

    @property
    def known_parameters(self) -> Mapping[str, str]:
        """Those whose values are known here, the template's defaults among them."""
        defaults = defaults_of(self.choice.version).items()
        return {**{name: value for name, value in defaults if name not in self.parameters}, **self.plain_parameters}

    @property
    def secrets(self) -> Mapping[str, Secret]:
        """Those that are."""
        return {name: value for name, value in self.parameters.items() if isinstance(value, Secret)}

    @property
    def elsewhere(self) -> Mapping[str, Source]:
        """Those whose values are elsewhere still."""
        return {name: value for name, value in self.parameters.items() if isinstance(value, Source)}

    @property
    def tags(self) -> dict[str, str]:
        """The tags that are handed over with the launch."""
        return tags_of(self.launch, self.product, with_catalogs=self.sends_catalog_tags)


def resolve_launches(
    settings: SpokeSettings,
    contract: Contract,
    day: dt.date,
    *,
    where: str,
    origins: Mapping[str, Origin] | None = None,
) -> list[ResolvedLaunch]:
    """Find what each launch asks for.

    Args:
        settings: What the account wants.
        contract: What the hub offers.
        day: The day whose states of versions count.
        where: The stack's settings file, for messages.
        origins: Who asks for launches, by their names; without it, the settings ask for all of them.

    Raises:
        LaunchError: a region, product, version, parameter, rule or tag is not as offered; it tells all mistakes of all
            launches.
    """
    resolved_launches: list[ResolvedLaunch] = []
    mistakes = Mistakes()
    for index, launch in enumerate(settings.launches):
        origin = (origins or {}).get(launch.name) or Origin.own(where, index, launch.name)
        try:
            resolved_launches.append(_resolve(settings, launch, contract, day, origin))
        except CatalogError as problem:
            for each in problem.all:
                mistakes.add(origin.located(each))
    mistakes.refuse()
    sending, secretive = settings.catalog_tags == "send", _secretive(resolved_launches)
    return [
        replace(each, sends_catalog_tags=sending, keeps_secrets=each.launch.name in secretive)
        for each in resolved_launches
    ]


def _secretive(resolved_launches: Iterable[ResolvedLaunch]) -> set[str]:
    """Name the launches that are given a secret, by whatever way."""
    found, taking = set[str](), dict[str, set[str]]()
    for each in resolved_launches:
        hidden = {name for name, parameter in each.choice.version.parameters.items() if parameter.no_echo}
        if each.secrets or not hidden.isdisjoint(each.elsewhere):
            found.add(each.launch.name)
        sources = each.elsewhere.values()
        taking[each.launch.name] = {source.launch for source in sources if isinstance(source, LaunchOutput)}
    while more := {name for name, others in taking.items() if name not in found and not others.isdisjoint(found)}:
        found |= more
    return found


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


def _resolve(
    settings: SpokeSettings, launch: Launch, contract: Contract, day: dt.date, origin: Origin
) -> ResolvedLaunch:
    where = origin.place
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
        refuse_plain_secrets(launch.parameters, choice.version, origin)
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
        origin=origin,
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
