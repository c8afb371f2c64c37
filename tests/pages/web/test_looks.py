"""Whether the pages are fit for everybody: accessible, small, safe and nowhere wider than the window."""

import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Literal, cast

import pytest
from axe_playwright_python.sync_playwright import Axe  # pyright: ignore[reportMissingTypeStubs]
from playwright.sync_api import Page, Response

from pages.index.model import Index
from pages.web.build import Site, build
from pages.web.rendering import SECURITY_POLICY
from tests.support.browser import FRAUD, HOSTILE, Opened

PAGES = {
    "find": "full/index.html",
    "nothing found": "full/index.html?q=zzz",
    "model": f"full/models/{FRAUD}/index.html",
    "deprecated": f"full/models/{FRAUD}/1.0.0.html",
    "versions": f"full/compare.html?with={FRAUD}@1.0.0,{FRAUD}@1.1.0",
    "four": f"full/compare.html?with={FRAUD},chat-assistant-llm,text-embedder-serverless,churn-predictor-shadow",
    "access": "full/portfolios.html",
    "empty": "empty/index.html",
    "hostile": "hostile/index.html",
    "hostile model": f"hostile/models/{FRAUD}/index.html",
}
MOST_BYTES = 300_000
OF_A_LOOK = ["color-contrast", "scrollable-region-focusable"]
"""The rules that width and color alone can break."""
LOOKS: list[tuple[int, Literal["light", "dark"], list[str] | None]] = [
    (1280, "light", None),
    (1280, "dark", OF_A_LOOK),
    (390, "light", OF_A_LOOK),
    (390, "dark", None),
]
"""Width, colors, and the rules of axe; all where none are named."""


@pytest.mark.parametrize("name", PAGES)
def test_a_page_keeps_nothing_from_anybody(name: str, opened: Opened, address: str) -> None:
    page = opened(PAGES[name], base=address)

    for width, scheme, rules in LOOKS:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 900})
        assert [] == serious(page, rules=rules), (width, scheme)
        widths(page)


def serious(page: Page, *, rules: list[str] | None = None) -> list[tuple[str, list[object]]]:
    """Have axe look at a page, and give what it calls serious or worse."""
    only = {"runOnly": {"type": "rule", "values": rules}} if rules else {}
    answered = Axe().run(page, options={**only, "resultTypes": ["violations"]})  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    found = cast("Any", answered).response["violations"]
    return [
        (each["id"], [node["target"] for node in each["nodes"]][:3])
        for each in found
        if each["impact"] in ("serious", "critical")
    ]


def widths(page: Page) -> None:
    """Refuse a page that is wider than its window."""
    assert 0 >= page.evaluate("document.documentElement.scrollWidth - window.innerWidth")


@pytest.mark.parametrize(
    "path", ["index.html", f"models/{FRAUD}/index.html", f"compare.html?with={FRAUD}", "portfolios.html"]
)
def test_what_a_card_says_is_text_wherever_it_stands(path: str, opened: Opened, address: str) -> None:
    page = opened(path, base=f"{address}hostile/")

    own = page.locator("script:not([src]):not([type='application/json'])")
    assert (0, 0, None) == (own.count(), page.locator("img[src=x]").count(), page.evaluate("window.hostile"))
    assert HOSTILE in page.locator("main").inner_text()


def test_the_policy_lets_nothing_in_that_is_not_of_the_pages(built: Path) -> None:
    for path in sorted(built.rglob("*.html")):
        text = path.read_text()
        [policy] = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]+)"', text)
        assert SECURITY_POLICY == unescape(policy)
        assert not [each for each in attributes(text) if each[1] == "style" or each[1].startswith("on")], path
        for found in re.findall(r"<(?:script|link|img)[^>]+(?:src|href)=\"([^\"]+)\"", text):
            assert not found.startswith(("http:", "https:", "//", "data:")), (path, found)
    assert "unsafe-inline" not in SECURITY_POLICY


def attributes(text: str) -> set[tuple[str, str]]:
    """Name the attributes that a page has, each with its element."""
    named = set[tuple[str, str]]()

    class Parser(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            named.update((tag, name) for name, _ in attrs)

    Parser().feed(text)
    return named


@pytest.mark.parametrize("name", PAGES)
def test_no_page_weighs_much_without_the_search_index(name: str, opened: Opened, address: str) -> None:
    page = opened("portfolios.html")
    weights = dict[str, int]()

    def weigh(answer: Response) -> None:
        if answer.ok and "/pagefind/" not in answer.url:
            weights[answer.url] = len(answer.body())

    page.on("requestfinished", lambda asked: weigh(cast("Response", asked.response())))
    page.goto(address + PAGES[name], wait_until="networkidle")

    assert len(weights) > 2, "the page, its style and its scripts"
    assert sum(weights.values()) < MOST_BYTES, weights


def test_the_same_catalog_gives_the_same_bytes(built: Path, index: Index, tmp_path: Path) -> None:
    build(Site(index=index, users={FRAUD: 2}), tmp_path / "again")
    assert contents(built / "full") == contents(tmp_path / "again")


def contents(folder: Path) -> dict[str, bytes]:
    """Read a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
