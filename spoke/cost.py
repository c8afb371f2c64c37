"""Tells what launches are estimated to cost."""

import pulumi

from shared.cost import Estimate, estimate, total
from spoke.offer import Order


def estimate_order(order: Order) -> Estimate | None:
    """Estimate the monthly cost of a launch; None where the hub publishes no cost."""
    version = order.choice.version
    if version.cost is None:
        return None
    defaults = {name: item.default for name, item in version.parameters.items() if item.default is not None}
    return estimate(version.cost, {**defaults, **order.launch.parameters})


def report_costs(orders: list[Order]) -> None:
    """Say what each launch costs, and all of them together."""
    found = {order.launch.name: estimate_order(order) for order in orders}
    known = {name: each for name, each in found.items() if each is not None}
    for name, each in known.items():
        pulumi.log.info(f"{name}: {each}")
    priced = [each for each in known.values() if each.least is not None]
    if len(priced) > 1:
        least, most, unknown = total(list(known.values()))
        together = Estimate(currency=priced[0].currency, date=priced[0].date, least=least, most=most)
        rest = f", and {unknown} of unknown cost" if unknown else ""
        pulumi.log.info(f"{len(priced)} launches together: {together}{rest}")
