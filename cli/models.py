"""Lists the catalog's models, or those that fit: make models [TASK=…] [FRAMEWORK=…] [LICENSE=…] …."""

import argparse
import sys
from collections.abc import Mapping
from typing import Final

from rich.console import Console
from rich.table import Table

from cli.catalog import catalog_as_of, reporting
from hub.definitions.model import CatalogProduct, CatalogVersion
from shared.errors import ContentError

FILTERS: Final = ("task", "framework", "license", "modality")
Row = tuple[CatalogProduct, CatalogVersion]


def main() -> int:
    """Print a table of the versions that fit every filter."""
    parser = argparse.ArgumentParser(prog="python -m cli.models", description=__doc__)
    for name in FILTERS:
        parser.add_argument(f"--{name}", default="", help="part of it, in any case")
    parser.add_argument("--word", default="", help="a word of the card, in any case")
    arguments = parser.parse_args()
    wanted = {name: str(getattr(arguments, name)) for name in FILTERS if getattr(arguments, name)}
    return reporting(lambda: _show(find(wanted, arguments.word)))


def find(wanted: Mapping[str, str], word: str = "") -> list[Row]:
    """Find the versions whose cards have each of the wanted texts.

    Raises:
        ContentError: there is none; for each filter it says what there is.
    """
    everything = [(product, version) for product in catalog_as_of().products for version in product.versions]
    found = [row for row in everything if _fits(row, wanted, word)]
    if found:
        return found
    there = {name: sorted({str(getattr(version.card, name)) for _, version in everything}) for name in wanted}
    known = "".join(f" As {name} there is: {', '.join(values)}." for name, values in there.items())
    asked = [f"{name.upper()}={value}" for name, value in wanted.items()] + ([f"WORD={word}"] if word else [])
    raise ContentError(f"No model fits {' '.join(asked)}.{known}")


def _fits(row: Row, wanted: Mapping[str, str], word: str) -> bool:
    product, version = row
    words = f"{product.file.key} {product.file.description} {version.card.model_dump_json()}".lower()
    return word.lower() in words and all(
        value.lower() in str(getattr(version.card, name)).lower() for name, value in wanted.items()
    )


def _show(rows: list[Row]) -> int:
    table = Table("product", "version", "state", "task", "framework", "modality", "license", "risk", "owner", "contact")
    for product, version in rows:
        card = version.card
        table.add_row(
            product.file.key,
            version.entry.version,
            version.state,
            card.task,
            card.framework,
            card.modality,
            card.license,
            card.risk_rating,
            card.owner,
            card.contact,
        )
    Console(width=None if sys.stdout.isatty() else 180).print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
