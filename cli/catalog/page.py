"""Shows one version: its card, its parameters with defaults and limits, its metrics and its cost."""

from collections.abc import Iterator, Mapping
from typing import Final, cast

from rich.console import Console
from rich.text import Text

from cli.catalog.files import FOLDER, find_product, find_version, finished_catalog
from cli.exit_codes import ExitCode
from cli.verbs import print_json
from fleet.show.tables import Column, console, show, wrapped
from hub.definitions.card import ModelCard
from hub.definitions.model import CatalogProduct, CatalogVersion
from hub.definitions.sagemaker_card import sagemaker_card
from pages.index.facts import brought, facts, limits, model_in_words
from pages.launching.size import Size, size
from shared.catalog.parameters import Parameter

_TOLD_APART: Final = ("evaluations", "lineage")


def show_version(
    key: str, number: str, *, as_json: bool, values: Mapping[str, str] | None = None, region: str = ""
) -> int:
    """Print a version, or the newest one of a product, with the cost of a size. Raises CatalogError."""
    catalog = finished_catalog(key)
    product = find_product(catalog, key)
    version = find_version(product, number) if number else product.versions[-1]
    given = values or {}
    found = size(catalog, product, version, given, region)
    if as_json:
        costs = {place: each.model_dump(mode="json", exclude_none=True) for place, each in found.costs.items()}
        sized = {"size": dict(given), "broken_rules": found.broken} if given else {}
        return print_json({**facts(catalog, product, version), "cost": costs, **sized})
    _print(console(), product, version)
    _print_cost(console(), found, given)
    return ExitCode.DONE


def print_sagemaker_card(key: str, number: str) -> int:
    """Print a card's content as JSON, for `aws sagemaker create-model-card --content file://…`. Raises CatalogError."""
    product = find_product(finished_catalog(key), key)
    version = find_version(product, number) if number else product.versions[-1]
    path = FOLDER / "products" / key / version.entry.card
    return print_json(sagemaker_card(product.file, version.entry, version.card, path=path))


def _print(console: Console, product: CatalogProduct, version: CatalogVersion) -> None:
    entry = version.entry
    console.print(Text(f"{product.file.key} {entry.version}", style="bold"), end="")
    console.print(f": {product.file.name}", markup=False, soft_wrap=True)
    console.print(f"{version.state}, released on {entry.released}")
    for line in wrapped(entry.description, console.width):
        console.print(line, markup=False, soft_wrap=True)
    _head(console, "card")
    show(console, (Column("name"), Column("text", wraps=True)), [*_card(version.card)], heads=False)
    _head(console, "model")
    rows = [[name, text] for name, text in model_in_words(entry.artifacts)]
    show(console, (Column("name"), Column("text", wraps=True)), rows, heads=False)
    _head(console, "parameters")
    columns = (Column("name"), Column("type", 2), Column("default", 1, wraps=True), Column("values", 3, wraps=True))
    rows = [
        [name, item.type, _default(item.published(), from_version=name in brought(product, version)), limits(item)]
        for name, item in version.template.parameters.items()
    ]
    show(console, columns, rows)
    _head(console, "metrics")
    rows = [
        [metric.name, f"{metric.value:g}", each.name, each.dataset]
        for each in version.card.evaluations
        for metric in each.metrics
    ]
    show(console, (Column("metric"), Column("value"), Column("evaluation", 1), Column("data", 2)), rows)
    if product.file.actions:
        _head(console, "actions on a launch")
        rows = [[action.key, action.description, action.document] for action in product.file.actions]
        show(console, (Column("name"), Column("what it does", 1, wraps=True), Column("document")), rows)


def _print_cost(console: Console, found: Size, given: Mapping[str, str]) -> None:
    said = ", ".join(f"{name}={value}" for name, value in given.items())
    _head(console, f"cost with {said}, and else the defaults" if given else "cost with these defaults")
    rows = [[region, str(each)] for region, each in found.costs.items()] or [["", "not given"]]
    show(console, (Column("region"), Column("a month", 1, wraps=True)), rows)
    for reason in found.broken if given else ():
        console.print(f"A launch of this size is refused: {reason}", markup=False, soft_wrap=True)


def _default(parameter: Parameter, *, from_version: bool) -> str:
    if from_version:
        return "from the version"
    return "has to be given" if parameter.default is None else parameter.default or "(empty)"


def _card(card: ModelCard) -> Iterator[tuple[Text, str]]:
    for name, value in card.model_dump(mode="json", exclude_none=True).items():
        if name not in _TOLD_APART:
            texts = cast("list[str]", value) if isinstance(value, list) else [str(value)]
            yield Text(name.replace("_", " "), style="dim"), " ".join(texts)
    yield Text("data sets", style="dim"), ", ".join(card.lineage.datasets)
    yield Text("model package", style="dim"), card.lineage.registry_package


def _head(console: Console, text: str) -> None:
    console.print()
    console.print(Text(text, style="bold underline"))
