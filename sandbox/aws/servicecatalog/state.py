"""What there is in one region."""

from collections import deque
from dataclasses import dataclass, field
from typing import Final

from sandbox.aws.servicecatalog import model

MAX_ARCHIVED: Final = 200
"""Terminated provisioned products whose records stay. Without an end to it, a sandbox that runs for days would grow."""


@dataclass
class RegionState:
    """All accounts' objects of one region, by id. Who may see which is for the rules to say."""

    portfolios: dict[str, model.Portfolio] = field(default_factory=dict[str, model.Portfolio])
    products: dict[str, model.Product] = field(default_factory=dict[str, model.Product])
    constraints: dict[str, model.Constraint] = field(default_factory=dict[str, model.Constraint])
    share_actions: dict[str, model.ShareAction] = field(default_factory=dict[str, model.ShareAction])
    provisioned: dict[str, model.ProvisionedProduct] = field(default_factory=dict[str, model.ProvisionedProduct])
    records: dict[str, model.Record] = field(default_factory=dict[str, model.Record])
    plans: dict[str, model.ProvisionedProductPlan] = field(default_factory=dict[str, model.ProvisionedProductPlan])
    tag_options: dict[str, model.TagOption] = field(default_factory=dict[str, model.TagOption])
    service_actions: dict[str, model.ServiceAction] = field(default_factory=dict[str, model.ServiceAction])
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
