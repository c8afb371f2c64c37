"""The platform team's pages, as they are read."""

import datetime as dt
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml

from fleet.plan.spokes import read_spoke
from fleet.plan.verdicts import make_plan
from pages.platform_team.collect import platform_of
from pages.platform_team.render import platform_pages, rollout_pages
from pages.platform_team.shapes import Platform, Rollout
from pages.web.rendering import environment
from tests.support.platform_fleet import BEGUN, HOSTILE, SECRET, context, fleet, report

Pages = Mapping[str, str]
Render = Callable[..., Pages]
Collect = Callable[[int], Platform]
_PLOT = re.compile(r'<svg[^>]* class="chart".*?</svg>', re.DOTALL)
ROOMS = ["index", "adoption", "costs", "shares", "rollouts/index"]


class Read(HTMLParser):
    """Reads a page: its elements with their attributes, and the text of its cells, row by row."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.rows: list[list[str]] = []
        self.text = ""
        self._in_cell = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
            self._in_cell = True
        if self._in_cell and tag in ("br", "p", "li"):
            self.rows[-1][-1] += " "

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._in_cell = False
            self.rows[-1][-1] = " ".join(self.rows[-1][-1].split())

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._in_cell:
            self.rows[-1][-1] += data

    def count(self, tag: str) -> int:
        return sum(tag == name for name, _ in self.elements)


def plots(page: str) -> list[ET.Element]:
    """Give the plots of a page."""
    return [ET.fromstring(found) for found in _PLOT.findall(page)]  # noqa: S314 - our own


def test_every_page_is_there_full_and_empty(pages: Render) -> None:
    name = "20261102T090000000000"
    wanted = {*(f"platform/{room}.html" for room in ROOMS), "platform/index.json"}

    assert wanted == set(pages(0))
    assert wanted | {f"platform/rollouts/{name}.html", f"platform/rollouts/{name}.json"} == set(pages(6))


@pytest.mark.parametrize(
    ("room", "text"),
    [
        ("index", "No spoke has settings here yet."),
        ("adoption", "No run is in the history yet."),
        ("costs", "Nothing is launched yet"),
        ("shares", "AWS was not asked"),
        ("rollouts/index", "No rollout ran from this checkout yet."),
    ],
)
def test_an_empty_page_says_what_would_fill_it(pages: Render, room: str, text: str) -> None:
    found = Read(pages(0)[f"platform/{room}.html"])

    assert text in found.text
    assert 0 == found.count("table")


def test_who_runs_what_is_a_table_with_what_failed_first(pages: Render) -> None:
    _, first, second, *_ = Read(pages(9)["platform/index.html"]).rows

    assert ["failed", "search ERROR", f"300000000007 Lab 7 {HOSTILE} spoke-a007 team-0"] == first[:3]
    assert "1 version, newest 1.2.0" == first[5]
    assert "retired 2026-12-31 60 days" == first[6]
    assert "107 USD" == first[8]
    assert "deprecated" == second[0]
    assert "2 versions, newest 1.2.0" == second[5]


@pytest.mark.parametrize("room", [*ROOMS, "rollouts/20261102T090000000000"])
def test_text_is_escaped_wherever_it_comes_from(pages: Render, room: str) -> None:
    page = pages(9)[f"platform/{room}.html"]

    assert HOSTILE not in page
    assert {"../assets/base.js", "../assets/live.js"} >= {
        str(values["src"]).removeprefix("../" * room.count("/"))
        for name, values in Read(page).elements
        if name == "script"
    }


def test_hostile_text_is_shown_as_what_it_is(pages: Render) -> None:
    found = pages(9)

    for room in ("index", "shares", "rollouts/20261102T090000000000"):
        assert HOSTILE in Read(found[f"platform/{room}.html"]).text


@pytest.mark.parametrize("room", [*ROOMS, "rollouts/20261102T090000000000"])
def test_a_page_has_neither_styles_nor_handlers_of_its_own(pages: Render, room: str) -> None:
    for name, values in Read(pages(9)[f"platform/{room}.html"]).elements:
        assert name != "style"
        assert not [key for key in values if key == "style" or key.startswith("on")]


def test_a_plot_has_a_name_and_a_description_and_a_table_beside_it(pages: Render) -> None:
    found = pages(9)

    for room in ("adoption", "costs", "rollouts/20261102T090000000000"):
        page = found[f"platform/{room}.html"]
        drawn = plots(page)
        assert drawn
        assert len(drawn) <= Read(page).count("table")
        for plot in drawn:
            title, description, *_ = plot
            assert ("img", f"{title.get('id')} {description.get('id')}") == (
                plot.get("role"),
                plot.get("aria-labelledby"),
            )
            assert title.text
            assert description.text


def test_adoption_tells_in_figures_what_the_plot_shows(pages: Render) -> None:
    page = pages(9)["platform/adoption.html"]
    head, newest, middle, first = Read(page).rows
    [plot] = plots(page)

    assert ["Version", "2026-11-01", "Accounts now"] == [head[0], *head[-4:-2]]
    assert [["1.2.0", "3", "3"], ["1.1.0", "3", "3"], ["1.0.0", "3", "3"]] == [
        [row[0], *row[-4:-2]] for row in (newest, middle, first)
    ]
    assert 3 == len([each for each in plot.iter() if each.get("class") == "line reactive nofill"])


def test_costs_are_told_by_account_product_and_team(pages: Render) -> None:
    found = Read(pages(9)["platform/costs.html"])

    assert "729 to 2,129 USD a month for 9 launches, 2 of them of unknown cost" in " ".join(found.text.split())
    heads = [row[0] for row in found.rows if row[1:2] == ["Launches"]]
    assert ["Account", "Product", "Team"] == heads
    assert ["embedder", "9", "729.00 USD", "2,129.00 USD", "2"] in found.rows
    assert ["team-1", "2", "209.00 USD", "609.00 USD", ""] in found.rows
    assert ["300000000003 Lab 3 " + HOSTILE, "1", "unknown", "unknown", "1"] in found.rows


def test_shares_tell_what_has_not_arrived_first(pages: Render) -> None:
    rows = Read(pages(12, asked=True)["platform/shares.html"]).rows

    assert ["eu-central-1", "10", "2"] == rows[1][1:]
    assert ["not arrived", "not arrived", "arrived"] == [row[0] for row in rows[3:6]]
    assert "300000000001 Lab 1" in rows[3][1]


def test_a_rollout_that_runs_is_reread_and_one_that_ended_is_not() -> None:
    line = {
        name: rollout_pages(environment(), context(), [Rollout(name=name, report=found)], now=BEGUN)
        for name, found in (("a", report(8, running=True)), ("b", report(8)))
    }

    assert 'data-state="running"' in line["a"]["platform/rollouts/a.html"]
    assert 'data-state="ended"' in line["b"]["platform/rollouts/b.html"]
    assert "spoke-b001" in Read(line["a"]["platform/rollouts/a.html"]).text
    assert "running" == json.loads(line["a"]["platform/rollouts/a.json"])["state"]


def test_a_rollout_says_in_its_tables_when_what_ran_and_why_it_failed(pages: Render) -> None:
    rows = Read(pages(8)["platform/rollouts/20261102T090000000000.html"]).rows

    assert ["canary", "ended", "3", "3 succeeded", "09:00:00", "15 s"] == rows[1][:6]
    failed = next(row for row in rows if row[0] == "failed")
    assert ["spoke-a003", "rest", "09:00:03", "12.5 s"] == failed[1:5]
    assert f"AWS said {HOSTILE}" in failed[6]


def test_a_rollout_says_what_became_of_versions_that_baked(pages: Render) -> None:
    rows = Read(pages(8)["platform/rollouts/20261102T090000000000.html"]).rows

    baked = {row[0]: (row[2], row[1]) for row in rows if row[0].startswith("search ")}
    assert baked == {
        "search 1.1.0": ("canary", "goes on"),
        "search 1.2.0": ("canary", f"taken back the alarm {HOSTILE} is in ALARM"),
        "search 1.3.0": ("canary", "stopped the endpoint is out of service"),
    }


def test_three_hundred_spokes_make_no_page_that_is_too_heavy(pages: Render) -> None:
    for address, page in pages(300, asked=True).items():
        if address.endswith(".html"):
            assert len(page.encode()) < 300_000, address


def test_the_document_has_all_launches_and_no_parameter(platform: Collect) -> None:
    found: dict[str, Any] = json.loads(platform(9).model_dump_json())

    assert 9 == len(found["launches"])
    assert not [key for each in found["launches"] for key in each if "parameter" in key]
    assert ["20261102T090000000000"] == [each["name"] for each in found["rollouts"]]


def test_a_history_that_is_not_whole_is_told_on_the_page(pages: Render, platform: Collect, tmp_path: Path) -> None:
    _ = platform(3)
    (tmp_path / "backend" / ".fleet" / "history" / "spoke-a002" / "00000002.json").unlink()

    text = Read(pages(0)["platform/index.html"]).text

    assert "the history is not whole: spoke-a002: event 2 is missing" in text


def test_what_everybody_looked_at_is_said_with_its_time(pages: Render) -> None:
    looked = dt.datetime(2026, 11, 2, 10, 30, tzinfo=dt.UTC)

    assert "Looked at 2026-11-02 10:30 UTC." in Read(pages(1, looked=looked)["platform/index.html"]).text


def test_no_value_of_a_parameter_is_on_a_page(pages: Render, tmp_path: Path) -> None:
    """Neither from the settings, nor from what an older release may have left in a record or an event."""
    _ = pages(1)
    settings = tmp_path / "Pulumi.spoke-a000.yaml"
    content = yaml.safe_load(settings.read_text())
    content["config"]["model-catalog-spoke:launches"][0]["parameters"] = {"Token": SECRET}
    settings.write_text(yaml.safe_dump(content))
    [event] = (tmp_path / "backend" / ".fleet" / "history" / "spoke-a000").glob("*.json")
    told = json.loads(event.read_text())
    told["launches"][0]["parameters"] = {"Token": SECRET}
    event.write_text(json.dumps(told))
    settled = make_plan(replace(fleet(tmp_path, 1), spokes={"spoke-a000": read_spoke(settings)}))

    found = platform_pages(environment(), context(), platform_of(settled), now=BEGUN)

    assert "search" in found["platform/index.html"]
    assert not [address for address, page in found.items() if SECRET in page]
