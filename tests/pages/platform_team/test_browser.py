"""The platform team's pages in a browser: of a fleet of three hundred spokes, and where nothing ever ran."""

import datetime as dt
import re
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from fleet.store.storage import Storage
from pages.platform_team.collect import platform_of
from pages.platform_team.live import LiveRollouts
from pages.platform_team.render import platform_pages
from pages.web.rendering import ASSETS, environment
from pages.web.serve import server
from tests.support.browser import OF_A_LOOK, Tabs, serious, widths
from tests.support.platform_fleet import BEGUN, arrivals, context, planned, report, write_history, write_report

FLEETS = {"full": 300, "some": 60, "empty": 0}
"""Sixty spokes are all the kinds of which three hundred are more: the other look is looked at with those alone."""
ROOMS = ["index", "adoption", "costs", "shares", "rollouts/index"]
NAME = "rollouts/20261102T090000000000"
PAGES = [
    f"{fleet}/platform/{room}.html" for fleet in FLEETS for room in (*ROOMS, NAME) if FLEETS[fleet] or room != NAME
]
FOLLOWS = re.compile("follows")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Render the fleets."""
    top = tmp_path_factory.mktemp("platform")
    for name, count in FLEETS.items():
        root = tmp_path_factory.mktemp(name)
        with pytest.MonkeyPatch.context() as patch:
            (root / "backend").mkdir()
            patch.setenv("PULUMI_BACKEND_URL", (root / "backend").as_uri())
            if count:
                write_history(Storage((root / "backend").as_uri()), count)
                write_report(root, report(count))
            found = platform_of(planned(root, count), arrivals=arrivals(count))
        for address, text in platform_pages(environment(), context(), found, now=BEGUN).items():
            path = top / name / address
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        shutil.copytree(ASSETS, top / name / "assets")
    return top


@pytest.fixture(scope="module")
def address(built: Path) -> Iterator[str]:
    with server(built, 0) as serving:
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{serving.server_port}/"
        serving.shutdown()


@pytest.fixture(scope="module")
def tabs(browser: Browser) -> Iterator[Tabs]:
    with browser.new_context() as context:
        yield Tabs(context)


@pytest.fixture
def page(tabs: Tabs) -> Iterator[Page]:
    """Give a page; whatever the browser complains of meanwhile fails the test."""
    yield tabs.take()
    tabs.give_back()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_keeps_nothing_from_anybody(page: Page, address: str, path: str) -> None:
    page.goto(address + path)

    assert [] == serious(page)
    if not path.startswith("full"):
        page.emulate_media(color_scheme="dark")
        assert [] == serious(page, rules=OF_A_LOOK)
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        widths(page)


def test_a_page_with_all_that_it_loads_weighs_little(built: Path) -> None:
    for path in PAGES:
        text = (built / path).read_text()
        parts = re.findall(r"(?:src|href)=\"([^\"#?]+\.(?:js|css|svg))\"", text)
        weight = len(text.encode()) + sum(((built / path).parent / part).stat().st_size for part in set(parts))
        assert weight < 300_000, (path, weight)


def test_a_printed_page_has_its_plot_in_full(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 600, "height": 900})
    page.goto(f"{address}full/platform/adoption.html")
    page.emulate_media(media="print")

    assert page.locator("nav.rooms").is_hidden()
    assert 0 >= page.evaluate("document.querySelector('.chart').getBoundingClientRect().right - window.innerWidth")


def test_a_screen_reader_hears_what_a_plot_is_and_finds_its_figures(page: Page, address: str) -> None:
    page.goto(f"{address}full/platform/adoption.html")

    plot = page.get_by_role("img", name="Launches of embedder by version")
    expect(plot).to_be_visible()
    expect(plot).to_have_accessible_name(re.compile("the table has the figures"))
    expect(page.get_by_role("row", name="1.2.0")).to_contain_text("100")


def test_a_line_of_a_plot_is_told_by_more_than_its_color(page: Page, address: str) -> None:
    page.goto(f"{address}full/platform/adoption.html")

    dashes = page.eval_on_selector_all(
        ".chart .series .line", "lines => lines.map(line => getComputedStyle(line).strokeDasharray)"
    )

    assert 3 == len(set(dashes))


def live(root: Path) -> LiveRollouts:
    return LiveRollouts(root, environment(), context())


def test_a_rollout_is_followed_until_it_has_ended(page: Page, built: Path, tmp_path: Path) -> None:
    def write(spokes: int, *, running: bool) -> None:
        now = {"written": dt.datetime.now(dt.UTC)}
        write_report(tmp_path, report(spokes, running=running).model_copy(update=now))

    write(6, running=True)
    with server(built / "full", 0, live(tmp_path).page) as serving:
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        page.goto(f"http://127.0.0.1:{serving.server_port}/platform/{NAME}.html")
        at_first = page.locator("#live > .counts").inner_text()
        page.get_by_role("group", name="Spokes").focus()

        write(12, running=True)
        expect(page.locator("#live > .counts")).to_contain_text("11", timeout=8000)
        expect(page.locator("#live-note")).to_have_text(FOLLOWS)
        write(12, running=False)
        expect(page.locator("#live-note")).to_have_text("The rollout has ended.", timeout=8000)
        focused = page.evaluate("document.activeElement.getAttribute('aria-label')")
        serving.shutdown()

    assert "5" in at_first
    assert "running" in at_first
    assert "running" not in page.locator("#live > .counts").inner_text()
    assert "Spokes" == focused


def test_a_page_in_a_folder_shows_the_rollout_as_it_was_and_says_that_it_cannot_follow(
    browser: Browser, tmp_path: Path
) -> None:
    write_report(tmp_path, report(6, running=True).model_copy(update={"written": dt.datetime.now(dt.UTC)}))
    text = live(tmp_path).page(f"platform/{NAME}.html")
    assert text is not None
    path = tmp_path / "platform" / f"{NAME}.html"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    shutil.copytree(ASSETS, tmp_path / "assets")
    with browser.new_context() as opened:
        page = opened.new_page()
        page.goto(path.as_uri())

        expect(page.get_by_role("row", name="spoke-b001")).to_be_visible()
        expect(page.locator("#live-note")).to_have_text(re.compile("site serve"), timeout=8000)


@pytest.mark.parametrize("width", [1280, 390])
def test_the_keyboard_alone_reaches_every_room_and_every_table(page: Page, address: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{address}full/platform/costs.html")
    reached: set[str] = set()

    for _ in range(40):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.ariaLabel || document.activeElement.innerText"))

    assert {"Launches", "Adoption", "Cost", "Shares", "Rollouts", "Cost by team", "Plot by account"} <= reached
