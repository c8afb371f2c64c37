"""What launches take of an account's quotas, as far as their cost says what runs."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

from spoke.launches.resolution import ResolvedLaunch

_ALWAYS: Final = Decimal(700)
"""Hours of a month from which on something counts as running all the time: an endpoint, and no job."""


@dataclass(frozen=True, slots=True, order=True)
class Demand:
    """What is taken: `endpoint`, `job` or `serverless`, and the type of the instances; none for the last."""

    kind: str
    instance: str = ""


def demands_of(resolved_launches: Iterable[ResolvedLaunch]) -> Mapping[str, Counter[Demand]]:
    """Add up, by region, how many instances run at most, and how many serverless endpoints there are."""
    found: dict[str, Counter[Demand]] = {}
    for resolved in resolved_launches:
        demand, count = _demand(resolved)
        if demand:
            found.setdefault(resolved.region, Counter())[demand] += count
    return found


def _demand(resolved: ResolvedLaunch) -> tuple[Demand | None, int]:
    cost = resolved.choice.version.cost
    if cost is None:
        return None, 0
    if cost.kind == "serverless":
        return Demand("serverless"), 1
    values = dict(resolved.known_parameters)
    instance = values.get(cost.instance_type or "", "")
    try:
        numbers = {name: int(values[name]) for name in (cost.count, cost.max_count, cost.beside) if name in values}
        always = Decimal(cost.hours or 0) >= _ALWAYS
    except (ValueError, InvalidOperation):
        return None, 0
    scaling = values.get(cost.autoscaling or "") == "true"
    count = numbers.get(cost.count or "", 1)
    most = max(count, numbers.get(cost.max_count or "", 0)) if scaling else count
    demand = Demand("endpoint" if always else "job", instance)
    return (demand, most + numbers.get(cost.beside or "", 0)) if instance else (None, 0)
