"""What a launch of a version costs a month, from the price table: an estimate."""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field

from hub.definitions.yaml_file import read_document
from shared.aws.arn import partition_of
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

Currency = Annotated[
    str, Field(pattern=r"^[A-Z]{3}$", description="a currency's three letters", examples=["USD", "CNY"])
]
Source = Annotated[str, Field(pattern=r"^https://\S+$", description="an https address")]
Price = Annotated[Decimal, Field(gt=0, le=MANY, description="a price", examples=["0.00002"])]


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


class PartitionPrices(Document):
    """What another partition's prices have that is not as in the rest of the table.

    Attributes:
        currency: AWS in China bills in CNY (source: Getting Started with Amazon Web Services in China, "Billing and
            Payment").
        serverless_gigabyte_second: Without it, the cost of serverless endpoints is unknown there.
    """

    currency: Currency
    source: Source
    serverless_gigabyte_second: Price | None = None


class Prices(Document):
    """The price table.

    Attributes:
        date: When it was compared with the source.
        currency: Of all prices, but for those of `partitions`.
        serverless_gigabyte_second: Holds in each partition that has a region in the table and no entry of its own.
        instance_hour: By region and instance type.
        partitions: Where prices are of another list and currency: `aws-cn` for China, `aws-us-gov` for GovCloud.
    """

    date: dt.date = Field(description="a date", examples=["2026-11-24"])
    source: Source
    note: str = Field(min_length=1, description="what the prices leave out")
    currency: Currency
    serverless_gigabyte_second: Price
    instance_hour: dict[
        Region, dict[str, Annotated[Decimal, Field(ge=0, le=MANY, description="a price", examples=["0.23"])]]
    ]
    partitions: dict[Literal["aws-cn", "aws-us-gov"], PartitionPrices] = {}

    def currency_in(self, region: str) -> str:
        """Give the currency of a region's prices."""
        own = self._own(region)
        return own.currency if own else self.currency

    def known_in(self, region: str) -> Mapping[str, Decimal]:
        """Give what is known of a region, by instance type; `serverless` is the price of a gigabyte-second."""
        own = self._own(region)
        listed = any(partition_of(each) == partition_of(region) for each in self.instance_hour)
        serverless = own.serverless_gigabyte_second if own else self.serverless_gigabyte_second if listed else None
        return {**self.instance_hour.get(region, {}), **({"serverless": serverless} if serverless else {})}

    def _own(self, region: str) -> PartitionPrices | None:
        found = partition_of(region)
        return next((own for name, own in self.partitions.items() if name == found), None)


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
    else:
        hours = f"{rule.hours:g}"
    known = prices.known_in(region)
    chosen = {kind: str(known[kind]) for kind in _paid_for(rule, parameters) if kind in known}
    return Cost(
        kind=rule.kind,
        currency=prices.currency_in(region),
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
    """List what a launch may choose and the price table does not know: instance types, or `serverless`."""
    known = prices.known_in(region)
    return [kind for kind in _paid_for(rule, parameters) if kind not in known]


def _paid_for(rule: CostRule, parameters: Mapping[str, Parameter]) -> list[str]:
    if rule.kind == "serverless":
        return ["serverless"]
    return parameters[rule.instance_type].allowed_values or [] if rule.instance_type else []
