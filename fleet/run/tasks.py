"""What is handed to a worker, and what comes back: both can cross to another machine."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from fleet.engine import Cost
from fleet.run.engine_events import Step
from fleet.run.preparation import Kept
from fleet.store.locations import Locations
from spoke.launches.holds import Hold, Holds


class Operation(StrEnum):
    """What is done to a spoke."""

    UP = "up"
    PREVIEW = "preview"


class RunStatus(StrEnum):
    """What became of it."""

    SUCCEEDED = "succeeded"
    SUCCEEDED_ELSEWHERE = "succeeded in another rollout"
    PREVIEWED = "previewed"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    LEFT_OUT = "left out"
    NOT_STARTED = "not started"


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One spoke to run.

    Attributes:
        root: The checkout; empty for a worker that has its own, in the folder that it was started in.
        fingerprint: What the plan wants the spoke to come to.
        parts: What the fingerprint is made of.
        platform: A digest of the platform team's files, launches.yaml and accounts.yaml.
        own: The parts that are not the hub's: code, dependencies and settings.
        contract: The hash of the contract that the plan was made with.
        day: The day whose states of versions count.
        begun: When the fleet began: whatever succeeded later at the same fingerprint need not be repeated.
        forced: It runs although its last success was at the same fingerprint.
        logs: The folder, below the checkout, for what Pulumi prints.
        kept: What the run leaves in the account.
        took: Seconds of its last success; 0 where none is known.
        holds: Launches that stay at a version for now, whatever its settings say.
        traced: Somebody wants to know what is done to each resource.
    """

    stack: str
    operation: Operation
    root: str
    locations: Locations
    fingerprint: str
    parts: Mapping[str, str]
    own: frozenset[str]
    contract: str
    day: dt.date
    begun: dt.datetime
    forced: bool
    logs: str
    platform: str = ""
    kept: Kept | None = None
    took: float = 0
    traced: bool = False
    holds: Holds = field(default_factory=dict[str, Hold])

    @property
    def taken_back(self) -> Holds:
        """Those of them whose settings mean a version that was taken back."""
        return {name: hold for name, hold in self.holds.items() if hold.lasting}

    @property
    def reasons(self) -> Mapping[str, str]:
        """Why, by the names of launches."""
        return {name: hold.reason for name, hold in self.taken_back.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a spoke.

    Attributes:
        reason: Why it failed, in Pulumi's words or ours.
        changes: The engine's own count, such as `2 updated, 24 unchanged`.
        notes: What happened on the way: recoveries, waits, a log that could not be kept.
        contract: The hash of the contract that it was deployed with.
        fingerprint: Where it has come to.
        worker: The process that ran it, as host and number.
        kills: How often a process of its was killed.
        throttled: How many of the tries AWS throttled, in spite of all that the provider tries by itself.
        steps: What was done to each resource, where the task is traced.
        stops: Why no other spoke shall begin; empty where nothing is in the way.
    """

    stack: str
    status: RunStatus
    reason: str = ""
    changes: str = ""
    notes: tuple[str, ...] = ()
    contract: str = ""
    fingerprint: str = ""
    log: str = ""
    worker: str = ""
    tries: int = 0
    kills: int = 0
    throttled: int = 0
    steps: tuple[Step, ...] = ()
    cost: Cost = field(default_factory=Cost)
    stops: str = ""

    @property
    def is_good(self) -> bool:
        """Whether the spoke is where it was wanted."""
        return self.status not in (RunStatus.FAILED, RunStatus.INTERRUPTED, RunStatus.NOT_STARTED)
