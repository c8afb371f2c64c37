"""Pages of the documentation that are made from code."""

import sys
from pathlib import Path


def keep(page: Path, text: str, *, check: bool) -> None:
    """Write a page where it is out of date, or, as a check, end with an error."""
    if page.exists() and page.read_text() == text:
        return
    if check:
        sys.exit(f"error: docs/{page.name} is out of date. Write it anew: make reference")
    _ = page.write_text(text)
