"""Takes the pictures of README.md and docs anew: python -m tests.support.pictures (make pictures)."""

import datetime as dt
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from hub.config import HubSettings
from hub.definitions.load import read_catalog
from pages.index.build import Publisher, index_of
from pages.web.build import Site, build
from pages.web.serve import server
from shared.stack.stack_file import stack_files
from tests.support.browser import FRAUD, launched
from tests.support.paths import ROOT

FOLDER: Final = ROOT / "docs" / "pictures"
_DAY: Final = dt.date(2026, 11, 1)
PICTURES: Final = {
    "find": ("index.html", 1280, 800, ""),
    "launch": (f"models/{FRAUD}/index.html", 1280, 800, "#launch"),
    "compare": (f"compare.html?with={FRAUD}@1.0.0,{FRAUD}@1.1.0", 1280, 800, ""),
    "telephone": (f"models/{FRAUD}/index.html", 390, 844, ""),
}
"""By name: the page, the window's width and height, and what is scrolled to."""


def take(pictures: Path) -> Iterator[Path]:
    """Build the sample catalog's site, and take each picture in the system's Chromium."""
    pictures.mkdir(exist_ok=True)
    [hub] = stack_files(ROOT, "hub")
    publisher = Publisher(hub.path.name, hub.settings(HubSettings))
    catalog = read_catalog(ROOT / "hub" / "catalog", _DAY)
    index = index_of(catalog, [publisher], repository="https://github.com/example/models")
    with tempfile.TemporaryDirectory() as folder:
        build(Site(index=index), Path(folder) / "site")
        with server(Path(folder) / "site", 0) as serving, launched() as browser:
            threading.Thread(target=serving.serve_forever, daemon=True).start()
            for name, (path, width, height, place) in PICTURES.items():
                page = browser.new_page(viewport={"width": width, "height": height})
                page.goto(f"http://127.0.0.1:{serving.server_port}/{path}")
                page.wait_for_load_state("networkidle")
                if place:
                    page.locator(place).scroll_into_view_if_needed()
                    page.evaluate("place => document.querySelector(place).scrollIntoView()", place)
                taken = pictures / f"{name}.png"
                page.screenshot(path=taken)
                page.close()
                yield taken
            serving.shutdown()


def main() -> int:
    """Take those of the documents."""
    for taken in take(FOLDER):
        _ = sys.stdout.write(f"wrote {taken.relative_to(ROOT)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
