"""Provisioned products as AWS tells of them, for tests that do without an account."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final

from shared.aws.provisioned_products import ProvisionedProduct

ON: Final = dt.datetime(2026, 11, 26, 9, 4, tzinfo=dt.UTC)
OWNER: Final = "arn:aws:sts::333344445555:assumed-role/DataScientist/ann"
STACK: Final = "arn:aws:cloudformation:eu-central-1:333344445555:stack/SC-333344445555-pp-1/x"


def item(**changed: object) -> dict[str, Any]:
    """Give an item of SearchProvisionedProducts, as the AWS CLI's recorded examples have it."""
    usual: dict[str, Any] = {
        "Id": "pp-1",
        "Name": "scoring",
        "Status": "AVAILABLE",
        "ProductId": "prod-scorer",
        "ProductName": "The scorer",
        "ProvisioningArtifactId": "pa-scorer-110",
        "ProvisioningArtifactName": "1.1.0",
        "UserArnSession": OWNER,
        "CreatedTime": ON,
        "PhysicalId": STACK,
        "LastProvisioningRecordId": "rec-1",
        "Tags": [{"Key": "model-catalog-hub", "Value": "hub"}],
    }
    return {key: value for key, value in {**usual, **changed}.items() if value is not None}


def provisioned(**changed: Any) -> ProvisionedProduct:  # noqa: ANN401 - any of its fields
    """Give the same, as it is read."""
    usual: dict[str, Any] = {
        "account": "333344445555",
        "region": "eu-central-1",
        "id": "pp-1",
        "name": "scoring",
        "status": "AVAILABLE",
        "reason": "",
        "product_id": "prod-scorer",
        "product_name": "The scorer",
        "artifact_id": "pa-scorer-110",
        "version": "1.1.0",
        "launched_by": OWNER,
        "created": ON,
        "stack_id": STACK,
        "record_id": "rec-1",
        "tags": {"model-catalog-hub": "hub"},
    }
    return ProvisionedProduct(**{**usual, **changed})


class FakeCatalog:
    """Stands for clients of Service Catalog and CloudFormation in one account.

    Attributes:
        asked: What it was asked, in order.
        parameters: Of the one stack.
        details: What DescribeProvisionedProduct answers, by id.
    """

    def __init__(self, *pages: Sequence[Mapping[str, Any]]) -> None:
        self._pages = pages or ((),)
        self.asked: list[dict[str, Any]] = []
        self.parameters: dict[str, str] = {}
        self.stack_tags: dict[str, str] = {}
        self.details: dict[str, dict[str, Any]] = {}
        self.refusal: Exception | None = None

    def search_provisioned_products(self, **asked: Any) -> dict[str, Any]:  # noqa: ANN401 - as AWS has it
        """List a page."""
        self.asked.append(dict(asked))
        if self.refusal:
            raise self.refusal
        number = int(asked.get("PageToken", "0"))
        answer: dict[str, Any] = {"ProvisionedProducts": list(self._pages[number])}
        if number + 1 < len(self._pages):
            answer["NextPageToken"] = str(number + 1)
        return answer

    def describe_provisioned_product(self, Id: str) -> dict[str, Any]:  # noqa: N803 - boto3's own name
        """Describe a launch."""
        return {"ProvisionedProductDetail": self.details[Id]}

    def describe_record(self, Id: str) -> dict[str, Any]:  # noqa: N803 - boto3's own name
        """Describe a record, which names nobody."""
        record = {"RecordType": "UPDATE_PROVISIONED_PRODUCT", "Status": "SUCCEEDED", "UpdatedTime": ON}
        return {"RecordDetail": {"RecordId": Id, **record}}

    def describe_stacks(self, StackName: str) -> dict[str, Any]:  # noqa: N803 - boto3's own name
        """Describe the stack of a launch."""
        if self.refusal:
            raise self.refusal
        assert STACK == StackName
        parameters = [{"ParameterKey": key, "ParameterValue": value} for key, value in self.parameters.items()]
        tags = [{"Key": key, "Value": value} for key, value in self.stack_tags.items()]
        return {"Stacks": [{"Parameters": parameters, "Tags": tags}]}


class FakeSession:
    """Stands for a session of an account whose only services are those of a fake catalog."""

    id = "333344445555"
    region = "eu-central-1"

    def __init__(self, catalog: FakeCatalog) -> None:
        self._catalog = catalog

    def client(self, service: str, _region: str = "") -> Any:  # noqa: ANN401 - as a session has it
        """Give a client."""
        assert service in ("servicecatalog", "cloudformation")
        return self._catalog
