"""Lets a retired version go that nobody uses any more: make remove-version PRODUCT=… VERSION=…."""

import argparse
import sys

from cli.catalog import FOLDER, catalog_as_of, find_product, find_version, reporting
from cli.usage import refuse_while_used
from hub.definitions.lock_file import strike_from_lock
from shared.errors import ContentError


def main() -> int:
    """Take the version's hash out of the lock file, so that its entry may be deleted."""
    parser = argparse.ArgumentParser(prog="python -m cli.remove_version", description=__doc__)
    parser.add_argument("--product", required=True)
    parser.add_argument("--version", required=True)
    arguments = parser.parse_args()
    return reporting(lambda: _remove(arguments.product, arguments.version))


def _remove(key: str, number: str) -> int:
    product = find_product(catalog_as_of(), key)
    version = find_version(product, number)
    if version.state != "retired":
        raise ContentError(
            f"{FOLDER / 'products' / key / 'product.yaml'}: {number} is {version.state}. Retire it first, and deploy "
            f"the hub; what is retired can be removed once nobody uses it."
        )
    refuse_while_used(product.file.original_key, number)
    strike_from_lock(FOLDER, product.file.original_key, number)
    print(
        f"{key} {number} is no longer locked. Delete its entry from product.yaml and its files "
        f"({version.entry.template}, {version.entry.card}), then run make up-hub."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
