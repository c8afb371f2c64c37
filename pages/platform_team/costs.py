"""What launches cost together, by account, product and team."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from pages.platform_team.shapes import CostLine, Costs, PlatformLaunch
from shared.catalog.cost import Estimate, total


def costs_of(launches: Iterable[PlatformLaunch]) -> Costs:
    """Add up what is known, in each currency; a launch that failed or is gone counts as long as its stack declares it.

    One that no stack declares is of unknown cost: nobody knows its parameters.
    """
    known = [launch for launch in launches if launch.launch]
    return Costs(
        all=_lines(known, lambda _: "all launches"),
        accounts=_lines(known, lambda each: each.account, notes={each.account: each.account_name for each in known}),
        products=_lines(known, lambda each: each.product),
        teams=_lines(known, lambda each: each.team or "without a team"),
    )


def _lines(
    launches: Sequence[PlatformLaunch],
    named: Callable[[PlatformLaunch], str],
    *,
    notes: Mapping[str, str] | None = None,
) -> list[CostLine]:
    groups: dict[tuple[str, str], list[PlatformLaunch]] = defaultdict(list)
    for launch in launches:
        groups[named(launch), launch.cost.currency if launch.cost else ""].append(launch)
    for (name, currency), group in list(groups.items()):
        others = [key for key in groups if key[0] == name and key[1]]
        if not currency and others:  # a launch without any price counts beside those that have one
            groups[others[0]] += group
            del groups[name, currency]
    lines = [_line(name, currency, group, (notes or {}).get(name, "")) for (name, currency), group in groups.items()]
    return sorted(lines, key=lambda line: (line.currency, -line.least, line.name))


def _line(name: str, currency: str, group: Sequence[PlatformLaunch], note: str) -> CostLine:
    estimates: list[Estimate] = [each.cost for each in group if each.cost]
    least, most, unknown = total(estimates)
    without = len(group) - len(estimates)
    return CostLine(
        name=name,
        note=note,
        launches=len(group),
        currency=currency,
        least=least,
        most=most,
        unknown=unknown + without,
    )
