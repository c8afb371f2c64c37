"""What the administrator of a recipient sees of a shared product."""

import pytest

from tests.support.sandbox.accounts import ACCOUNTS
from tests.support.sandbox.expecting import Expect
from tests.support.sandbox.setup import Setup


@pytest.mark.parametrize("shared", [True, False])
def test_tag_options_of_a_shared_product_come_with_its_portfolio(
    setup: Setup, api_error: Expect, *, shared: bool
) -> None:
    """API:DescribeProductAsAdmin, SourcePortfolioId: "Otherwise only local TagOptions will be returned"."""
    option = setup.hub.create_tag_option(Key=f"cost-{setup.name}", Value="one")["TagOptionDetail"]["Id"]
    setup.hub.associate_tag_option_with_resource(ResourceId=setup.product, TagOptionId=option)
    assert setup.share(ShareTagOptions=shared) == "COMPLETED"
    product = {"Id": setup.product}
    through = setup.research.describe_product_as_admin(SourcePortfolioId=setup.portfolio, **product)
    local = setup.local_portfolio()

    assert [each["Id"] for each in through["TagOptions"]] == ([option] if shared else [])
    assert setup.research.describe_product_as_admin(**product)["TagOptions"] == []
    assert [each["Id"] for each in setup.hub.describe_product_as_admin(**product)["TagOptions"]] == [option]
    with api_error("InvalidParametersException", local):
        setup.research.describe_product_as_admin(SourcePortfolioId=local, **product)


def test_budgets_of_a_shared_product_stay_at_home(setup: Setup) -> None:
    """API:AssociateBudgetWithResource: a budget is of the account that owns the resource."""
    budgets = setup.client("budgets", ACCOUNTS.hub)
    limit = {"Amount": "1", "Unit": "USD"}
    budget = {"BudgetName": setup.name, "BudgetType": "COST", "TimeUnit": "MONTHLY", "BudgetLimit": limit}
    budgets.create_budget(AccountId=ACCOUNTS.hub, Budget=budget)
    setup.hub.associate_budget_with_resource(BudgetName=setup.name, ResourceId=setup.product)
    setup.share()
    try:
        assert setup.hub.describe_product_as_admin(Id=setup.product)["Budgets"] == [{"BudgetName": setup.name}]
        assert setup.research.describe_product_as_admin(Id=setup.product)["Budgets"] == []
    finally:
        setup.hub.disassociate_budget_from_resource(BudgetName=setup.name, ResourceId=setup.product)
        budgets.delete_budget(AccountId=ACCOUNTS.hub, BudgetName=setup.name)
