"""Writes the JSON Schemas of the catalog's files, for editors: make schemas."""

import argparse
import json
import sys
from pathlib import Path
from typing import Final

from pydantic import BaseModel

from hub.definitions.card import ModelCard
from hub.definitions.cost import Prices
from hub.definitions.schema import PortfoliosFile, ProductFile

FOLDER: Final = Path("hub/catalog/schemas")
_SCHEMAS: Final[dict[str, type[BaseModel]]] = {
    "model-card": ModelCard,
    "portfolios": PortfoliosFile,
    "prices": Prices,
    "product": ProductFile,
}


def main() -> int:
    """Write them, or only check that they are as the models say."""
    parser = argparse.ArgumentParser(prog="python -m cli.schemas", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; fail when one is out of date")
    check: bool = parser.parse_args().check
    stale = [path for path, text in written().items() if not path.exists() or path.read_text() != text]
    if check and stale:
        print(f"error: {stale[0]} is out of date. Write it anew: make schemas.", file=sys.stderr)
        return 1
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(written()[path])
    print(f"{FOLDER}: {'wrote ' + ', '.join(path.name for path in stale) if stale else 'up to date'}")
    return 0


def written() -> dict[Path, str]:
    """Give each schema's file and text."""
    return {
        FOLDER / f"{name}.json": json.dumps(model.model_json_schema(by_alias=True), indent=2, ensure_ascii=False) + "\n"
        for name, model in _SCHEMAS.items()
    }


if __name__ == "__main__":
    sys.exit(main())
