"""Pages that were built once, a server that shows them, and a browser that looks at them."""

import datetime as dt
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from hub.config import HubSettings
from hub.definitions.load import read_catalog
from pages.index.build import Publisher, index_of
from pages.index.model import Index
from pages.web.build import Site, build
from pages.web.serve import server
from shared.stack.stack_file import stack_files
from tests.support.browser import FRAUD, HOSTILE, LOOKS, Look, Opened, Tabs
from tests.support.catalog_copy import CatalogCopy
from tests.support.paths import ROOT

DAY = dt.date(2026, 11, 1)
READY = ("index.html", "compare.html", "full/index", "full/compare", "empty/index", "hostile/index", "hostile/compare")
"""Pages that a script fills."""
REPOSITORY = "https://github.com/example/models"


def index_from(folder: Path) -> Index:
    """Build the index of a catalog's folder, published as the checkout's own."""
    [hub] = stack_files(ROOT, "hub")
    return index_of(
        read_catalog(folder, DAY), [Publisher(hub.path.name, hub.settings(HubSettings))], repository=REPOSITORY
    )


@pytest.fixture(scope="session")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the sample catalog, and let a version end."""
    folder = tmp_path_factory.mktemp("of pages") / "catalog"
    shutil.copytree(ROOT / "hub" / "catalog", folder)
    dates = {"deprecated_on": "2026-10-20", "retires_on": "2026-12-24", "replacement": "1.1.0"}
    CatalogCopy(folder).end(FRAUD, "1.0.0", **dates)
    return folder


@pytest.fixture(scope="session")
def index(copied: Path) -> Index:
    """Give the index of it."""
    return index_from(copied)


@pytest.fixture(scope="session")
def built(index: Index, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build pages of the sample catalog, of an empty one, and of one whose texts are hostile."""
    folder = tmp_path_factory.mktemp("pages")
    build(Site(index=index, users={FRAUD: 2}), folder / "full")
    build(Site(index=index.model_copy(update={"products": [], "portfolios": []})), folder / "empty")
    build(Site(index=hostile(index)), folder / "hostile")
    fraud = [each for each in index.products if each.key == FRAUD]
    elsewhere = index.model_copy(update={"products": fraud, "repository": "https://git.example.com/risk/models.git"})
    build(Site(index=elsewhere, branch="trunk/1", host="gitlab"), folder / "gitlab")
    return folder


def hostile(index: Index) -> Index:
    """Put markup into every text that a card or a product's file holds."""
    product = next(each for each in index.products if each.key == FRAUD)
    version = product.versions[-1]
    texts = {name: HOSTILE for name, value in version.card if isinstance(value, str) and name != "risk_rating"}
    lists = {name: [HOSTILE] for name in ("intended_uses", "out_of_scope", "limits")}
    found = [
        each.model_copy(
            update={
                "name": HOSTILE,
                "observation": HOSTILE,
                "metrics": [metric.model_copy(update={"name": HOSTILE, "notes": HOSTILE}) for metric in each.metrics],
            }
        )
        for each in version.card.evaluations
    ]
    sources = {"datasets": [HOSTILE], "generated_by": HOSTILE, "repository": HOSTILE, "commit": HOSTILE}
    lineage = version.card.lineage.model_copy(update=sources)
    card = version.card.model_copy(update={**texts, **lists, "evaluations": found, "lineage": lineage})
    marked = [each.model_copy(update={"description": HOSTILE, "group": HOSTILE}) for each in version.parameters]
    metrics = [each.model_copy(update={"name": HOSTILE, "notes": HOSTILE}) for each in version.metrics]
    spoilt = version.model_copy(
        update={"card": card, "parameters": marked, "metrics": metrics, "description": HOSTILE, "differences": {}}
    )
    names = dict.fromkeys(("name", "description", "owner", "distributor", "support"), HOSTILE)
    of = product.model_copy(update={**names, "versions": [spoilt], "tags": {HOSTILE: HOSTILE}})
    portfolio: dict[str, str] = dict.fromkeys(("name", "description"), HOSTILE)
    return index.model_copy(
        update={"products": [of], "portfolios": [each.model_copy(update=portfolio) for each in index.portfolios]}
    )


@pytest.fixture(scope="session")
def address(built: Path) -> Iterator[str]:
    """Serve them, as `site serve` does."""
    with server(built, 0) as serving:
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{serving.server_port}/"
        serving.shutdown()


@pytest.fixture(scope="module")
def tabs(browser: Browser) -> Iterator[Callable[..., Tabs]]:
    """Give the pages that are open, with scripts or without."""
    open_ones: dict[bool, Tabs] = {}

    def of(*, script: bool) -> Tabs:
        if script not in open_ones:
            context = browser.new_context(
                java_script_enabled=script,
                permissions=["clipboard-read", "clipboard-write"],
                timezone_id="Pacific/Auckland",
            )
            open_ones[script] = Tabs(context)
        return open_ones[script]

    yield of
    for each in open_ones.values():
        each.context.close()


@pytest.fixture
def look() -> Look:
    """Give the window that pages are looked at in; tests of journeys have it be each of LOOKS."""
    return LOOKS[0]


@pytest.fixture
def opened(tabs: Callable[..., Tabs], address: str, look: Look) -> Iterator[Opened]:
    """Give a way to open a page; whatever the browser complains of meanwhile fails the test."""
    used: list[Tabs] = []

    def open_page(path: str, *, base: str = "", script: bool = True) -> Page:
        used.append(tabs(script=script))
        page = used[-1].take(look)
        page.goto(f"{base or address + 'full/'}{path}")
        if script and path.startswith(READY):
            page.wait_for_selector("#cards .card, #table table, #nothing:not([hidden])")
        return page

    yield open_page
    for each in used:
        each.give_back()
