"""What watches portfolios and products from the hub: tag options and budgets."""

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from hub.resources.portfolio import Portfolio
from hub.resources.product import ModelProduct


class Governance(pulumi.ComponentResource):
    """The tag options and budgets of a region's portfolios and products.

    A tag option is one key with one value, made once and used by all that allow it. A budget is made by whoever
    manages the account's costs; here it is only told what to watch.

    Type: modelcatalog:hub:Governance
    """

    def __init__(
        self,
        name: str,
        *,
        portfolios: Mapping[str, Portfolio],
        products: Mapping[str, ModelProduct],
        region: str,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("modelcatalog:hub:Governance", name, None, opts)
        self._region = region
        self._options: dict[tuple[str, str], aws.servicecatalog.TagOption] = {}
        governed = [
            *((each.file, each.id) for each in portfolios.values()),
            *((each.content.file, each.id) for each in products.values()),
        ]
        for file, resource_id in governed:
            for key, values in file.tag_options.items():
                for value in values:
                    self._allow(f"{file.original_key}-{key}-{value}-{region}", resource_id, key, value)
            for budget in file.budgets:
                _ = aws.servicecatalog.BudgetResourceAssociation(
                    f"{file.original_key}-{budget}-{region}",
                    budget_name=budget,
                    resource_id=resource_id,
                    region=region,
                    opts=pulumi.ResourceOptions(parent=self),
                )
        self.register_outputs({})

    def _allow(self, name: str, resource_id: pulumi.Input[str], key: str, value: str) -> None:
        if (key, value) not in self._options:
            self._options[key, value] = aws.servicecatalog.TagOption(
                f"{key}-{value}-{self._region}",
                key=key,
                value=value,
                region=self._region,
                opts=pulumi.ResourceOptions(parent=self),
            )
        _ = aws.servicecatalog.TagOptionResourceAssociation(
            name,
            resource_id=resource_id,
            tag_option_id=self._options[key, value].id,
            region=self._region,
            opts=pulumi.ResourceOptions(parent=self),
        )
