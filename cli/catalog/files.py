"""Reads the catalog's files for the commands that show them, and finds a version in them."""

import sys
from collections import Counter
from pathlib import Path
from typing import Final

from cli.beside import Ahead
from hub.config import ExceptionSetting, HubSettings
from hub.definitions.load import read_catalog
from hub.definitions.marks import marks_in, refuse_marks
from hub.definitions.model import Catalog, CatalogProduct, CatalogVersion
from shared.catalog.lifecycle import as_of
from shared.errors import ContentError
from shared.spelling import meant
from shared.stack.stack_file import stack_files

FOLDER: Final = Path("hub/catalog")


def catalog_as_of() -> Catalog:
    """Read the catalog as it is on the day of the environment. Raises CatalogError."""
    return read_catalog(FOLDER, as_of(), exceptions=exceptions_here(), ahead=Ahead)


def finished_catalog(*asked: str) -> Catalog:
    """Read the catalog without what somebody has begun to write: a line on standard error names each such product.

    Args:
        asked: Keys of products without which there is no answer.

    Raises:
        CatalogError: the rest is wrong, or one that is asked for has marks left.
    """
    marks = Counter(mark.path.parent.name for mark in marks_in(FOLDER))
    if drafts := marks.keys() & {*asked}:
        refuse_marks(FOLDER, drafts)
    for key, count in marks.items():
        place = FOLDER / "products" / key
        text = f"left out, since it is no more than begun. Marks left: {count}; model-catalog models check lists them"
        print(f"warning: {place}: {text}", file=sys.stderr)
    return read_catalog(FOLDER, as_of(), exceptions=exceptions_here(), left_out=marks.keys(), ahead=Ahead)


def exceptions_here() -> list[ExceptionSetting]:
    """List what the hubs' settings except of the list of rights. Raises ConfigError."""
    files = [file for file in stack_files(Path(), "hub") if file.mentions("exceptions")]
    return [each for file in files for each in file.settings(HubSettings).exceptions]


def find_product(catalog: Catalog, key: str) -> CatalogProduct:
    """Find a product. Raises ContentError with the names of those that there are."""
    for product in catalog.products:
        if product.file.key == key:
            return product
    known = [product.file.key for product in catalog.products]
    raise ContentError(
        f"invalid value {key!r}.{meant(key, known)} The catalog's products are: {', '.join(known)}.",
        code="product-unknown",
        place="PRODUCT",
    )


def find_version(product: CatalogProduct, number: str, *, what: str = "VERSION") -> CatalogVersion:
    """Find a version of a product. Raises ContentError with the numbers that there are."""
    for version in product.versions:
        if version.entry.version == number:
            return version
    known = ", ".join(version.entry.version for version in product.versions)
    raise ContentError(
        f"invalid value {number!r}. The versions of {product.file.key} are: {known}.",
        code="version-unknown",
        place=what,
    )
