"""Service actions of a product, from the catalog's file to an operator in a spoke, and away again."""

from collections.abc import Callable

from tests.support.stage import HUB, RESEARCH, Stage

PRODUCT = "hub/catalog/products/text-embedder-serverless/product.yaml"
ACTION = "{key: restart, description: Restarts it., document: AWS-RestartEC2Instance}"


def test_an_action_is_there_for_those_who_launch_and_goes_with_its_line(
    catalog: Stage, edit: Callable[[str, str, str], None]
) -> None:
    hub = catalog.client("servicecatalog", HUB)
    products = {
        each["ProductViewSummary"]["Name"]: each["ProductViewSummary"]["ProductId"]
        for page in hub.get_paginator("search_products_as_admin").paginate()
        for each in page["ProductViewDetails"]
    }
    (product,) = (identity for name, identity in products.items() if "embedder" in name.lower())
    versions = [
        each
        for each in hub.list_provisioning_artifacts(ProductId=product)["ProvisioningArtifactDetails"]
        if each["Name"] != "no version"
    ]

    def offered() -> set[str]:
        client = catalog.client("servicecatalog", RESEARCH)
        found = [
            client.list_service_actions_for_provisioning_artifact(ProductId=product, ProvisioningArtifactId=each["Id"])
            for each in versions
        ]
        names = [tuple(action["Name"] for action in one["ServiceActionSummaries"]) for one in found]
        return {name for one in names for name in one} if len(set(names)) == 1 else {"not the same for all"}

    edit(PRODUCT, "\nversions:", f"\nactions: [{ACTION}]\nversions:")
    catalog.up("hub")
    there = offered()
    unchanged = catalog.succeed("preview-hub")
    edit(PRODUCT, f"\nactions: [{ACTION}]", "")
    catalog.up("hub")

    assert there == {"text-embedder-serverless-restart"}
    assert "unchanged" in unchanged
    assert " to create" not in unchanged
    assert " to update" not in unchanged
    assert offered() == set()
    assert hub.list_service_actions()["ServiceActionSummaries"] == []
