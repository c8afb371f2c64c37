"""What the service keeps: plain data, no rules."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Json = dict[str, Any]
"""A request, a response, or a part of one, in AWS's own member names."""


@dataclass
class Principal:
    """A user, group or role, or a pattern of names, that may launch from a portfolio."""

    arn: str
    type: str
    unique_id: str
    """IAM's id of the principal: one made anew under the same name is another principal."""
    effective: float
    """Virtual time from which launch paths know it."""


@dataclass
class Association:
    """A product in a portfolio."""

    id: str
    source_portfolio: str | None
    effective: float


@dataclass
class Constraint:
    """A rule for a product in a portfolio."""

    id: str
    type: str
    portfolio: str
    product: str
    owner: str
    parameters: str
    description: str


@dataclass
class Share:
    """A portfolio's share to an account or to a node of the organization."""

    type: str
    principal: str
    accepted: bool
    principals: bool = False
    tag_options: bool = False
    failed: set[str] = field(default_factory=set[str])
    """Accounts of the node that the share did not reach."""
    frozen: set[str] | None = None
    """The accounts it covered when the organization's trusted access ended; None while it is on."""
    complete: bool = False


@dataclass
class ShareAction:
    """The progress of creating, updating or deleting an organization share."""

    token: str
    portfolio: str
    account: str
    node: str
    status: str = "NOT_STARTED"
    successful: list[str] = field(default_factory=list[str])
    failed: list[str] = field(default_factory=list[str])


@dataclass
class Portfolio:
    id: str
    account: str
    region: str
    name: str
    provider: str
    description: str
    created: datetime
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
    name: str
    description: str
    type: str
    created: datetime
    url: str
    template: Json
    active: bool = True
    guidance: str = "DEFAULT"
    status: str = "CREATING"


@dataclass
class Product:
    id: str
    account: str
    region: str
    name: str
    owner: str
    type: str
    created: datetime
    tags: dict[str, str]
    details: dict[str, str]
    """Description, Distributor, SupportDescription, SupportEmail, SupportUrl, as far as given."""
    status: str = "CREATING"
    artifacts: dict[str, Artifact] = field(default_factory=dict[str, Artifact])
    tag_options: list[str] = field(default_factory=list[str])
    budgets: list[str] = field(default_factory=list[str])

    @property
    def arn(self) -> str:
        return f"arn:aws:catalog:{self.region}:{self.account}:product/{self.id}"

    @property
    def view_id(self) -> str:
        return self.id.replace("prod-", "prodview-")


@dataclass
class Record:
    """One request to provision, update or terminate, and how it went."""

    id: str
    type: str
    provisioned_id: str
    provisioned_name: str
    account: str
    product: str
    artifact: str
    path: str
    created: datetime
    updated: datetime
    principal: str
    session: str
    tags: dict[str, str]
    role: str | None
    status: str = "CREATED"
    errors: list[Json] = field(default_factory=list[Json])
    outputs: list[Json] = field(default_factory=list[Json])


@dataclass
class ProvisionedProduct:
    id: str
    name: str
    account: str
    region: str
    created: datetime
    token: str
    product: str
    artifact: str
    path: str
    role: str | None
    principal: str
    """The IAM ARN that it belongs to: the user or role who launched it."""
    session: str
    parameters: dict[str, str]
    tags: dict[str, str]
    notification_arns: list[str]
    status: str = "UNDER_CHANGE"
    message: str = ""
    last_record: str = ""
    last_provisioning: str = ""
    last_success: str | None = None
    stack_id: str | None = None

    @property
    def arn(self) -> str:
        return f"arn:aws:servicecatalog:{self.region}:{self.account}:stack/{self.name}/{self.id}"


@dataclass
class TagOption:
    id: str
    key: str
    value: str
    owner: str
    active: bool = True


@dataclass
class Plan:
    """A previewed launch or update."""

    id: str
    name: str
    account: str
    request: Json
    provisioned_id: str
    created: datetime
    updated: datetime
    changes: list[Json]
    principal: str
    status: str = "CREATE_IN_PROGRESS"
    message: str = ""


@dataclass
class RegionState:
    """All accounts' objects of one region, by id. Who may see which is for the rules to say."""

    portfolios: dict[str, Portfolio] = field(default_factory=dict[str, Portfolio])
    products: dict[str, Product] = field(default_factory=dict[str, Product])
    constraints: dict[str, Constraint] = field(default_factory=dict[str, Constraint])
    share_actions: dict[str, ShareAction] = field(default_factory=dict[str, ShareAction])
    provisioned: dict[str, ProvisionedProduct] = field(default_factory=dict[str, ProvisionedProduct])
    records: dict[str, Record] = field(default_factory=dict[str, Record])
    tag_options: dict[str, TagOption] = field(default_factory=dict[str, TagOption])
    plans: dict[str, Plan] = field(default_factory=dict[str, Plan])
