"""What there is in one region."""

from dataclasses import dataclass, field

from sandbox.servicecatalog.model import (
    Constraint,
    Portfolio,
    Product,
    ProvisionedProduct,
    Record,
    ShareAction,
    TagOption,
)
from sandbox.servicecatalog.planned import Plan


@dataclass
class RegionState:
    """All accounts' objects of one region, by id. Who may see which is for the rules to say."""

    portfolios: dict[str, Portfolio] = field(default_factory=dict[str, Portfolio])
    products: dict[str, Product] = field(default_factory=dict[str, Product])
    constraints: dict[str, Constraint] = field(default_factory=dict[str, Constraint])
    share_actions: dict[str, ShareAction] = field(default_factory=dict[str, ShareAction])
    provisioned: dict[str, ProvisionedProduct] = field(default_factory=dict[str, ProvisionedProduct])
    records: dict[str, Record] = field(default_factory=dict[str, Record])
    plans: dict[str, Plan] = field(default_factory=dict[str, Plan])
    tag_options: dict[str, TagOption] = field(default_factory=dict[str, TagOption])
