"""What a proof costs, reckoned before anything is made."""

from pathlib import Path
from typing import Final

from cli.rehearsal.starting import ROOT
from hub.definitions.cost import read_prices
from shared.errors import ConfigError

CALL: Final = 0.0007
"""USD for a call of Service Catalog (source: aws.amazon.com/servicecatalog/pricing)."""
FREE: Final = 1000
"""Calls a month that cost nothing (source: the same page); counted once, for the organization that pays."""
CALLS: Final = {"tests": 6000, "all else": 1500}
"""Calls of Service Catalog: a rehearsal counts them (`calls` in its report), and on AWS one looks more often."""
_GIGABYTES: Final = 2
_SECONDS: Final = 3600
"""As if the endpoint answered all the time, for an hour. Nobody calls it."""
_ALL_ELSE: Final = 0.05
"""Requests and storage of S3, calls of CloudFormation (free for AWS's types), alarms and logs: a few cents at most."""


def estimate(*, tests: bool, catalog: Path = ROOT / "hub" / "catalog") -> list[tuple[str, float]]:
    """Give what it costs in USD, by item. Raises ContentError for a price table that is wrong."""
    prices = read_prices(catalog / "prices.yaml")
    calls = sum(number for what, number in CALLS.items() if tests or what != "tests")
    serverless = float(prices.serverless_gigabyte_second or 0) * _GIGABYTES * _SECONDS
    return [
        (f"{calls} calls of Service Catalog, {CALL} each after {FREE}", round((calls - FREE) * CALL, 2)),
        (f"a serverless endpoint of {_GIGABYTES} GB, {_SECONDS} s", round(serverless, 2)),
        ("requests, storage, logs", _ALL_ELSE),
    ]


def total(items: list[tuple[str, float]]) -> float:
    """Add up."""
    return round(sum(amount for _, amount in items), 2)


def refuse_expensive(items: list[tuple[str, float]], limit: float) -> None:
    """Refuse what costs more than somebody has said. Raises ConfigError."""
    if total(items) > limit:
        told = "; ".join(f"{what}: {amount:.2f}" for what, amount in items)
        raise ConfigError(
            f"it costs about {total(items):.2f} USD, and the limit is {limit:.2f} ({told}). Leave something out "
            f"(--skip tests), or raise the limit: --limit {total(items):.0f}",
            code="proof-too-expensive",
            place="--limit",
        )
