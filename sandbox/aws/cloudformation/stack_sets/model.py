"""What a stack set consists of. Attributes bear the names of AWS's response members, in snake case."""

from dataclasses import dataclass, field
from datetime import datetime

from sandbox.aws.documents import Json

MOST_OPERATIONS = 50
"""Operations that a set remembers; AWS forgets them after 90 days."""


@dataclass
class Instance:
    """A stack of the set in one account and region, or the wish for it."""

    stack_set_id: str
    account: str
    region: str
    organizational_unit_id: str
    """The unit, or the root, by which the account is targeted."""
    parameter_overrides: list[Json] = field(default_factory=list[Json])
    stack_id: str | None = None
    status: str = "OUTDATED"
    detailed_status: str = "PENDING"
    status_reason: str | None = None
    last_operation_id: str = ""
    drift_status: str = "NOT_CHECKED"

    @property
    def stack_instance_status(self) -> Json:
        return {"DetailedStatus": self.detailed_status}


@dataclass
class Operation:
    """A change of the instances, which takes its time."""

    stack_set_id: str
    operation_id: str
    action: str
    creation_timestamp: datetime
    instances: list[Instance]
    request: Json = field(default_factory=Json)
    """As the client sent it; empty for an automatic deployment."""
    retain_stacks: bool = False
    injected_failure: str | None = None
    status: str = "QUEUED"
    end_timestamp: datetime | None = None
    results: list[Json] = field(default_factory=list[Json])

    @property
    def operation_preferences(self) -> Json | None:
        return self.request.get("OperationPreferences")

    @property
    def deployment_targets(self) -> Json | None:
        return self.request.get("DeploymentTargets")


@dataclass
class StackSet:
    """One template, and where it is rolled out."""

    stack_set_name: str
    stack_set_id: str
    stack_set_arn: str
    template_body: str = ""
    description: str = ""
    parameters: list[Json] = field(default_factory=list[Json])
    capabilities: list[str] = field(default_factory=list[str])
    tags: list[Json] = field(default_factory=list[Json])
    auto_deployment: Json = field(default_factory=Json)
    managed_execution: Json = field(default_factory=lambda: {"Active": False})
    status: str = "ACTIVE"
    permission_model: str = "SERVICE_MANAGED"
    units: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    """The regions in which accounts get the stack that join a unit."""
    instances: dict[tuple[str, str], Instance] = field(default_factory=dict[tuple[str, str], Instance])
    operations: dict[str, Operation] = field(default_factory=dict[str, Operation])

    @property
    def organizational_unit_ids(self) -> list[str]:
        return sorted({each.organizational_unit_id for each in self.instances.values()})

    @property
    def regions(self) -> list[str]:
        return sorted({each.region for each in self.instances.values()})

    def first(self, status: str) -> Operation | None:
        """The oldest operation in a status."""
        return next((each for each in self.operations.values() if each.status == status), None)

    def add(self, operation: Operation) -> None:
        self.operations[operation.operation_id] = operation
        while len(self.operations) > MOST_OPERATIONS:
            del self.operations[next(iter(self.operations))]
