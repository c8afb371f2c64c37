"""What the administrator of a recipient sees of a shared product."""

import pytest

from tests.sandbox.conftest import Refused
from tests.support.sandbox.accounts import ACCOUNTS
from tests.support.sandbox.stage import Stage


@pytest.mark.parametrize("shared", [True, False])
def test_tag_options_of_a_shared_product_come_with_its_portfolio(
    stage: Stage, refused: Refused, *, shared: bool
) -> None:
    """API:DescribeProductAsAdmin, SourcePortfolioId: "Otherwise only local TagOptions will be returned"."""
    option = stage.hub.create_tag_option(Key=f"cost-{stage.name}", Value="one")["TagOptionDetail"]["Id"]
    stage.hub.associate_tag_option_with_resource(ResourceId=stage.product, TagOptionId=option)
    assert stage.share(ShareTagOptions=shared) == "COMPLETED"
    product = {"Id": stage.product}
    through = stage.research.describe_product_as_admin(SourcePortfolioId=stage.portfolio, **product)
    local = stage.local_portfolio()

    assert [each["Id"] for each in through["TagOptions"]] == ([option] if shared else [])
    assert stage.research.describe_product_as_admin(**product)["TagOptions"] == []
    assert [each["Id"] for each in stage.hub.describe_product_as_admin(**product)["TagOptions"]] == [option]
    with refused("InvalidParametersException", local):
        stage.research.describe_product_as_admin(SourcePortfolioId=local, **product)


def test_budgets_of_a_shared_product_stay_at_home(stage: Stage) -> None:
    """API:AssociateBudgetWithResource: a budget is of the account that owns the resource."""
    budgets = stage.client("budgets", ACCOUNTS.hub)
    limit = {"Amount": "1", "Unit": "USD"}
    budget = {"BudgetName": stage.name, "BudgetType": "COST", "TimeUnit": "MONTHLY", "BudgetLimit": limit}
    budgets.create_budget(AccountId=ACCOUNTS.hub, Budget=budget)
    stage.hub.associate_budget_with_resource(BudgetName=stage.name, ResourceId=stage.product)
    stage.share()
    try:
        assert stage.hub.describe_product_as_admin(Id=stage.product)["Budgets"] == [{"BudgetName": stage.name}]
        assert stage.research.describe_product_as_admin(Id=stage.product)["Budgets"] == []
    finally:
        stage.hub.disassociate_budget_from_resource(BudgetName=stage.name, ResourceId=stage.product)
        budgets.delete_budget(AccountId=ACCOUNTS.hub, BudgetName=stage.name)
