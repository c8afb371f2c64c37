"""The shapes of the index. `index.json`, the documents of versions and the pages all say what stands here.

A price, an amount and a default are text, as the contract has them, so that nobody rounds them on the way.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Literal

from pages.index.shape import FORMAT, Shape
from pages.index.version import IndexedVersion, Right
from shared.catalog.cost import Estimate
from shared.catalog.lifecycle import State


class IndexedRole(Shape):
    """A role that an account needs: one launches, the other is what the model runs as."""

    name: str
    services: list[str]
    rights: list[Right]


class IndexedProduct(Shape):
    """A product, and its versions in the order of their publication.

    Attributes:
        regions: Where the hub publishes it.
        contact: Who is asked first.
        state: Of the version to take; where none may be launched, of the last one.
        newest: The version to take; where none may be launched, the last one.
        price_from: The least that a month of a version that may be launched costs in a region of its own.
        tag_options: The values that tags may have.
        tag_options_go_along: They go along with the portfolio's shares, so a launch has to have these tags.
        stack_set: The hub deploys it, to accounts of its own choice, so that nobody launches it.
        exceptions: What it may do beyond the list of what all products may, with the hub's reasons.
    """

    key: str
    original_key: str
    name: str
    description: str
    portfolio: str
    owner: str
    distributor: str
    contact: str
    support: str
    support_url: str
    tags: dict[str, str]
    regions: list[str]
    state: State
    newest: str
    price_from: Estimate | None = None
    price_region: str | None = None
    tag_options: dict[str, list[str]]
    tag_options_go_along: bool
    tag_updates: Literal["ALLOWED", "NOT_ALLOWED"]
    stack_set: bool
    exceptions: dict[str, str]
    registry_group: str
    launch_role: IndexedRole
    execution_role: IndexedRole
    versions: list[IndexedVersion]

    def version(self, number: str) -> IndexedVersion | None:
        """Find a version by its number."""
        return next((each for each in self.versions if each.version == number), None)


class Access(Shape):
    """How an account comes to a portfolio that it does not have.

    Attributes:
        decided_by: The team that decides.
        contact: Whom to ask; empty where the catalog does not say.
        note: What they want to know first.
        file: The settings of the hub's stack in which the share is written; empty where no stack publishes it.
        command: What writes the change for review; SPOKE stands for the account's name.
    """

    decided_by: str
    contact: str = ""
    note: str = ""
    file: str = ""
    command: str


class IndexedShare(Shape):
    """Whom a portfolio is shared with; only in a private index."""

    type: str
    target: str
    revoking: bool = False


class IndexedPortfolio(Shape):
    """A portfolio, and whom to ask for it.

    Attributes:
        products: The keys of its products.
        shares: None in a public index.
    """

    key: str
    name: str
    description: str
    provider_name: str
    tags: dict[str, str]
    tag_options: dict[str, list[str]]
    regions: list[str]
    products: list[str]
    access: Access
    shares: list[IndexedShare] | None = None


class PriceTable(Shape):
    """Where the prices are from, and of which day."""

    date: dt.date
    source: str
    note: str
    currency: str


class Index(Shape):
    """The catalog as it is on a day.

    Attributes:
        day: The day whose states count.
        repository: The address of the catalog's repository, where it is set.
        private: Whether it says who has what.
    """

    format: str = FORMAT
    day: dt.date
    repository: str = ""
    private: bool = False
    prices: PriceTable
    portfolios: list[IndexedPortfolio]
    products: list[IndexedProduct] = []

    def product(self, key: str) -> IndexedProduct | None:
        """Find a product by its key."""
        return next((each for each in self.products if each.key == key), None)

    def versions(self) -> Iterator[tuple[IndexedProduct, IndexedVersion]]:
        """Go through all versions, each with its product."""
        for product in self.products:
            for version in product.versions:
                yield product, version
