"""What the server for agents answers: short, and whole enough to decide by."""

import datetime as dt
from collections.abc import Iterator
from typing import Final

from pages.index.model import Index, IndexedProduct
from pages.index.shape import Shape
from pages.index.version import IndexedParameter, IndexedVersion, Life
from pages.launching.block import SETTING, Block
from shared.catalog.cost import Estimate
from shared.catalog.lifecycle import State
from shared.errors import ContentError

MOST: Final = 50
"""Models of one answer; an agent that needs more asks more exactly."""


class Found(Shape):
    """A model that fits.

    Attributes:
        cost: What a month costs with the template's defaults, by region, in words.
    """

    product: str
    version: str
    name: str
    summary: str
    task: str
    modality: str
    framework: str
    license: str
    risk_rating: str
    portfolio: str
    regions: list[str]
    state: State
    approved_by: str
    approved_on: dt.date
    metrics: dict[str, float]
    cost: dict[str, str]


class FoundModels(Shape):
    """The models that fit, and how many were left off."""

    models: list[Found]
    left_off: int = 0


class VersionLine(Shape):
    """A version, and what works in its state."""

    version: str
    life: Life
    description: str
    is_newest: bool


class Card(Shape):
    """All that a person would read before they choose."""

    product: IndexedProduct
    version: IndexedVersion


class LaunchBlock(Shape):
    """A launch that the rules let through, for a person to review and to write into the settings in git.

    Attributes:
        setting: Below `config` in a spoke's settings file: the list that the block belongs into.
        block: YAML, one entry of that list.
        cost: What a month of it costs, in words.
        estimate: The same as numbers.
        secrets: Parameters that a person has to set as secrets; their values are nobody else's business.
        notes: What only AWS can check.
    """

    setting: str
    block: str
    region: str
    cost: str
    estimate: Estimate | None
    secrets: list[str]
    notes: list[str]


def found_models(index: Index, wanted: dict[str, str], *, state: State, word: str) -> FoundModels:
    """List the approved versions whose cards have each of the wanted texts."""
    rows = list(_fitting(index, wanted, state, word.lower()))
    return FoundModels(models=rows[:MOST], left_off=max(0, len(rows) - MOST))


def _fitting(index: Index, wanted: dict[str, str], state: State, word: str) -> Iterator[Found]:
    for product, version in index.versions():
        if version.approval is None or version.life.state != state:
            continue
        card, cost = version.card, version.cost
        found = Found(
            product=product.key,
            version=version.version,
            name=product.name,
            summary=card.summary,
            task=card.task,
            modality=card.modality,
            framework=card.framework,
            license=card.license,
            risk_rating=card.risk_rating,
            portfolio=product.portfolio,
            regions=product.regions,
            state=version.life.state,
            approved_by=version.approval.approved_by,
            approved_on=version.approval.approved_on,
            metrics={f"{each.evaluation}: {each.name}": each.value for each in version.metrics},
            cost={
                region: str(each)
                for region, each in (cost.with_defaults if cost else {}).items()
                if region in product.regions
            },
        )
        said = {**found.model_dump(), "region": " ".join(product.regions)}
        words = f"{product.key} {product.name} {product.description} {card.model_dump_json()}".lower()
        if word in words and all(value.lower() in str(said[name]).lower() for name, value in wanted.items() if value):
            yield found


def product_of(index: Index, key: str) -> IndexedProduct:
    """Find a product. Raises ContentError."""
    product = index.product(key)
    if product is None:
        raise ContentError(
            f"invalid value {key!r}. The catalog's products are: {', '.join(each.key for each in index.products)}.",
            code="product-unknown",
            place="product",
        )
    return product


def card_of(index: Index, key: str, number: str) -> Card:
    """Give the card of a version, or of the one to take. Raises ContentError."""
    product = product_of(index, key)
    version = product.version(number or product.newest)
    if version is None:
        known = ", ".join(each.version for each in product.versions)
        raise ContentError(
            f"invalid value {number!r}. The versions of {key} are: {known}.", code="version-unknown", place="version"
        )
    return Card(
        product=product.model_copy(update={"versions": []}), version=version.model_copy(update={"differences": {}})
    )


def settable(version: IndexedVersion) -> list[IndexedParameter]:
    """List the parameters that a launch may set."""
    return [each for each in version.parameters if each.brought is None]


def answer(block: Block) -> LaunchBlock:
    """Write a block as an answer."""
    return LaunchBlock(
        setting=SETTING,
        block=block.text,
        region=block.region,
        cost=str(block.cost) if block.cost else "the catalog gives no cost",
        estimate=block.cost,
        secrets=block.secrets,
        notes=block.notes,
    )
