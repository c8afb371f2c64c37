"""What the service keeps: plain data, no rules.

Attributes bear the names of AWS's response members, in snake case: `serialization` finds them by these names.
"""

from dataclasses import dataclass, field
from datetime import datetime

from sandbox.aws.documents import Json


@dataclass
class Principal:
    """A user, group or role, or a pattern of names, that may launch from a portfolio."""

    principal_arn: str
    principal_type: str
    unique_id: str
    """IAM's id of the principal: one made anew under the same name is another principal."""
    effective: float
    """Virtual time from which launch paths know it."""


@dataclass
class Association:
    """A product in a portfolio."""

    source_portfolio: str | None
    effective: float


@dataclass
class Constraint:
    """A rule for a product in a portfolio."""

    constraint_id: str
    type: str
    portfolio_id: str
    product_id: str
    owner: str
    constraint_parameters: str
    description: str | None
    status: str = "CREATING"


@dataclass
class Share:
    """A portfolio's share to an account or to a node of the organization."""

    type: str
    principal_id: str
    accepted: bool
    share_principals: bool = False
    share_tag_options: bool = False
    failed: set[str] = field(default_factory=set[str])
    """Accounts of the node that the share did not reach."""
    frozen: set[str] | None = None
    """The accounts it covered when the organization's trusted access ended; None while it is on."""
    complete: bool = False


@dataclass
class ShareAction:
    """The progress of creating, updating or deleting an organization share."""

    portfolio_share_token: str
    portfolio_id: str
    account: str
    organization_node_value: str
    status: str = "NOT_STARTED"
    share_details: Json = field(default_factory=Json)


@dataclass
class Portfolio:
    id: str
    account: str
    region: str
    display_name: str
    provider_name: str
    description: str | None
    created_time: datetime
    tags: dict[str, str]
    products: dict[str, Association] = field(default_factory=dict[str, Association])
    principals: dict[str, list[Principal]] = field(default_factory=dict[str, list[Principal]])
    """By account: a recipient of the portfolio grants it to principals of its own."""
    shares: list[Share] = field(default_factory=list[Share])
    tag_options: list[str] = field(default_factory=list[str])
    budgets: list[str] = field(default_factory=list[str])

    @property
    def arn(self) -> str:
        return f"arn:aws:catalog:{self.region}:{self.account}:portfolio/{self.id}"


@dataclass
class Artifact:
    """A version of a product; its template is a copy taken when the version was made."""

    id: str
    name: str | None
    description: str | None
    type: str
    created_time: datetime
    info: dict[str, str]
    template: Json
    source: str
    """The version that it is a copy of, or itself."""
    active: bool = True
    guidance: str = "DEFAULT"
    status: str = "CREATING"
    service_actions: list[str] = field(default_factory=list[str])

    @property
    def provisioning_artifact_metadata(self) -> dict[str, str]:
        return {"SourceProvisioningArtifactId": self.source}


@dataclass
class Product:
    product_id: str
    account: str
    region: str
    name: str
    owner: str
    type: str
    created_time: datetime
    tags: dict[str, str]
    short_description: str | None
    distributor: str | None
    support_description: str | None
    support_email: str | None
    support_url: str | None
    has_default_path: bool = False
    status: str = "CREATED"
    """It stays so (AWS CLI's example of search-products-as-admin: a product of half a year)."""
    artifacts: dict[str, Artifact] = field(default_factory=dict[str, Artifact])
    tag_options: list[str] = field(default_factory=list[str])
    budgets: list[str] = field(default_factory=list[str])

    @property
    def product_arn(self) -> str:
        return f"arn:aws:catalog:{self.region}:{self.account}:product/{self.product_id}"

    @property
    def id(self) -> str:
        """The view's id, which is what a product's summary has as Id."""
        return self.product_id.replace("prod-", "prodview-")


@dataclass
class Record:
    """One request to provision, update or terminate, and how it went."""

    record_id: str
    record_type: str
    provisioned_product_id: str
    provisioned_product_name: str
    product_id: str
    provisioning_artifact_id: str
    path_id: str
    launch_role_arn: str | None
    created_time: datetime
    updated_time: datetime
    account: str
    user_arn: str
    user_arn_session: str
    record_tags: dict[str, str]
    status: str = "CREATED"
    provisioned_product_type: str = "CFN_STACK"
    record_errors: list[Json] = field(default_factory=list[Json])
    record_outputs: list[Json] = field(default_factory=list[Json])


@dataclass
class ProvisionedProduct:
    id: str
    name: str
    account: str
    region: str
    created_time: datetime
    idempotency_token: str
    product_id: str
    product_name: str
    provisioning_artifact_id: str
    provisioning_artifact_name: str | None
    path_id: str
    launch_role_arn: str | None
    user_arn: str
    """The IAM ARN that it belongs to: the user or role who launched it."""
    user_arn_session: str
    parameters: dict[str, str]
    tags: dict[str, str]
    notification_arns: list[str]
    auto_tags: dict[str, str] = field(default_factory=dict[str, str])
    """Those that Service Catalog puts on the stack (Administrator Guide, "AutoTags")."""
    type: str = "CFN_STACK"
    status: str = "UNDER_CHANGE"
    status_message: str | None = None
    last_record_id: str | None = None
    last_provisioning_record_id: str | None = None
    last_successful_provisioning_record_id: str | None = None
    physical_id: str | None = None

    @property
    def arn(self) -> str:
        return f"arn:aws:servicecatalog:{self.region}:{self.account}:stack/{self.name}/{self.id}"


@dataclass
class TagOption:
    id: str
    key: str
    value: str
    account: str
    active: bool = True

    @property
    def owner(self) -> str:
        return self.account


@dataclass
class ServiceAction:
    """A Systems Manager document that may be run on a launch."""

    id: str
    account: str
    name: str
    description: str | None
    definition_type: str
    definition: dict[str, str]


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
