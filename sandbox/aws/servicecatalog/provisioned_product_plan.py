"""A plan as the service keeps it, apart from the other things because it knows how far it has come."""

from dataclasses import dataclass
from datetime import datetime

from sandbox.aws.documents import Json
from sandbox.aws.servicecatalog.model import Record


@dataclass
class ProvisionedProductPlan:
    """A launch or an update, held back until somebody has seen what it would change."""

    plan_id: str
    plan_name: str
    plan_type: str
    provision_product_id: str
    provision_product_name: str
    product_id: str
    provisioning_artifact_id: str
    path_id: str
    provisioning_parameters: list[Json] | None
    notification_arns: list[str] | None
    tags: dict[str, str]
    account: str
    user_arn: str
    user_arn_session: str
    created_time: datetime
    settled_time: datetime
    request: Json
    basis: str | None
    """The record of the launch or update that the plan starts from."""
    resource_changes: list[Json] | None = None
    failure: str | None = None
    """Why it could not be made."""
    record: Record | None = None
    """Of its execution."""

    @property
    def status(self) -> str:
        if self.record:
            ended = {"SUCCEEDED": "EXECUTE_SUCCESS", "FAILED": "EXECUTE_FAILED"}
            return ended.get(self.record.status, "EXECUTE_IN_PROGRESS")
        if self.failure is not None:
            return "CREATE_FAILED"
        return "CREATE_IN_PROGRESS" if self.resource_changes is None else "CREATE_SUCCESS"

    @property
    def status_message(self) -> str | None:
        errors = self.record.record_errors if self.record else []
        return errors[0]["Description"] if errors else self.failure

    @property
    def updated_time(self) -> datetime:
        return self.record.updated_time if self.record else self.settled_time
