"""Reads the catalog's files for the commands that show them, and finds a version in them."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from hub.definitions.load import read_catalog
from hub.definitions.model import Catalog, CatalogProduct, CatalogVersion
from shared.catalog.lifecycle import as_of
from shared.errors import CatalogError, ContentError

FOLDER: Final = Path("hub/catalog")


def catalog_as_of() -> Catalog:
    """Read the catalog as it is on the day of the environment. Raises CatalogError."""
    return read_catalog(FOLDER, as_of())


def find_product(catalog: Catalog, key: str) -> CatalogProduct:
    """Find a product. Raises ContentError with the names of those that there are."""
    for product in catalog.products:
        if product.file.key == key:
            return product
    known = ", ".join(product.file.key for product in catalog.products)
    raise ContentError(f"PRODUCT: found {key!r}. The catalog's products are: {known}.")


def find_version(product: CatalogProduct, number: str, *, what: str = "VERSION") -> CatalogVersion:
    """Find a version of a product. Raises ContentError with the numbers that there are."""
    for version in product.versions:
        if version.entry.version == number:
            return version
    known = ", ".join(version.entry.version for version in product.versions)
    raise ContentError(f"{what}: found {number!r}. The versions of {product.file.key} are: {known}.")


def reporting(command: Callable[[], int]) -> int:
    """Run a command; a mistake of its user becomes one line, and exit code 1."""
    try:
        return command()
    except CatalogError as problem:
        print(f"error: {problem}", file=sys.stderr)
        return 1
    except (ClientError, BotoCoreError) as problem:
        print(f"error: AWS cannot be asked: {' '.join(str(problem).split())}", file=sys.stderr)
        return 1
