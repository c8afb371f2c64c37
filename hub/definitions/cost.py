"""What a launch of a version costs a month, from the price table: an estimate."""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field

from hub.definitions.yaml_file import read_document
from shared.between_fields import between_fields
from shared.catalog.cost import Cost
from shared.catalog.parameters import Parameter
from shared.collecting import Mistakes
from shared.errors import ContentError, Mistake
from shared.spelling import meant
from shared.validation import Document, FormerName, Region

HOURS: Final = 730
"""Of a month, as AWS's calculator has them."""
HOURS_AT_MOST: Final = 744
"""Of a month of 31 days."""
MANY: Final = 10**12
"""More than any month can have."""

_NEEDED: Final = {"instances": ("instance_type", "count"), "serverless": ("memory", "requests", "seconds_per_request")}

_COUNTED: Final = ("count", "beside", "max_count", "memory")
"""What has to be a number."""


class CostRule(Document):
    """How a product's monthly cost follows from its parameters.

    Attributes:
        kind: What is paid for.
        instance_type: For instances: the parameter that names their type.
        count: The parameter that says how many run.
        beside: The parameter that says how many more run whatever the load, such as those of a shadow variant.
        max_count: The parameter that says how many run at most, while the one of `autoscaling` is `true`.
        autoscaling: The parameter that turns autoscaling on.
        hours: How many hours of a month they run; all of it unless said otherwise.
        memory: For serverless: the parameter with the megabytes.
        requests: How many requests a month are assumed.
        seconds_per_request: How long each is assumed to take.
    """

    kind: Literal["instances", "serverless"] = Field(description="instances or serverless", examples=["instances"])
    instance_type: str | None = None
    count: str | None = None
    beside: str | None = None
    max_count: Annotated[str | None, FormerName("most")] = None
    autoscaling: Annotated[str | None, FormerName("scales")] = None
    hours: Annotated[float, Field(gt=0, le=HOURS_AT_MOST, description="hours of a month", examples=["730"])] = HOURS
    memory: str | None = None
    requests: Annotated[int | None, Field(gt=0, le=MANY, description="requests of a month", examples=["100000"])] = None
    seconds_per_request: Annotated[float | None, Field(gt=0, le=MANY, description="seconds", examples=["0.5"])] = None

    @property
    def parameters(self) -> dict[str, str]:
        """The parameters that decide the cost, by what they decide."""
        deciding = ("instance_type", "count", "beside", "max_count", "autoscaling", "memory")
        names = {name: getattr(self, name) for name in deciding}
        return {name: parameter for name, parameter in names.items() if parameter is not None}

    @between_fields
    def _is_complete(self) -> Iterator[Mistake]:
        for missing in (name for name in _NEEDED[self.kind] if getattr(self, name) is None):
            yield Mistake(
                f"{missing} is missing. A cost of kind {self.kind} needs {', '.join(_NEEDED[self.kind])}.",
                code="incomplete-cost",
            )


class Prices(Document):
    """The price table.

    Attributes:
        date: When it was compared with the source.
        instance_hour: By region and instance type.
    """

    date: dt.date = Field(description="a date", examples=["2026-11-24"])
    source: str = Field(pattern=r"^https://\S+$", description="an https address")
    note: str = Field(min_length=1, description="what the prices leave out")
    currency: str = Field(pattern=r"^[A-Z]{3}$", description="a currency's three letters", examples=["USD"])
    serverless_gigabyte_second: Decimal = Field(gt=0, le=MANY, description="a price", examples=["0.00002"])
    instance_hour: dict[
        Region, dict[str, Annotated[Decimal, Field(ge=0, le=MANY, description="a price", examples=["0.23"])]]
    ]


def read_prices(path: Path) -> Prices:
    """Read the price table. Raises ContentError."""
    return read_document(Prices, path)


def check_rule(place: str, version: str, rule: CostRule, parameters: Mapping[str, Parameter]) -> None:
    """Refuse a rule, in a product's file, about parameters that a version does not have or that are no numbers.

    Args:
        place: Where the rule stands.
        version: The version, for messages.
        rule: The rule.
        parameters: Those of the version's template.

    Raises:
        ContentError: names each such parameter.
    """
    mistakes = Mistakes()
    for key, name in rule.parameters.items():
        if name not in parameters:
            mistakes.add(
                ContentError(
                    f"invalid value {name!r}.{meant(name, parameters)} The parameters of {version} are: "
                    f"{', '.join(parameters)}. Where this "
                    f"version's has another name, give its entry a cost of its own.",
                    code="cost-parameter-unknown",
                    place=f"{place}.{key}",
                )
            )
        elif key in _COUNTED and not _is_number(parameters[name]):
            mistakes.add(
                ContentError(
                    f"invalid value {name!r}. In {version} that parameter takes text, and a number is needed: name one "
                    f"of type Number, or one whose allowed values are numbers.",
                    code="cost-parameter-no-number",
                    place=f"{place}.{key}",
                )
            )
    mistakes.refuse()


def _is_number(parameter: Parameter) -> bool:
    """Say whether every value that a parameter takes is a number."""
    if parameter.type == "Number":
        return True
    return bool(parameter.allowed_values) and all(
        re.fullmatch("[0-9]{1,9}", value) for value in parameter.allowed_values or ()
    )


def cost_of(rule: CostRule, parameters: Mapping[str, Parameter], prices: Prices, region: str) -> Cost:
    """Give a version's cost for the contract: the rule, and the prices of all that a launch may choose."""
    seconds, hours = None, None
    if rule.kind == "serverless":
        seconds = f"{(rule.requests or 0) * (rule.seconds_per_request or 0):g}"
        chosen = {"serverless": str(prices.serverless_gigabyte_second)}
    else:
        hours = f"{rule.hours:g}"
        known = prices.instance_hour.get(region, {})
        chosen = {kind: str(known[kind]) for kind in _instance_types(rule, parameters) if kind in known}
    return Cost(
        kind=rule.kind,
        currency=prices.currency,
        date=prices.date,
        instance_type=rule.instance_type,
        count=rule.count,
        beside=rule.beside,
        max_count=rule.max_count,
        autoscaling=rule.autoscaling,
        memory=rule.memory,
        seconds=seconds,
        hours=hours,
        prices=chosen,
    )


def unpriced(rule: CostRule, parameters: Mapping[str, Parameter], prices: Prices, region: str) -> list[str]:
    """List the instance types that a launch may choose and the price table does not know."""
    known = prices.instance_hour.get(region, {})
    return [kind for kind in _instance_types(rule, parameters) if kind not in known]


def _instance_types(rule: CostRule, parameters: Mapping[str, Parameter]) -> list[str]:
    return parameters[rule.instance_type].allowed_values or [] if rule.instance_type else []
