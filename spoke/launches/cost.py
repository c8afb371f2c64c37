"""Tells what launches are estimated to cost."""

from collections.abc import Iterator

from shared.catalog.cost import Estimate, estimate, together
from spoke.launches.resolution import ResolvedLaunch


def estimate_launch(resolved: ResolvedLaunch) -> Estimate | None:
    """Estimate the monthly cost of a launch; None where the hub publishes no cost."""
    version = resolved.choice.version
    if version.cost is None:
        return None
    values = resolved.known_parameters
    if untold := sorted(version.cost.parameters & version.parameters.keys() - values.keys()):
        return Estimate(
            currency=version.cost.currency, date=version.cost.date, unknown=f"{' and '.join(untold)} is not told"
        )
    return estimate(version.cost, values)


def cost_output(resolved: ResolvedLaunch) -> dict[str, str]:
    """Write the estimate as text, for whoever adds up many spokes."""
    found = estimate_launch(resolved)
    return found.model_dump(mode="json", exclude_none=True, exclude_defaults=True) if found else {}


def costs_in_words(resolved_launches: list[ResolvedLaunch]) -> Iterator[str]:
    """Say what each launch costs, and all of them together."""
    found = {resolved.launch.name: estimate_launch(resolved) for resolved in resolved_launches}
    known = {name: each for name, each in found.items() if each is not None}
    for name, each in known.items():
        yield f"{name}: {each}"
    if len(known) > 1:
        yield f"{len(known)} launches together: {together(list(known.values()))}"
