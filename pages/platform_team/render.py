"""Renders the platform team's pages."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

import jinja2

from pages.platform_team.plots import adoption_plot, at_once_plot, cost_plot, plotted
from pages.platform_team.shapes import Adoption, CostLine, Platform, Rollout
from pages.platform_team.timeline import Timeline, timeline_of

FOLDER: Final = "platform"
ROOMS: Final = ((f"{FOLDER}/index.html", "Platform"),)
"""For the navigation of all pages."""

_ROOMS: Final = (
    ("index.html", "Launches"),
    ("adoption.html", "Adoption"),
    ("costs.html", "Cost"),
    ("shares.html", "Shares"),
    ("rollouts/index.html", "Rollouts"),
)
_ROWS: Final = 250
"""Of a table: more of them would make a page that nobody waits for; what wants a look stands first."""
_DAYS: Final = 8
"""Columns of a table of days."""


def platform_pages(
    environment: jinja2.Environment, context: Mapping[str, Any], platform: Platform, *, now: dt.datetime
) -> dict[str, str]:
    """Render all of them, by their place in the site's folder.

    Args:
        environment: Of the site's templates.
        context: What every page of the site shows, such as its title and its navigation.
        platform: What they show.
        now: When somebody looks.
    """
    known = {product.key for product in context["index"].products}
    render = _Renderer(environment, {**context, "platform": platform, "known": known})
    costs = platform.costs
    attention = Counter(str(each.attention) for each in platform.launches)
    found = {
        "index.html": render(
            "launches.html",
            "index.html",
            "Who runs what",
            running=sum(bool(each.launch) for each in platform.launches),
            attention=list(attention.items()),
        ),
        "adoption.html": render(
            "adoption.html",
            "adoption.html",
            "Adoption",
            adoption=[
                (each, adoption_plot(each, f"plot-{place}"), plotted(each), _days(each))
                for place, each in enumerate(platform.adoption)
            ],
        ),
        "costs.html": render(
            "costs.html",
            "costs.html",
            "Cost",
            costs=[
                (what, lines, _cost_plots(lines, what))
                for what, lines in (("account", costs.accounts), ("product", costs.products), ("team", costs.teams))
            ],
        ),
        "shares.html": render("shares.html", "shares.html", "Shares", portfolios=_by_portfolio(platform)),
        "index.json": platform.model_dump_json(indent=1, exclude={"rollouts"}),
    }
    pages = {f"{FOLDER}/{address}": text for address, text in found.items()}
    return {**pages, **rollout_pages(environment, context, platform.rollouts, now=now)}


def rollout_pages(
    environment: jinja2.Environment, context: Mapping[str, Any], rollouts: Sequence[Rollout], *, now: dt.datetime
) -> dict[str, str]:
    """Render those of rollouts alone, which `site serve` does anew whenever one is asked for."""
    render = _Renderer(environment, context)
    lines = [(each, timeline_of(each.report, now)) for each in rollouts]
    room = "rollouts/index.html"
    pages = {f"{FOLDER}/{room}": render("rollouts.html", room, "Rollouts", rollouts=lines)}
    for rollout, line in lines:
        address = f"{FOLDER}/rollouts/{rollout.name}"
        pages[f"{address}.html"] = render(
            "rollout.html",
            room,
            f"Rollout {rollout.name}",
            name=rollout.name,
            report=rollout.report,
            line=line,
            plot=_at_once(line),
        )
        pages[f"{address}.json"] = rollout.report.model_dump_json(indent=1)
    return pages


class _Renderer:
    def __init__(self, environment: jinja2.Environment, context: Mapping[str, Any]) -> None:
        environment.filters["kind"] = _kind
        self._environment = environment
        self._context = {**context, "rooms": _ROOMS, "shown_rows": _ROWS, "here": ROOMS[0][0]}

    def __call__(self, template: str, room: str, heading: str, **values: object) -> str:
        top = "../" * (room.count("/") + 1)
        found = self._environment.get_template(f"platform/{template}")
        return found.render({**self._context, "room": room, "heading": heading, "top": top, **values})


def _kind(name: object) -> str:
    """Make a class of the style sheet of a state's name."""
    return re.sub("[^a-z]+", "-", str(name).lower())


def _days(adoption: Adoption) -> list[int]:
    """Choose the days that a table shows: the last one, and others evenly before it."""
    last = len(adoption.days) - 1
    step = max(1, -(-last // (_DAYS - 1)))
    return sorted(range(last, -1, -step))


def _cost_plots(lines: Sequence[CostLine], what: str) -> list[object]:
    """Draw one plot for each currency."""
    currencies = dict.fromkeys(line.currency for line in lines if line.least)
    return [
        cost_plot([line for line in lines if line.currency == currency], f"cost-{what}-{place}", what)
        for place, currency in enumerate(currencies)
    ]


def _by_portfolio(platform: Platform) -> list[tuple[tuple[str, str], int, int]]:
    found: dict[tuple[str, str], Counter[bool]] = {}
    for each in platform.shares:
        found.setdefault((each.portfolio, each.region), Counter())[each.has_arrived] += 1
    return [(key, counts[True], counts[False]) for key, counts in sorted(found.items())]


def _at_once(line: Timeline) -> object:
    return at_once_plot(line.at_once, "at-once") if line.at_once else ""
