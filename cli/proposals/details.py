"""What changes for a user between two versions, by the catalog's files, or where these are not here by the contract."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from cli.catalog.files import FOLDER, catalog_as_of
from hub.definitions.card import ModelCard
from hub.definitions.compatibility import breaking_changes
from hub.definitions.model import Catalog, CatalogVersion
from pages.index.differences import difference, parameter_changes
from shared.catalog.contract import Product, Version

Row = tuple[str, str, str]
"""What it is about, its name, and what changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What changes between two versions.

    Attributes:
        changes: Of parameters, resources, outputs, permissions and the model.
        card: Of the model card.
        breaking: Parameters whose change refuses a launch that was good before, with the reason.
    """

    changes: list[Row]
    card: list[Row]
    breaking: list[tuple[str, str]]


def catalog_here() -> Catalog | None:
    """Read the catalog; None in a repository that has none. Raises CatalogError."""
    return catalog_as_of() if FOLDER.is_dir() else None


def details_of(catalog: Catalog | None, key: str, product: Product, before: str, after: str) -> Details:
    """Compare two versions of a product."""
    for each in catalog.products if catalog else ():
        if catalog and each.file.key == key:
            known = {version.entry.version: version for version in each.versions}
            if before in known and after in known:
                found = difference(catalog, each, known[before], known[after])
                return Details(
                    changes=[(row.what, row.name, row.change) for row in found.changes],
                    card=list(_cards(known[before], known[after])),
                    breaking=[(row.parameter, row.reason) for row in found.breaking],
                )
    return _by_contract(product.versions.get(before), product.versions[after])


def _by_contract(old: Version | None, new: Version) -> Details:
    if old is None:
        return Details(changes=[], card=[], breaking=[])
    changes = list(parameter_changes(old.parameters, new.parameters))
    if old.model_package != new.model_package:
        changes.append(("model", "package", f"{old.model_package} → {new.model_package}"))
    if old.model and new.model and old.model.archive != new.model.archive:
        changes.append(("model", "archive", f"{old.model.archive.uri} → {new.model.archive.uri}"))
    return Details(
        changes=changes,
        card=list(_compared(old.card, new.card)),
        breaking=list(breaking_changes(old.parameters, new.parameters)),
    )


def _cards(old: CatalogVersion, new: CatalogVersion) -> Iterator[Row]:
    yield from _compared(_flat(old.card), _flat(new.card))


def _flat(card: ModelCard) -> Mapping[str, Any]:
    """Leave figures out, which `difference` tells of; where a model comes from is told by its package."""
    plain = card.model_dump(mode="json", exclude={"evaluations", "lineage"})
    observations = {f"{each.name}: observation": each.observation for each in card.evaluations}
    return {**{name.replace("_", " "): value for name, value in plain.items()}, **observations}


def _compared(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Row]:
    for name in dict.fromkeys([*old, *new]):
        before, after = old.get(name), new.get(name)
        if before == after:
            continue
        if isinstance(before, list) and isinstance(after, list):
            was, now = list(map(str, cast("list[object]", before))), list(map(str, cast("list[object]", after)))
            yield from (("card", name, f"no longer: {each}") for each in was if each not in now)
            yield from (("card", name, f"new: {each}") for each in now if each not in was)
        else:
            yield "card", name, f"{_told(before)} → {_told(after)}"


def _told(value: Any) -> str:  # noqa: ANN401 - of plain data
    return "nothing" if value is None else str(value)
