"""What there is in an account of all that a catalog, a proof or the sandbox's tests make."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import ClientError

from cli.proving.parties import PARTS, Parties
from shared.aws.session import code_of
from shared.stack.names import BUCKETS, EXECUTION_ROLE, LAUNCH_ROLE

OWN_LAUNCHES: Final[Mapping[str, Any]] = {"AccessLevelFilter": {"Key": "Account", "Value": "self"}}
_STACKS: Final = ("SC-", "sc-")
_NAMES: Final = (*_STACKS, BUCKETS, "ProofModel-", "proofmodel-", "ProofConfig-", "proofconfig-")
_LOGS: Final = "/aws/sagemaker/endpoints/sc-"
_SERVICES_OWN: Final = "/aws-service-role/"
CATALOG: Final = ("provisioned product", "portfolio", "imported portfolio", "product", "bucket", "role", "stack")
"""Kinds of which a catalog always has some."""


@dataclass(frozen=True, slots=True, order=True)
class Item:
    """A thing in an account.

    Attributes:
        part: Whose account.
        kind: As people call it.
        id: What AWS knows it by.
        name: What people know it by.
    """

    part: str
    kind: str
    id: str
    name: str

    def __str__(self) -> str:
        """Say it in a line."""
        return f"{self.kind} {self.name}" + (f" ({self.id})" if self.id != self.name else "")

    def is_of(self, mark: str) -> bool:
        """Say whether a proof of this mark made it, or what it launched did."""
        return mark in self.name or self.name.startswith(_NAMES) or self.name.lower().startswith(_LOGS)

    @property
    def is_catalogs(self) -> bool:
        """Whether a catalog made it, by its name: what people have of other kinds is no business of a proof's."""
        if self.kind in ("role", "bucket", "stack"):
            return self.name.startswith((LAUNCH_ROLE, EXECUTION_ROLE, BUCKETS, *_STACKS))
        return self.kind in CATALOG


def look(parties: Parties, part: str) -> list[Item]:
    """List what there is in an account."""
    return [Item(part, kind, *found) for kind, listing in _KINDS.items() for found in listing(parties, part)]


def look_everywhere(parties: Parties) -> list[Item]:
    """List what there is in all three."""
    return [item for part in PARTS for item in look(parties, part)]


def new_since(before: Mapping[str, list[str]], items: list[Item]) -> list[Item]:
    """Leave out what was there before."""
    return [item for item in items if str(item) not in before.get(item.part, [])]


def pages(client: Any, operation: str, key: str, **arguments: Any) -> Iterator[Any]:  # noqa: ANN401 - clients are made at run time
    """List everything that an operation answers."""
    if client.can_paginate(operation):
        for page in client.get_paginator(operation).paginate(**arguments):
            yield from page.get(key, [])
        return
    token: dict[str, str] = {}
    while True:
        page = getattr(client, operation)(**arguments, **token)
        yield from page.get(key, [])
        if not page.get("NextPageToken"):
            return
        token = {"PageToken": page["NextPageToken"]}


Found = Iterator[tuple[str, str]]
Listing = Callable[[Parties, str], Found]


def _listed(service: str, operation: str, key: str, id_key: str, name_key: str, **arguments: Any) -> Listing:  # noqa: ANN401 - as above
    def listing(parties: Parties, part: str) -> Found:
        for item in pages(parties.client(part, service), operation, key, **arguments):
            yield item[id_key], item[name_key]

    return listing


def _products(parties: Parties, part: str) -> Found:
    for item in pages(parties.client(part, "servicecatalog"), "search_products_as_admin", "ProductViewDetails"):
        summary = item["ProductViewSummary"]
        if f":{parties[part].account}:" in item["ProductARN"]:  # what is shared with it is listed too
            yield summary["ProductId"], summary["Name"]


def _imported(parties: Parties, part: str) -> Found:
    client = parties.client(part, "servicecatalog")
    for kind in ("IMPORTED", "AWS_ORGANIZATIONS"):
        for item in pages(client, "list_accepted_portfolio_shares", "PortfolioDetails", PortfolioShareType=kind):
            yield item["Id"], item["DisplayName"]


def _stacks(parties: Parties, part: str) -> Found:
    for item in pages(parties.client(part, "cloudformation"), "describe_stacks", "Stacks"):
        if not item.get("ParentId"):
            yield item["StackName"], item["StackName"]


def _roles(parties: Parties, part: str) -> Found:
    for item in pages(parties.client(part, "iam"), "list_roles", "Roles"):
        if not item["Path"].startswith(_SERVICES_OWN):  # they stay, cost nothing, and are the services' own
            yield item["RoleName"], item["RoleName"]


def _tag_options(parties: Parties, part: str) -> Found:
    try:
        listed = list(pages(parties.client(part, "servicecatalog"), "list_tag_options", "TagOptionDetails"))
    except ClientError as problem:
        if code_of(problem) != "TagOptionNotMigratedException":  # an account of before there were any
            raise
        return
    for item in listed:
        yield item["Id"], item["Key"]


def _topics(parties: Parties, part: str) -> Found:
    for item in pages(parties.client(part, "sns"), "list_topics", "Topics"):
        yield item["TopicArn"], item["TopicArn"].rpartition(":")[2]


def _budgets(parties: Parties, part: str) -> Found:
    try:
        listed = list(
            pages(parties.client(part, "budgets"), "describe_budgets", "Budgets", AccountId=parties[part].account)
        )
    except ClientError:  # an account of an organization may be kept from its bill
        return
    for item in listed:
        yield item["BudgetName"], item["BudgetName"]


_KINDS: Final[Mapping[str, Listing]] = {
    "plan": _listed(
        "servicecatalog",
        "list_provisioned_product_plans",
        "ProvisionedProductPlans",
        "PlanId",
        "PlanName",
        **OWN_LAUNCHES,
    ),
    "provisioned product": _listed(
        "servicecatalog", "scan_provisioned_products", "ProvisionedProducts", "Id", "Name", **OWN_LAUNCHES
    ),
    "stack": _stacks,
    "portfolio": _listed("servicecatalog", "list_portfolios", "PortfolioDetails", "Id", "DisplayName"),
    "imported portfolio": _imported,
    "product": _products,
    "tag option": _tag_options,
    "service action": _listed("servicecatalog", "list_service_actions", "ServiceActionSummaries", "Id", "Name"),
    "endpoint": _listed("sagemaker", "list_endpoints", "Endpoints", "EndpointName", "EndpointName"),
    "endpoint configuration": _listed(
        "sagemaker", "list_endpoint_configs", "EndpointConfigs", "EndpointConfigName", "EndpointConfigName"
    ),
    "model": _listed("sagemaker", "list_models", "Models", "ModelName", "ModelName"),
    "model package group": _listed(
        "sagemaker",
        "list_model_package_groups",
        "ModelPackageGroupSummaryList",
        "ModelPackageGroupName",
        "ModelPackageGroupName",
    ),
    "bucket": _listed("s3", "list_buckets", "Buckets", "Name", "Name"),
    "role": _roles,
    "policy": _listed("iam", "list_policies", "Policies", "Arn", "PolicyName", Scope="Local"),
    "log group": _listed("logs", "describe_log_groups", "logGroups", "logGroupName", "logGroupName"),
    "parameter": _listed("ssm", "describe_parameters", "Parameters", "Name", "Name"),
    "topic": _topics,
    "budget": _budgets,
}
"""In the order in which they can be removed."""

ORDER: Final = tuple(_KINDS)
