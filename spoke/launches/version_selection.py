"""Picks the version that a launch runs, and says what is coming for it."""

import datetime as dt
from dataclasses import dataclass

from shared.catalog.contract import Product, Version
from shared.catalog.lifecycle import State
from shared.catalog.versions import ascending, fits, is_range, newest
from shared.errors import LaunchError


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectedVersion:
    """A version of a product, with its state on the day of the run."""

    number: str
    version: Version
    state: State

    @property
    def end(self) -> str:
        """What is known of its end, as the rest of a sentence."""
        dates = {"deprecated": self.version.deprecated_on, "retired": self.version.retires_on}
        since = dates.get(self.state)
        said = f"{self.number} is {self.state}" + (f" since {since}" if since else "")
        if self.state == "deprecated" and self.version.retires_on:
            said += f" and will be retired on {self.version.retires_on}"
        reason = f" ({self.version.reason.rstrip('.')})" if self.version.reason else ""
        advice = f" Use {self.version.replacement} instead." if self.version.replacement else ""
        return f"{said}{reason}.{advice}"


def select_version(product: Product, wanted: str, day: dt.date, *, where: str) -> SelectedVersion:
    """Find the version that is meant.

    A range means its newest active version. Only where it has none, a deprecated one serves what is launched
    already.

    Args:
        product: The product as the hub offers it.
        wanted: One version, or a range.
        day: The day whose states count. They come from the dates too, so that a spoke keeps to them even when
            the hub has not run since.
        where: The launch, for messages.

    Raises:
        LaunchError: no version fits.
    """
    states: dict[str, State] = {
        number: version.state_on(day) for number, version in product.versions.items() if fits(number, wanted)
    }
    active = [number for number, state in states.items() if state == "active"]
    deprecated = [number for number, state in states.items() if state == "deprecated"]
    number = newest(active or deprecated) if is_range(wanted) else wanted
    if number in states:
        return SelectedVersion(number=number, version=product.versions[number], state=states[number])
    raise LaunchError(
        f"invalid value {wanted!r}, which the hub {'no longer offers' if states else 'does not offer'}. It offers of "
        f"{product.name}: {_listed(product, day)}.",
        code="version-not-offered",
        place=f"{where}: version",
    )


def _listed(product: Product, day: dt.date) -> str:
    named: list[str] = []
    for number in ascending(product.versions):
        state = product.versions[number].state_on(day)
        named.append(number if state == "active" else f"{number} ({state})")
    return ", ".join(named) or "none"
