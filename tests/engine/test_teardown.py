"""Taking everything down again, in the order in which it hangs together."""

from tests.support.stage import ALL_STACKS, HUB, PRODUCTION, RESEARCH, Stage

OURS = ("ModelCatalog",)
MODELS = "model-catalog-artifacts-hub"


def test_destroying_in_order_leaves_nothing_in_any_account(stage: Stage) -> None:
    for stack in ALL_STACKS:
        _ = stage.up(stack)
    assert _left(stage, HUB) != []
    assert _left(stage, RESEARCH) != []

    protected = stage.refuse("destroy-hub")
    for stack in ("spoke-production", "spoke-research"):
        _ = stage.succeed(f"destroy-{stack}")
    _ = stage.edit(
        "Pulumi.hub.yaml", "model-catalog-hub:shares", "model-catalog-hub:protect: false\n  model-catalog-hub:shares"
    )
    _ = stage.up("hub")
    _ = stage.succeed("destroy-hub")

    assert "protected" in protected
    assert {account: _left(stage, account) for account in (HUB, RESEARCH, PRODUCTION)} == {
        HUB: [],
        RESEARCH: [],
        PRODUCTION: [],
    }


def _left(stage: Stage, account: str) -> list[str]:
    """List all that a stack of the catalog can make in an account."""
    servicecatalog = stage.client("servicecatalog", account)
    sagemaker = stage.client("sagemaker", account)
    return [
        *(item["Id"] for item in servicecatalog.list_portfolios()["PortfolioDetails"]),
        *(item["Id"] for item in servicecatalog.list_accepted_portfolio_shares()["PortfolioDetails"]),
        *(
            item["ProductViewSummary"]["ProductId"]
            for item in servicecatalog.search_products_as_admin()["ProductViewDetails"]
        ),
        *(item["Id"] for item in servicecatalog.scan_provisioned_products()["ProvisionedProducts"]),
        *(
            item["RoleName"]
            for item in stage.client("iam", account).list_roles()["Roles"]
            if item["RoleName"].startswith(OURS)
        ),
        *(item["StackName"] for item in stage.client("cloudformation", account).describe_stacks()["Stacks"]),
        *(
            item["Name"]
            for item in stage.client("s3", account).list_buckets()["Buckets"]
            if item["Name"] != MODELS  # it was there before, and no stack's
        ),
        *(item["EndpointName"] for item in sagemaker.list_endpoints()["Endpoints"]),
        *(item["ModelName"] for item in sagemaker.list_models()["Models"]),
    ]
