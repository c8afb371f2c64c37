"""What there is in one region."""

from collections import deque
from dataclasses import dataclass, field
from typing import Final

from sandbox.aws.servicecatalog.model import (
    Constraint,
    Portfolio,
    Product,
    ProvisionedProduct,
    ProvisionedProductPlan,
    Record,
    ServiceAction,
    ShareAction,
    TagOption,
)

MAX_ARCHIVED: Final = 200
"""Terminated provisioned products whose records stay. Without an end to it, a sandbox that runs for days would grow."""


@dataclass
class RegionState:
    """All accounts' objects of one region, by id. Who may see which is for the rules to say."""

    portfolios: dict[str, Portfolio] = field(default_factory=dict[str, Portfolio])
    products: dict[str, Product] = field(default_factory=dict[str, Product])
    constraints: dict[str, Constraint] = field(default_factory=dict[str, Constraint])
    share_actions: dict[str, ShareAction] = field(default_factory=dict[str, ShareAction])
    provisioned: dict[str, ProvisionedProduct] = field(default_factory=dict[str, ProvisionedProduct])
    records: dict[str, Record] = field(default_factory=dict[str, Record])
    plans: dict[str, ProvisionedProductPlan] = field(default_factory=dict[str, ProvisionedProductPlan])
    tag_options: dict[str, TagOption] = field(default_factory=dict[str, TagOption])
    service_actions: dict[str, ServiceAction] = field(default_factory=dict[str, ServiceAction])
    copies: dict[str, tuple[str, float]] = field(default_factory=dict[str, tuple[str, float]])
    """By token: the product that is copied into, and when that is done."""
    archived: deque[str] = field(default_factory=deque[str])
    """Terminated provisioned products that still have records."""

    def archive(self, provisioned_id: str) -> None:
        """Take a terminated provisioned product away with its plans; its records stay for a while."""
        del self.provisioned[provisioned_id]
        for plan in [plan for plan in self.plans.values() if plan.provision_product_id == provisioned_id]:
            del self.plans[plan.plan_id]
        self.archived.append(provisioned_id)
        if len(self.archived) > MAX_ARCHIVED:
            oldest = self.archived.popleft()
            for record in [record for record in self.records.values() if record.provisioned_product_id == oldest]:
                del self.records[record.record_id]
