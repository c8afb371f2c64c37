"""Provisioned products as AWS has them, whoever launched them."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

_PAGE: Final = 100
"""The most that a page holds (source: Service Catalog API reference, SearchProvisionedProducts)."""

_PRINCIPAL: Final = "aws:servicecatalog:provisioningPrincipalArn"
_MASK: Final = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvisionedProduct:
    """A provisioned product, as a search of its account tells of it.

    Attributes:
        reason: AWS's own words where it failed.
        artifact_id: Of the version; empty where AWS does not say, as of some that failed.
        version: The version's name.
        launched_by: Whose it is: who launched it, unless somebody gave it to another.
        stack_id: Of its CloudFormation stack; empty before there is one.
        record_id: Of the last request that made or changed it.
    """

    account: str
    region: str
    id: str
    name: str
    status: str
    reason: str
    product_id: str
    product_name: str
    artifact_id: str
    version: str
    launched_by: str
    created: dt.datetime
    stack_id: str
    record_id: str
    tags: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The last request that made or changed a provisioned product.

    Attributes:
        by: The principal that the stack is tagged with; a record itself names nobody.
    """

    record_id: str
    kind: str
    status: str
    on: dt.datetime
    by: str

    def __str__(self) -> str:
        """Say who did what and when."""
        what = self.kind.lower().replace("_", " ")
        return f"{what} ({self.record_id}, {self.status}) on {self.on:%Y-%m-%d %H:%M} UTC by {self.by or 'unknown'}"


def search_account(client: Any, account: str, region: str, query: str = "") -> list[ProvisionedProduct]:  # noqa: ANN401 - a boto3 client
    """List what was launched in an account and region, by any user or role.

    Args:
        client: Of Service Catalog, in that account and region.
        account: Its id.
        region: Its name.
        query: Such as `name:fraud-scoring`; everything unless given.

    Raises:
        ClientError: the caller may not look.
    """
    asked: dict[str, Any] = {"AccessLevelFilter": {"Key": "Account", "Value": "self"}, "PageSize": _PAGE}
    if query:
        asked["Filters"] = {"SearchQuery": [query]}
    found: list[ProvisionedProduct] = []
    while True:
        page: dict[str, Any] = client.search_provisioned_products(**asked)
        found += [_provisioned(item, account, region) for item in page.get("ProvisionedProducts", [])]
        if not page.get("NextPageToken"):
            return found
        asked["PageToken"] = page["NextPageToken"]


def parameters_of(stack: Mapping[str, Any]) -> dict[str, str]:
    """Give the parameters that a stack runs with; hidden ones are left out, since AWS shows asterisks instead.

    Source: CloudFormation User Guide, "Parameters", NoEcho.
    """
    values = {each["ParameterKey"]: str(each.get("ParameterValue", "")) for each in stack.get("Parameters", [])}
    return {key: value for key, value in values.items() if not value or set(value) != {_MASK}}


def last_change(catalog: Any, launched: ProvisionedProduct, stack: Mapping[str, Any]) -> Change:  # noqa: ANN401 - a boto3 client
    """Tell who made or changed a provisioned product last, and when.

    A record has the time and no name (source: Service Catalog API reference, RecordDetail). The name is that of an
    AutoTag, which Service Catalog puts on the stack with each request (source: Administrator Guide, "AutoTags").

    Raises:
        ClientError: the caller may not look.
    """
    record: dict[str, Any] = catalog.describe_record(Id=launched.record_id)["RecordDetail"]
    tags = dict(_tags(stack))
    return Change(
        record_id=launched.record_id,
        kind=record["RecordType"],
        status=record["Status"],
        on=record["UpdatedTime"],
        by=tags.get(_PRINCIPAL) or launched.tags.get(_PRINCIPAL) or launched.launched_by,
    )


def _provisioned(item: Mapping[str, Any], account: str, region: str) -> ProvisionedProduct:
    return ProvisionedProduct(
        account=account,
        region=region,
        id=item["Id"],
        name=item["Name"],
        status=item["Status"],
        reason=" ".join(item.get("StatusMessage", "").split()),
        product_id=item.get("ProductId", ""),
        product_name=item.get("ProductName", ""),
        artifact_id=item.get("ProvisioningArtifactId", ""),
        version=item.get("ProvisioningArtifactName", ""),
        launched_by=item.get("UserArnSession") or item.get("UserArn", ""),
        created=item["CreatedTime"],
        stack_id=item.get("PhysicalId", ""),
        record_id=item.get("LastProvisioningRecordId") or item.get("LastRecordId", ""),
        tags=dict(_tags(item)),
    )


def _tags(item: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    return ((tag["Key"], tag["Value"]) for tag in item.get("Tags", []))
