"""Tells what launches are estimated to cost."""

import pulumi

from shared.catalog.cost import Estimate, estimate, together
from spoke.launches.resolution import Order


def estimate_order(order: Order) -> Estimate | None:
    """Estimate the monthly cost of a launch; None where the hub publishes no cost."""
    version = order.choice.version
    if version.cost is None:
        return None
    defaults = {name: item.default for name, item in version.parameters.items() if item.default is not None}
    return estimate(version.cost, {**defaults, **order.launch.parameters})


def cost_output(order: Order) -> dict[str, str]:
    """Write the estimate as text, for whoever adds up many spokes."""
    found = estimate_order(order)
    return found.model_dump(mode="json", exclude_none=True, exclude_defaults=True) if found else {}


def report_costs(orders: list[Order]) -> None:
    """Say what each launch costs, and all of them together."""
    found = {order.launch.name: estimate_order(order) for order in orders}
    known = {name: each for name, each in found.items() if each is not None}
    for name, each in known.items():
        pulumi.log.info(f"{name}: {each}")
    if len(known) > 1:
        pulumi.log.info(f"{len(known)} launches together: {together(list(known.values()))}")
