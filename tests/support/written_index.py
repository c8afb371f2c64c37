"""Machine files, as a test writes them into a folder."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

FRAUD: Final = "fraud-detector-realtime"
"""The product with two versions, of which the first comes to its end where tests say so."""


def write(files: Mapping[str, str | bytes], folder: Path) -> None:
    """Write them."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
