"""Where the project and its catalog are."""

from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
CATALOG: Final = ROOT / "hub" / "catalog"
