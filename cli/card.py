"""Prints a version's model card as SageMaker takes it: make card PRODUCT=… VERSION=…."""

import argparse
import json
import sys

from cli.catalog import FOLDER, catalog_as_of, find_product, find_version, reporting
from hub.definitions.sagemaker_card import sagemaker_card


def main() -> int:
    """Print the card's content as JSON, for `aws sagemaker create-model-card --content file://…`."""
    parser = argparse.ArgumentParser(prog="python -m cli.card", description=__doc__)
    parser.add_argument("--product", required=True)
    parser.add_argument("--version", required=True)
    arguments = parser.parse_args()
    return reporting(lambda: _print(arguments.product, arguments.version))


def _print(key: str, number: str) -> int:
    product = find_product(catalog_as_of(), key)
    version = find_version(product, number)
    path = FOLDER / "products" / key / version.entry.card
    print(json.dumps(sagemaker_card(product.file, version.entry, version.card, path=path), indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
