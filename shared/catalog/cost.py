"""The estimated monthly cost of a launch, as the hub publishes it and spokes reckon it."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import ClassVar, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.catalog.lifecycle import Day

_MOST: Final = Decimal(10**15)
"""Of a month's cost that is told."""


class Cost(BaseModel):
    """How a version's monthly cost follows from a launch's parameters; numbers are text.

    Attributes:
        kind: `instances` that run for a number of hours, or `serverless` by gigabyte and second.
        currency: Of all prices.
        date: The day of the price table.
        instance_type: The parameter that names the type of instance.
        count: The parameter that says how many run.
        beside: The parameter that says how many more run whatever the load, such as those of a shadow variant.
        max_count: The parameter that says how many run at most, while autoscaling is on.
        autoscaling: The parameter that turns autoscaling on, by the value `true`.
        memory: The parameter with the megabytes of a serverless endpoint.
        hours: A month has so many in which the instances run.
        seconds: A month has so many in which a serverless endpoint serves requests.
        prices: By instance type, for an hour; or of a gigabyte-second under `serverless`.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(
        frozen=True, extra="ignore", validate_by_name=True, serialize_by_alias=True
    )

    kind: Literal["instances", "serverless"]
    currency: str
    date: Day
    instance_type: str | None = None
    count: str | None = None
    beside: str | None = None
    max_count: str | None = Field(default=None, validation_alias="most", serialization_alias="most")
    autoscaling: str | None = Field(default=None, validation_alias="scales", serialization_alias="scales")
    memory: str | None = None
    hours: str | None = None
    seconds: str | None = None
    prices: dict[str, str]

    @property
    def parameters(self) -> set[str]:
        """The parameters that it follows from."""
        names = (self.instance_type, self.count, self.beside, self.max_count, self.autoscaling, self.memory)
        return {name for name in names if name}


class Estimate(BaseModel):
    """A month's cost: the least and, where the launch scales, the most; or why it is unknown."""

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="ignore")

    currency: str
    date: Day
    least: Decimal | None = None
    most: Decimal | None = None
    unknown: str = ""

    def __str__(self) -> str:
        """Say it in words, and that it is an estimate."""
        if self.least is None:
            return f"cost unknown: {self.unknown}"
        amount = str(_rounded(self.least))
        if self.most is not None and self.most != self.least:
            amount += f" to {_rounded(self.most)}"
        return f"about {amount} {self.currency} a month (estimate, list prices of {self.date})"


def estimate(cost: Cost, values: Mapping[str, str]) -> Estimate:
    """Estimate the monthly cost of a launch.

    Args:
        cost: As the hub published it for the launch's region.
        values: All parameters of the launch, defaults included.
    """
    kind = values.get(cost.instance_type or "", "") if cost.kind == "instances" else "serverless"
    if kind not in cost.prices:
        return Estimate(
            currency=cost.currency, date=cost.date, unknown=f"the hub's price table has no price of {kind} here"
        )
    try:
        least, most = _month(cost, values, Decimal(cost.prices[kind]))
    except KeyError as missing:
        return Estimate(currency=cost.currency, date=cost.date, unknown=f"{missing.args[0]} has no value")
    except ArithmeticError:
        return Estimate(currency=cost.currency, date=cost.date, unknown="its parameters are no numbers to reckon with")
    return Estimate(currency=cost.currency, date=cost.date, least=least, most=most)


def _month(cost: Cost, values: Mapping[str, str], price: Decimal) -> tuple[Decimal, Decimal | None]:
    """Reckon the least and the most that a month costs.

    Raises:
        KeyError: a parameter has no value.
        ArithmeticError: one is no number, or one that is beyond reckoning.
    """
    if cost.kind == "serverless":
        least = Decimal(values[cost.memory or ""]) / 1024 * Decimal(cost.seconds or 0) * price
        return _reckoned(least), None
    month = price * Decimal(cost.hours or 0)
    count = Decimal(values[cost.count or ""])
    scaling = values.get(cost.autoscaling or "") == "true"
    most = max(count, Decimal(values[cost.max_count])) if cost.max_count and scaling else count
    beside = Decimal(values[cost.beside]) if cost.beside else Decimal(0)
    return _reckoned(month * (count + beside)), _reckoned(month * (most + beside))


def _reckoned(amount: Decimal) -> Decimal:
    if not amount.is_finite() or abs(amount) > _MOST:
        raise ArithmeticError
    return amount


def total(estimates: list[Estimate]) -> tuple[Decimal, Decimal, int]:
    """Add estimates up: the least, the most, and how many are unknown."""
    known = [each for each in estimates if each.least is not None]
    least = sum((each.least for each in known if each.least is not None), Decimal(0))
    most = sum((each.most or each.least or Decimal(0) for each in known), Decimal(0))
    return least, most, len(estimates) - len(known)


def together(estimates: list[Estimate]) -> str:
    """Say what several launches cost in all, and how many of them are of unknown cost."""
    known = [each for each in estimates if each.least is not None]
    unknown = f"{len(estimates) - len(known)} of unknown cost"
    if not known:
        return unknown
    least, most, missing = total(estimates)
    said = str(Estimate(currency=known[0].currency, date=known[0].date, least=least, most=most))
    return f"{said}, and {unknown}" if missing else said


def _rounded(amount: Decimal) -> Decimal:
    """Cents matter below ten."""
    return amount.quantize(Decimal("0.01") if amount < 10 else Decimal(1), rounding=ROUND_HALF_UP)  # noqa: PLR2004 - as said
