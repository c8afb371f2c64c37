"""How launches moved from version to version, from the history of all stacks."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence

from fleet.show.history import Stay
from pages.platform_team.shapes import Adoption, VersionAdoption
from shared.catalog.versions import ascending


def adoption_of(stays: Iterable[Stay], day: dt.date) -> list[Adoption]:
    """Count how many launches ran each version of a product, day by day until the day of the question.

    A product has the name by which the history knew it last.
    """
    known = sorted((stay for stay in stays if stay.since.date() <= day), key=lambda stay: stay.since)
    names = {stay.product_id: stay.product for stay in known if stay.product_id}
    products: dict[str, list[Stay]] = defaultdict(list)
    for stay in known:
        products[names.get(stay.product_id, stay.product)].append(stay)
    return [_product(name, found, day) for name, found in sorted(products.items())]


def _product(name: str, stays: Sequence[Stay], day: dt.date) -> Adoption:
    moved = {time.date() for stay in stays for time in (stay.since, stay.until) if time}
    days = sorted({date for date in moved if date < day} | {day})
    versions: dict[str, list[Stay]] = defaultdict(list)
    for stay in stays:
        versions[stay.version].append(stay)
    return Adoption(
        product=name, days=days, versions=[_version(number, versions[number], days) for number in _ordered(versions)]
    )


def _version(number: str, stays: Sequence[Stay], days: Sequence[dt.date]) -> VersionAdoption:
    there = [[stay for stay in stays if _is_there(stay, date)] for date in days]
    counts = [len(found) for found in there]
    ends = [stay.until for stay in stays if stay.until]
    return VersionAdoption(
        version=number,
        counts=counts,
        accounts=len({stay.account for stay in there[-1]}),
        most=max(counts),
        first=min(stay.since for stay in stays).date(),
        last=None if counts[-1] or not ends else max(ends).date(),
    )


def _is_there(stay: Stay, day: dt.date) -> bool:
    """Whether it ran at the end of a day of UTC's."""
    return stay.since.date() <= day and (stay.until is None or stay.until.date() > day)


def _ordered(versions: Iterable[str]) -> list[str]:
    """Order versions; what AWS calls one whose number nobody knew stands at the end."""
    known = list(versions)
    numbers = [each for each in known if each[:1].isdecimal()]
    return [*ascending(numbers), *sorted(set(known) - set(numbers))]
