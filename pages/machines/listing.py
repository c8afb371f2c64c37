"""`index.json`: what there is, with the address of the document of each version; and the schemas of both.

The documents are whole, so `index.json` stays small: it has what a list, a search or an agent chooses by.
"""

import datetime as dt
from typing import Annotated, Any, Final

from pydantic import Field

from pages.index.model import Index, IndexedPortfolio, IndexedProduct, PriceTable
from pages.index.shape import FORMAT, Shape
from pages.index.version import IndexedVersion
from shared.catalog.cost import Estimate
from shared.catalog.lifecycle import State

INDEX: Final = "index.json"
INDEX_SCHEMA: Final = "schemas/index.schema.json"
VERSION_SCHEMA: Final = "schemas/version.schema.json"
_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


Address = Annotated[str, Field(pattern=r"^models(/[a-z0-9-]+)/[0-9A-Za-z.-]+\.json$")]
"""Below the folder, and nowhere else."""


class ListedVersion(Shape):
    """A version in the list.

    Attributes:
        address: Of its document, from the folder that `index.json` is in; it stays for good.
        cost: By region, what a month costs with the template's defaults.
    """

    version: str
    address: Address
    sbom: Address
    state: State
    is_newest: bool
    released: dt.date
    deprecated_on: dt.date | None = None
    retires_on: dt.date | None = None
    replacement: str | None = None
    approved_on: dt.date | None = None
    summary: str
    task: str
    modality: str
    framework: str
    license: str
    risk_rating: str
    cost: dict[str, Estimate] = {}


class ListedProduct(Shape):
    """A product in the list."""

    key: str
    name: str
    description: str
    portfolio: str
    owner: str
    contact: str
    regions: list[str]
    state: State
    newest: str
    price_from: Estimate | None = None
    versions: list[ListedVersion]


class Listing(Shape):
    """The file `index.json`."""

    schema_: str = Field(default=INDEX_SCHEMA, alias="$schema")
    format: str = FORMAT
    day: dt.date
    repository: str = ""
    prices: PriceTable
    portfolios: list[IndexedPortfolio]
    products: list[ListedProduct]


class VersionDocument(Shape):
    """The document of a version, `models/PRODUCT/VERSION.json`; the product is without its versions."""

    schema_: str = Field(default=f"../../{VERSION_SCHEMA}", alias="$schema")
    format: str = FORMAT
    day: dt.date
    product: IndexedProduct
    version: IndexedVersion


def listing(index: Index) -> Listing:
    """Write the list."""
    return Listing(
        day=index.day,
        repository=index.repository,
        prices=index.prices,
        portfolios=index.portfolios,
        products=[_product(each) for each in index.products],
    )


def document(index: Index, product: IndexedProduct, version: IndexedVersion) -> VersionDocument:
    """Write the document of a version."""
    return VersionDocument(day=index.day, product=product.model_copy(update={"versions": []}), version=version)


def schemas() -> dict[str, dict[str, Any]]:
    """Give the JSON Schemas of both, by their addresses."""
    found: dict[str, dict[str, Any]] = {}
    for address, shape in ((INDEX_SCHEMA, Listing), (VERSION_SCHEMA, VersionDocument)):
        found[address] = {"$schema": _DIALECT, **shape.model_json_schema(mode="serialization", by_alias=True)}
    return found


def _product(product: IndexedProduct) -> ListedProduct:
    return ListedProduct(
        **{name: getattr(product, name) for name in ListedProduct.model_fields if name != "versions"},
        versions=[_version(each) for each in product.versions],
    )


def _version(version: IndexedVersion) -> ListedVersion:
    card, life = version.card, version.life
    return ListedVersion(
        version=version.version,
        address=version.address,
        sbom=version.sbom,
        state=life.state,
        is_newest=version.is_newest,
        released=life.released,
        deprecated_on=life.deprecated_on,
        retires_on=life.retires_on,
        replacement=life.replacement,
        approved_on=version.approval.approved_on if version.approval else None,
        summary=card.summary,
        task=card.task,
        modality=card.modality,
        framework=card.framework,
        license=card.license,
        risk_rating=card.risk_rating,
        cost=version.cost.with_defaults if version.cost else {},
    )
