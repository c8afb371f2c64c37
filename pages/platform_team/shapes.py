"""The shapes of what the platform team's pages show; `platform/index.json` says the same.

An amount is text, as in the index. Nothing of a launch's parameters is here: some of them are secret.
"""

import datetime as dt
from decimal import Decimal
from enum import StrEnum

from fleet.show.report import RolloutReport
from pages.index.shape import FORMAT, Shape
from shared.catalog.cost import Estimate


class Attention(StrEnum):
    """What somebody has to look at in a launch: the first that is so, in this order."""

    FAILED = "failed"
    UNKNOWN = "not read"
    RETIRED = "retired"
    DEPRECATED = "deprecated"
    ENDING = "ends soon"
    OLD = "older version"
    CHANGING = "to be rolled out"
    NONE = "nothing"


class PlatformLaunch(Shape):
    """A launch of an account.

    Attributes:
        stack: Empty for one that no stack declares.
        account_name: Of the organization; empty where that was not read.
        versions_behind: How many releases after its version may be launched; None where nobody can say.
        ends: The next day on which its version changes its state; None where no such day is set.
        days_left: Until that day.
        next_state: What its version is from that day on.
        behind: Why a rollout would change something.
        reason: Why it failed, in AWS's words.
        problem: Why nobody can say what runs.
        team: By a tag of the launch.
    """

    attention: Attention
    stack: str
    account: str
    account_name: str
    unit: str
    launch: str
    product: str
    version: str
    newest: str
    versions_behind: int | None
    state: str
    status: str
    region: str
    since: dt.datetime | None
    ends: dt.date | None
    days_left: int | None
    next_state: str
    version_reason: str
    behind: str
    reason: str
    problem: str
    own_model: str
    launched_by: str
    team: str
    cost: Estimate | None


class VersionAdoption(Shape):
    """How many launches ran a version.

    Attributes:
        counts: On each of the product's days, at its end by UTC.
        first: The day on which one ran it first.
        last: The day on which the last one left it; None where one runs it.
    """

    version: str
    counts: list[int]
    accounts: int
    most: int
    first: dt.date
    last: dt.date | None


class Adoption(Shape):
    """How the launches of a product moved from version to version.

    Attributes:
        days: Those on which something moved, and the day of the question.
    """

    product: str
    days: list[dt.date]
    versions: list[VersionAdoption]


class CostLine(Shape):
    """What launches cost together in a month.

    Attributes:
        note: More than the name, such as the account's.
        least: Of those whose cost is known.
        most: Where some of them scale.
        unknown: How many are of unknown cost.
    """

    name: str
    note: str = ""
    launches: int
    currency: str
    least: Decimal
    most: Decimal
    unknown: int


class Costs(Shape):
    """The estimated monthly cost of all launches, and of those of each account, product and team."""

    all: list[CostLine]
    accounts: list[CostLine]
    products: list[CostLine]
    teams: list[CostLine]


class Arrival(Shape):
    """What became of a share in an account that it is meant for, as `hub shares` says it."""

    hub: str
    portfolio: str
    region: str
    type: str
    target: str
    account: str
    account_name: str = ""
    state: str
    since: str

    @property
    def has_arrived(self) -> bool:
        """Whether the account has it."""
        return self.state == "arrived"


class Rollout(Shape):
    """A rollout, by the name of its folder."""

    name: str
    report: RolloutReport


class Platform(Shape):
    """What the platform team's pages show.

    Attributes:
        day: The day whose states of versions count.
        looked: When everything was looked at.
        asked: Whether AWS was asked what the accounts run.
        notes: What could not be looked at, and why.
        rollouts: The newest first.
    """

    format: str = FORMAT
    day: dt.date
    looked: dt.datetime
    asked: bool
    notes: list[str] = []
    team_tag: str
    launches: list[PlatformLaunch] = []
    spokes: int = 0
    adoption: list[Adoption] = []
    costs: Costs
    shares: list[Arrival] = []
    rollouts: list[Rollout] = []
