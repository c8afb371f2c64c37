"""What a stack set consists of."""

from dataclasses import dataclass, field
from datetime import datetime

from sandbox.aws.documents import Json

MOST_OPERATIONS = 50
"""Operations that a set remembers; AWS forgets them after 90 days."""


@dataclass
class Instance:
    """A stack of the set in one account and region, or the wish for it."""

    account: str
    region: str
    unit: str
    """The unit, or the root, by which the account is targeted."""
    overrides: dict[str, str] = field(default_factory=dict[str, str])
    stack_id: str = ""
    status: str = "OUTDATED"
    detailed: str = "PENDING"
    reason: str = ""
    operation: str = ""


@dataclass
class Operation:
    """A change of the instances, which takes its time."""

    id: str
    action: str
    created: datetime
    instances: list[Instance]
    request: Json = field(default_factory=Json)
    """As the client sent it; empty for an automatic deployment."""
    retain: bool = False
    injected_failure: str | None = None
    status: str = "QUEUED"
    ended: datetime | None = None
    results: list[Json] = field(default_factory=list[Json])


@dataclass
class StackSet:
    """One template, and where it is rolled out."""

    name: str
    id: str
    arn: str
    template: str = ""
    description: str = ""
    parameters: dict[str, str] = field(default_factory=dict[str, str])
    capabilities: list[str] = field(default_factory=list[str])
    tags: list[Json] = field(default_factory=list[Json])
    auto_deployment: Json = field(default_factory=Json)
    managed_execution: Json = field(default_factory=Json)
    units: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    """The regions in which accounts get the stack that join a unit."""
    instances: dict[tuple[str, str], Instance] = field(default_factory=dict[tuple[str, str], Instance])
    operations: dict[str, Operation] = field(default_factory=dict[str, Operation])

    def running(self) -> Operation | None:
        return next((each for each in self.operations.values() if each.status == "RUNNING"), None)

    def queued(self) -> Operation | None:
        return next((each for each in self.operations.values() if each.status == "QUEUED"), None)

    def add(self, operation: Operation) -> None:
        self.operations[operation.id] = operation
        while len(self.operations) > MOST_OPERATIONS:
            del self.operations[next(iter(self.operations))]
