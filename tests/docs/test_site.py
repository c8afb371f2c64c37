"""The documentation's site has every page, and needs nobody else."""

import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

from tests.support.paths import ROOT

CONFIG = ROOT / "zensical.toml"
PROJECT: dict[str, Any] = tomllib.loads(CONFIG.read_text())["project"]


def test_every_page_has_its_place_in_the_navigation() -> None:
    placed = [page for section in PROJECT["nav"] for pages in section.values() for page in pages]

    assert sorted(placed) == sorted(str(path.relative_to(ROOT / "docs")) for path in (ROOT / "docs").rglob("*.md"))


def test_a_page_loads_nothing_from_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "zensical.toml").write_text(CONFIG.read_text())
    (tmp_path / "docs").mkdir()
    for page in ("index.md", "glossary.md"):
        (tmp_path / "docs" / page).write_text("# A page\n\n```python\nx = 1\n```\n")

    subprocess.run(["zensical", "build"], cwd=tmp_path, check=True, capture_output=True)

    pages = [path.read_text() for path in (tmp_path / "site").rglob("*.html")]
    assert len(pages) >= 2
    assert [] == [
        tag for page in pages for tag in re.findall(r'<(?:script|link|img)\b[^>]*"(?:https?:)?//[^>]*>', page)
    ]
