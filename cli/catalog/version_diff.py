"""Shows what changes for a user between two versions."""

from typing import Final

from cli.catalog.files import find_product, find_version, finished_catalog
from cli.exit_codes import ExitCode
from cli.verbs import print_json
from fleet.show.tables import Column, console, show
from pages.index.differences import difference

_COLUMNS: Final = (Column("what"), Column("name"), Column("change", 1, wraps=True))


def show_changes(key: str, before: str, after: str, *, as_json: bool) -> int:
    """Print the changes, and whether one of them breaks a launch that is good now. Raises CatalogError."""
    catalog = finished_catalog(key)
    product = find_product(catalog, key)
    old, new = find_version(product, before, what="FROM"), find_version(product, after, what="TO")
    found = difference(catalog, product, old, new)
    if as_json:
        return print_json(found.model_dump(include={"changes", "breaking"}))
    console().print(f"{key}: {'what' if found.changes else 'nothing'} changes for a user from {before} to {after}")
    show(console(), _COLUMNS, [(each.what, each.name, each.change) for each in found.changes])
    for each in found.breaking:
        print(f"breaking: the parameter {each.parameter} {each.reason}")
    if not found.breaking:
        print(f"Every launch that {before} accepts is accepted by {after}, too.")
    return ExitCode.DONE
