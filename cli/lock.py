"""Adds the templates of new versions to the catalog's lock file: make lock."""

import argparse
import sys
from pathlib import Path

from hub.definitions.load import read_catalog, read_unlocked
from hub.definitions.lock_file import LOCK_FILE, add_to_lock
from shared.catalog.lifecycle import as_of
from shared.errors import CatalogError


def main() -> int:
    """Lock what is new, or only check that nothing is new or changed."""
    parser = argparse.ArgumentParser(prog="python -m cli.lock", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; fail when a template is not locked")
    folder = Path("hub/catalog")
    try:
        if parser.parse_args().check:
            _ = read_catalog(folder, as_of())
            print(f"{folder / LOCK_FILE}: every template is as it was published")
            return 0
        added = add_to_lock(folder, read_unlocked(folder, as_of()).published())
    except CatalogError as problem:
        print(f"error: {problem}", file=sys.stderr)
        return 1
    print(f"{folder / LOCK_FILE}: {'added ' + ', '.join(added) if added else 'nothing to add'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
