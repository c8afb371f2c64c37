"""What is there already of a product in several portfolios is taken over under the names that the hub gives."""

from typing import Any
from unittest import mock

from hub.config import HubSettings
from hub.definitions.load import read_catalog
from hub.inspection.adoption import find_in_hub
from shared.stack.import_file import ASSOCIATION, CONSTRAINT, ImportFile
from tests.support.catalog_copy import DAY, CatalogCopy

PRODUCT = "text-embedder-serverless"
STEM = f"{PRODUCT}-eu-central-1"
PLACE = "\nportfolio: online-inference\n"


class Account:
    """An account that has two portfolios with the product in both, and its launch constraint in each."""

    def __init__(self, portfolios: dict[str, str], name: str) -> None:
        self._portfolios = portfolios
        self._name = name

    def client(self, _service: str, _region: str = "") -> Any:  # noqa: ANN401 - as boto3's
        client = mock.Mock()
        client.get_role.return_value = {"Role": {"RoleName": "a-launch-role"}}
        client.describe_product_as_admin.return_value = {"ProvisioningArtifactSummaries": []}
        return client

    def pages(self, _service: str, operation: str, _result: str, _region: str, **given: str) -> list[Any]:
        listed = [{"Id": id_, "DisplayName": name} for name, id_ in self._portfolios.items()]
        return {
            "list_portfolios": listed,
            "list_portfolios_for_product": listed,
            "search_products_as_admin": [{"ProductViewSummary": {"Name": self._name, "ProductId": "prod-1"}}],
            "list_constraints_for_portfolio": [
                {"Type": "LAUNCH", "ConstraintId": f"cons-{given.get('PortfolioId', '')}"}
            ],
        }[operation]


def test_each_place_of_a_product_is_taken_over_with_its_constraints(catalog_copy: CatalogCopy) -> None:
    catalog_copy.keep(PRODUCT, "chat-assistant-llm")
    catalog_copy.replace(f"products/{PRODUCT}/product.yaml", PLACE, f"{PLACE}portfolios: {{gpu-inference: {{}}}}\n")
    catalog = read_catalog(catalog_copy.folder, DAY)
    names = {each.name: f"port-{each.key}" for each in catalog.portfolios}
    [product] = [each for each in catalog.products if each.file.key == PRODUCT]
    account: Any = Account(names, product.file.name)
    file = ImportFile("urn")

    find_in_hub(HubSettings(account_id="222233334444", region="eu-central-1"), catalog, account, file)

    found = {each["logicalName"]: each["id"] for each in file.resources if each["type"] in (ASSOCIATION, CONSTRAINT)}
    assert {
        STEM: "en:port-online-inference:prod-1",
        f"{STEM}-in-gpu-inference": "en:port-gpu-inference:prod-1",
        f"{STEM}-launch": "cons-port-online-inference",
        f"{STEM}-in-gpu-inference-launch": "cons-port-gpu-inference",
    } == found
