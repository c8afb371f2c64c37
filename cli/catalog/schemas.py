"""The JSON Schemas of the catalog's files, for editors."""

import json
from pathlib import Path
from typing import Final

from pydantic import BaseModel

from cli.catalog.files import FOLDER
from cli.exit_codes import ExitCode
from hub.definitions.card import ModelCard
from hub.definitions.cost import Prices
from hub.definitions.schema import PortfoliosFile, ProductFile
from shared.files import write_files

_SCHEMAS: Final[dict[str, type[BaseModel]]] = {
    "model-card": ModelCard,
    "portfolios": PortfoliosFile,
    "prices": Prices,
    "product": ProductFile,
}


def write() -> int:
    """Write those that are not as the models say."""
    stale = stale_schemas()
    write_files({path: _written()[path] for path in stale})
    folder = FOLDER / "schemas"
    print(f"{folder}: {'wrote ' + ', '.join(path.name for path in stale) if stale else 'up to date'}")
    return ExitCode.DONE


def stale_schemas() -> list[Path]:
    """List the files that are not as the models say."""
    return [path for path, text in _written().items() if not path.exists() or path.read_text() != text]


def _written() -> dict[Path, str]:
    """Give each schema's file and text."""
    return {
        FOLDER / "schemas" / f"{name}.json": (
            json.dumps(model.model_json_schema(by_alias=True), indent=2, ensure_ascii=False) + "\n"
        )
        for name, model in _SCHEMAS.items()
    }
