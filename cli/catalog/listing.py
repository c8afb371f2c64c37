"""Lists the catalog's models, or those that fit."""

from collections.abc import Mapping
from typing import Final

from cli.exit_codes import ExitCode
from cli.verbs import print_json
from fleet.show.tables import Column, console, show
from hub.definitions.model import Catalog, CatalogProduct, CatalogVersion
from pages.index.facts import costs, facts
from shared.errors import ContentError

FILTERS: Final = ("task", "framework", "license", "modality")

_COLUMNS: Final = (
    Column("product"),
    Column("version"),
    Column("state", 1),
    Column("task", 2, wraps=True),
    Column("framework", 3),
    Column("modality", 4),
    Column("license", 5),
    Column("risk", 6),
    Column("metrics", 7, wraps=True),
    Column("cost", 8, wraps=True),
    Column("owner", 9),
    Column("contact", 10),
)
Row = tuple[CatalogProduct, CatalogVersion]


def find(catalog: Catalog, wanted: Mapping[str, str], word: str = "") -> list[Row]:
    """Find the versions whose cards have each of the wanted texts.

    Raises:
        ContentError: there is none, though there are models; for each filter it says what there is.
    """
    everything = [(product, version) for product in catalog.products for version in product.versions]
    found = [row for row in everything if _fits(row, wanted, word)]
    if found or not everything:
        return found
    known = "".join(
        f" The values of {name} are: {', '.join(sorted({_said(version, name) for _, version in everything}))}."
        for name in wanted
    )
    asked = [f"--{name} {value}" for name, value in wanted.items()] + ([f"--word {word}"] if word else [])
    raise ContentError(f"No models match {' and '.join(asked)}.{known}", code="no-models-match")


def list_models(catalog: Catalog, rows: list[Row], *, as_json: bool) -> int:
    """Print them."""
    if as_json:
        return print_json([facts(catalog, *row) for row in rows])
    if not rows:
        print("The catalog offers nothing yet.")
        return ExitCode.DONE
    show(console(), _COLUMNS, [_row(catalog, *row) for row in rows])
    return ExitCode.DONE


def _row(catalog: Catalog, product: CatalogProduct, version: CatalogVersion) -> list[str]:
    card = version.card
    metrics = [f"{metric.name} {metric.value:g}" for each in card.evaluations for metric in each.metrics]
    region, estimated = next(iter(sorted(costs(catalog, product, version).items())), ("", ""))
    return [
        product.file.key,
        version.entry.version,
        version.state,
        card.task,
        card.framework,
        card.modality,
        card.license,
        card.risk_rating,
        ", ".join(metrics),
        f"{str(estimated).partition(' (')[0]} in {region}" if region else "not given",
        card.owner,
        card.contact,
    ]


def _fits(row: Row, wanted: Mapping[str, str], word: str) -> bool:
    product, version = row
    words = f"{product.file.key} {product.file.description} {version.card.model_dump_json()}".lower()
    return word.lower() in words and all(
        value.lower() in _said(version, name).lower() for name, value in wanted.items()
    )


def _said(version: CatalogVersion, name: str) -> str:
    return str(getattr(version.card, name))
