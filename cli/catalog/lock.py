"""Adds the templates of new versions to the catalog's lock file."""

from cli.catalog.files import FOLDER, catalog_as_of, exceptions_here
from cli.exit_codes import ExitCode
from hub.definitions.load import read_unlocked
from hub.definitions.lock_file import LOCK_FILE, add_to_lock
from shared.catalog.lifecycle import as_of


def add_new() -> int:
    """Lock what is new. Raises CatalogError."""
    added = add_to_lock(FOLDER, read_unlocked(FOLDER, as_of(), exceptions=exceptions_here()).published())
    print(f"{FOLDER / LOCK_FILE}: {'added ' + ', '.join(added) if added else 'nothing to add'}")
    return ExitCode.DONE


def check() -> int:
    """Refuse what is new or has changed. Raises CatalogError."""
    _ = catalog_as_of()
    print(f"{FOLDER / LOCK_FILE}: every template is as it was published")
    return ExitCode.DONE
