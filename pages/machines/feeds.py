"""The feeds: Atom (RFC 4287) for who follows news, and a calendar (RFC 5545, RFC 7986) for who plans.

Both say the same of the same catalog: no moment of the build is in them.
"""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Final
from xml.etree import ElementTree as ET

from icalendar import Calendar, Component
from icalendar import Event as CalendarEvent

from pages.index.model import Index
from pages.machines.events import Event, events

ATOM: Final = "feed.atom"
CALENDAR: Final = "calendar.ics"
TITLE: Final = "Model catalog"
_ATOM: Final = "http://www.w3.org/2005/Atom"
_NEWEST: Final = 200
"""Entries of the feed; whoever needs all of them reads `index.json`."""


def atom(index: Index, *, base: str = "") -> str:
    """Write the feed of what was published, deprecated and retired, and of what will be soon.

    Args:
        index: What there is.
        base: The address of the folder that it is published in, with a slash at its end; empty for relative links.
    """
    ET.register_namespace("", _ATOM)
    known = [each for each in events(index) if each.announced_on <= index.day]
    news = sorted(known, key=lambda each: each.announced_on, reverse=True)[:_NEWEST]
    feed = ET.Element(_name("feed"))
    _text(feed, "id", uuid.uuid5(uuid.NAMESPACE_URL, f"model-catalog {index.repository or base}").urn)
    _text(feed, "title", f"{TITLE}: news")
    _text(feed, "updated", _moment(news[0].announced_on if news else index.day))
    author = ET.SubElement(feed, _name("author"))
    _text(author, "name", next((each.provider_name for each in index.portfolios), TITLE))
    _ = ET.SubElement(feed, _name("link"), {"rel": "self", "type": "application/atom+xml", "href": f"{base}{ATOM}"})
    _ = ET.SubElement(feed, _name("link"), {"rel": "alternate", "type": "text/html", "href": base or "./"})
    for each in news:
        _entry(feed, each, index.day, base)
    ET.indent(feed)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(feed, encoding="unicode")}\n'


def _entry(feed: ET.Element, event: Event, day: dt.date, base: str) -> None:
    entry = ET.SubElement(feed, _name("entry"))
    _text(entry, "id", event.identity.urn)
    _text(entry, "title", event.announcement(day))
    _text(entry, "updated", _moment(event.announced_on))
    href = f"{base}{event.version.address}"
    _ = ET.SubElement(entry, _name("link"), {"rel": "alternate", "type": "application/json", "href": href})
    _ = ET.SubElement(entry, _name("category"), {"term": event.kind})
    _ = ET.SubElement(entry, _name("category"), {"term": event.product.portfolio})
    _text(entry, "summary", event.text)


def _text(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, _name(name)).text = _printable(text)


def _name(name: str) -> str:
    return f"{{{_ATOM}}}{name}"


def _printable(text: str) -> str:
    """Leave out what XML 1.0 cannot hold, which no text of a catalog means."""
    return "".join(each for each in text if each in "\t\n\r" or (each >= " " and each not in "\ufffe\uffff"))


def _moment(day: dt.date) -> str:
    return f"{day.isoformat()}T00:00:00Z"


def calendar(index: Index, *, base: str = "") -> bytes:
    """Write the calendar of all publications and ends, those to come included."""
    found = Calendar()
    name = f"{TITLE}: publications and ends"
    _add(found, {"prodid": "-//ML Model Catalog//index//EN", "version": "2.0", "name": name, "x-wr-calname": name})
    for each in events(index):
        found.add_component(_event(each, index.day, base))
    return found.to_ical()


def _event(event: Event, day: dt.date, base: str) -> CalendarEvent:
    made = CalendarEvent()
    _add(
        made,
        {
            "uid": str(event.identity),
            "dtstamp": dt.datetime.combine(day, dt.time(), dt.UTC),
            "dtstart": event.on,
            "summary": event.title,
            "description": event.text,
            "categories": [event.kind],
            "transp": "TRANSPARENT",  # nobody is busy because of it
            **({"url": f"{base}{event.version.address}"} if base else {}),
        },
    )
    return made


def _add(component: Component, values: Mapping[str, object]) -> None:
    for name, value in values.items():
        component.add(name, value)  # pyright: ignore[reportUnknownMemberType] - of any type
