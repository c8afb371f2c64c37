"""Plots as SVG, by pygal. The page's own style sheet colors them, so that they are dark where the page is and print."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final
from xml.etree import ElementTree as ET

import pygal  # pyright: ignore[reportMissingTypeStubs] - it has none
from markupsafe import Markup
from pygal.style import Style  # pyright: ignore[reportMissingTypeStubs]

from pages.platform_team.shapes import Adoption, CostLine

SERIES: Final = 6
"""Lines that an eye can tell apart; the table has all."""
_BARS: Final = 15
_LETTERS: Final = 24
_WIDTH: Final = 720
_BAR: Final = 26
_TICKS: Final = 5
_FONT: Final = 13
"""What pygal makes room for; the style sheet writes a little smaller, in whatever font the page has."""
_SVG: Final = "{http://www.w3.org/2000/svg}"
_DAY_AND_TIME: Final = dt.timedelta(days=2)


def adoption_plot(adoption: Adoption, key: str) -> Markup:
    """Draw how many launches ran each version; nothing where none ran at the end of a day."""
    shown = plotted(adoption)
    if not shown:
        return Markup()
    chart: Any = pygal.DateTimeLine(**_settings(height=260), x_value_formatter="{:%Y-%m-%d}".format)
    for each in shown:
        chart.add(each, list(_steps(adoption.days, _counts(adoption, each))))
    chart.y_labels = _ticks(max((each.most for each in adoption.versions), default=0))
    return _drawn(
        chart,
        key,
        f"Launches of {adoption.product} by version",
        f"From {adoption.days[0]} to {adoption.days[-1]}; the table has the figures.",
    )


def plotted(adoption: Adoption) -> list[str]:
    """Name the versions that a plot shows: the last ones of those that at least one ran."""
    return [each.version for each in adoption.versions if each.most][-SERIES:]


def cost_plot(lines: Sequence[CostLine], key: str, what: str) -> Markup:
    """Draw the largest of some costs as bars, the largest first."""
    shown = [line for line in lines if line.least][:_BARS]
    chart: Any = pygal.HorizontalBar(**_settings(height=60 + _BAR * len(shown)), spacing=6)
    chart.x_labels = [_short(line.name) for line in reversed(shown)]
    chart.add("least", [float(line.least) for line in reversed(shown)])
    if any(line.most > line.least for line in shown):
        chart.add("most", [float(line.most) for line in reversed(shown)])
    currency = shown[0].currency if shown else ""
    first = f"The largest is {shown[0].name} with {shown[0].least:,.0f} {currency}. " if shown else ""
    return _drawn(chart, key, f"Estimated monthly cost by {what}, in {currency}", f"{first}The table has all figures.")


def at_once_plot(points: Sequence[tuple[dt.datetime, int]], key: str) -> Markup:
    """Draw how many spokes ran at once."""
    chart: Any = pygal.DateTimeLine(**_settings(height=180), fill=True, x_value_formatter="{:%H:%M:%S}".format)
    chart.add("running", [*_stepped(points)])
    most = max((count for _, count in points), default=0)
    chart.y_labels = _ticks(most)
    return _drawn(chart, key, "Spokes that ran at once", f"At most {most}. The tables say which, and when.")


def _counts(adoption: Adoption, version: str) -> Sequence[int]:
    return next(each.counts for each in adoption.versions if each.version == version)


def _steps(days: Sequence[dt.date], counts: Sequence[int]) -> Sequence[tuple[dt.datetime, int]]:
    """Turn counts at the ends of days into steps; a single day is as wide as two."""
    moments = [dt.datetime.combine(day, dt.time()) for day in days]
    points = list(zip(moments, counts, strict=True))
    if len(points) == 1:
        return [(moments[0] - _DAY_AND_TIME, 0), *_stepped([(moments[0], counts[0])])]
    return _stepped(points)


def _stepped(points: Sequence[tuple[dt.datetime, int]]) -> list[tuple[dt.datetime, int]]:
    """Hold each count until the next one."""
    found: list[tuple[dt.datetime, int]] = []
    for moment, count in points:
        if found:
            found.append((moment, found[-1][1]))
        found.append((moment, count))
    return found


def _settings(*, height: int) -> dict[str, Any]:
    return {
        "width": _WIDTH,
        "height": height,
        "css": [],
        "js": [],
        "no_prefix": True,
        "show_legend": False,
        "show_dots": False,
        "include_x_axis": True,
        "explicit_size": False,
        "margin": 8,
        "truncate_label": _LETTERS,
        "style": Style(label_font_size=_FONT, major_label_font_size=_FONT),
        "max_scale": 6,
        "no_data_text": "",
        "value_formatter": "{:,.0f}".format,
    }


def _ticks(most: int) -> list[int]:
    """Give a scale of whole numbers, from zero past the largest."""
    power = 1
    while True:
        for step in (power, 2 * power, 5 * power):
            if step * _TICKS >= most:
                return list(range(0, max(most, 1) + step, step))
        power *= 10


def _short(name: str) -> str:
    return name if len(name) <= _LETTERS else f"{name[: _LETTERS - 1]}…"


def _drawn(chart: Any, key: str, title: str, description: str) -> Markup:  # noqa: ANN401 - pygal has no types
    """Draw a chart without the styles and scripts that pygal defines in it, and name it to those who do not see it."""
    root: ET.Element = chart.render_tree()
    for parent in list(root.iter()):
        _ = parent.attrib.pop("style", None)
        for child in list(parent):
            tag: Any = child.tag  # a comment's is no text
            if not isinstance(tag, str) or tag.removeprefix(_SVG) in ("defs", "title", "desc"):
                parent.remove(child)
    root.set("class", "chart")
    root.set("role", "img")
    root.set("id", key)
    root.set("aria-labelledby", f"{key}-title {key}-desc")
    for place, (tag, text) in enumerate((("title", title), ("desc", description))):
        found = ET.Element(tag, {"id": f"{key}-{tag}"})
        found.text = text
        root.insert(place, found)
    return Markup(ET.tostring(root, encoding="unicode"))  # noqa: S704 - a tree, whose texts are escaped as it is written
