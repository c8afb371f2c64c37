"""The system's Chromium, in which tests look at pages."""

import os
import shutil
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, cast

import pytest
from axe_playwright_python.sync_playwright import Axe  # pyright: ignore[reportMissingTypeStubs]
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

FRAUD: Final = "fraud-detector-realtime"
HOSTILE: Final = "<script>window.hostile = 1</script><img src=x onerror=alert(1)>\"'&"
"""What somebody may have written into a card."""

Opened = Callable[..., Page]
"""Opens a page by its address below the top of the folder."""

NAMES: Final = ("chromium", "chromium-browser", "google-chrome")
"""What the systems' packages call it."""

WINDOW: Final = 1280, 900
Look = tuple[int, Literal["light", "dark"]]
"""How wide a window is, and which look its person likes."""
LOOKS: Final[list[Look]] = [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")]

OF_A_LOOK: Final = ["color-contrast", "scrollable-region-focusable"]
"""The rules of axe that width and color alone can break."""


def chromium() -> Path:
    """Find it, or say why the tests that need it do not run."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.skip("there is no Chromium here: apt-get install chromium, or your system's package of it")
    return Path(found)


@contextmanager
def launched() -> Generator[Browser]:
    """Run it as long as the tests do."""
    # Its own sandbox wants rights that root in a container lacks; what it shows are the tests' own pages.
    options = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=options)
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Tabs:
    """Pages that tests open one after the other: each would take half a second to start one, and to warm it up.

    Attributes:
        complaints: What the browser has complained of meanwhile.
    """

    context: BrowserContext
    complaints: list[str] = field(default_factory=list[str])
    _free: list[Page] = field(default_factory=list[Page])
    _taken: list[Page] = field(default_factory=list[Page])

    def take(self, look: Look = LOOKS[0]) -> Page:
        """Give an empty page."""
        page = self._free.pop() if self._free else self._made()
        self._taken.append(page)
        width, scheme = look
        page.set_viewport_size({"width": width, "height": WINDOW[1]})
        page.emulate_media(media="null", color_scheme=scheme)
        return page

    def give_back(self) -> None:
        """Empty the pages that were taken; what the browser complained of fails the test."""
        for page in self._taken:
            page.goto("about:blank")
        self._free += self._taken
        self._taken, complaints, self.complaints = [], self.complaints, []
        assert [] == complaints

    def _made(self) -> Page:
        page = self.context.new_page()
        page.set_default_timeout(8000)
        page.on("console", self._heard)
        page.on("pageerror", lambda problem: self.complaints.append(str(problem)))
        return page

    def _heard(self, said: ConsoleMessage) -> None:
        if said.type in ("error", "warning"):
            self.complaints.append(said.text)


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
