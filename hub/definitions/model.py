"""The catalog as a whole, once its files are read: what the rules look at, and what the hub makes."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hub.definitions.artifacts import artifact_statements
from hub.definitions.card import ModelCard
from hub.definitions.cost import CostRule, Prices
from hub.definitions.lifecycle import Lives
from hub.definitions.lock_file import Files, Published
from hub.definitions.packaging import file_hashes
from hub.definitions.schema import ModelParameters, PortfolioFile, ProductFile, VersionEntry
from hub.definitions.templates import Template
from shared.catalog.lifecycle import State


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogVersion:
    """A version as its product's file and its template describe it, and its state on the day."""

    entry: VersionEntry
    template: Template
    card: ModelCard
    state: State


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogProduct:
    """A product with everything that its folder holds; versions are in the order of publication.

    Attributes:
        exceptions: What it may do beyond the list of what all may, with the reasons.
        template_keys: The keys of the buckets that its files are read from, where these are of the hub's own.
    """

    file: ProductFile
    launch_statements: list[dict[str, Any]]
    execution_statements: list[dict[str, Any]]
    versions: list[CatalogVersion]
    exceptions: Mapping[str, str] = field(default_factory=dict[str, str])
    template_keys: Sequence[str] = ()

    @property
    def artifact_statements(self) -> list[dict[str, Any]]:
        """What is needed to pull the models of all versions: a retired one may still run somewhere, and scale."""
        return artifact_statements([version.entry.artifacts for version in self.versions])

    def parameters_of(self, version: CatalogVersion) -> ModelParameters:
        """Say which parameters of a version take what it brings."""
        return version.entry.model or self.file.model or ModelParameters()

    def cost_of(self, version: CatalogVersion) -> CostRule | None:
        """Say how a version's cost follows from its parameters; None where nobody says."""
        return version.entry.cost or self.file.cost

    @property
    def lives(self) -> Lives:
        """Each version from its release to its end."""
        return {version.entry.version: version.entry.life for version in self.versions}


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """Everything under the catalog's folder.

    Attributes:
        day: The day whose states of versions count.
    """

    folder: Path
    day: dt.date
    portfolios: list[PortfolioFile]
    products: list[CatalogProduct]
    prices: Prices

    def published(self) -> Published:
        """List what the lock file must hold."""
        return published_of(self.products)


def files_of(products: Iterable[CatalogProduct]) -> Files:
    """List the files that go with templates, by product's original key and version, with their hashes."""
    return {
        (product.file.original_key, version.entry.version): found
        for product in products
        for version in product.versions
        if (found := file_hashes(version.template.packaged, version.template.path.parent))
    }


def published_of(products: Iterable[CatalogProduct]) -> Published:
    """List what the lock file must hold of products."""
    return [
        (product.file.original_key, version.entry.version, version.template.sha256, version.template.path)
        for product in products
        for version in product.versions
    ]
