"""What accounts and a state have of what a stack makes, by the ids that the provider gives."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from cli.rehearsal.deployment import Rehearsal
from shared.stack.names import project_of

HUB: Final = "222233334444"
_SHARES: Final = ("ACCOUNT", "ORGANIZATION", "ORGANIZATIONAL_UNIT", "ORGANIZATION_MEMBER_ACCOUNT")
_MARKER: Final = "no version"
_UNIQUE: Final = "SC-"
"""What Service Catalog's own stacks are called."""

Objects = Counter[tuple[str, str]]
"""How often there is what has a type and an id."""


def of_account(stage: Rehearsal, account: str) -> Objects:
    """List all that the account has of the types that the programs make."""
    return Counter([*_roles(stage, account), *_buckets(stage, account), *_stacks(stage, account)]) + Counter(
        [*_catalog(stage, account), *_launches(stage, account)]
    )


def of_state(stage: Rehearsal, stack: str) -> Objects:
    """List all that a stack's state has of an account, and what it has pending."""
    backend = Path(stage.environment()["PULUMI_BACKEND_URL"].removeprefix("file://"))
    path = backend / ".pulumi" / "stacks" / project_of(stack) / f"{stack}.json"
    if not path.exists():
        return Counter()
    latest: dict[str, Any] = json.loads(path.read_text())["checkpoint"].get("latest") or {}
    operations: list[dict[str, Any]] = latest.get("pending_operations") or []
    pending = [("pending", str(each["resource"]["urn"])) for each in operations]
    resources: list[dict[str, Any]] = latest.get("resources") or []
    made = [each for each in resources if each.get("custom") and not str(each["type"]).startswith("pulumi:")]
    return Counter([*pending, *(_comparable(each) for each in made)])


def _comparable(resource: dict[str, Any]) -> tuple[str, str]:
    kind, identity = str(resource["type"]).rpartition(":")[2], str(resource["id"])
    if kind == "BucketObjectv2":
        identity = f"{resource['inputs']['bucket']}/{identity}"
    if kind == "PortfolioShare":  # given as an ARN, of which AWS tells the id alone
        portfolio, target, principal = identity.split(":", 2)
        identity = f"{portfolio}:{target}:{principal.rpartition('/')[2]}"
    return (kind, identity)


def _roles(stage: Rehearsal, account: str) -> Iterator[tuple[str, str]]:
    iam = stage.client("iam", account)
    for role in iam.get_paginator("list_roles").paginate().search("Roles[]"):
        name = role["RoleName"]
        if name.startswith("ModelCatalog"):
            yield ("Role", name)
            yield from (
                ("RolePolicy", f"{name}:{policy}") for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]
            )


def _buckets(stage: Rehearsal, account: str) -> Iterator[tuple[str, str]]:
    s3 = stage.client("s3", account)
    settings = {
        "BucketPublicAccessBlock": "get_public_access_block",
        "BucketServerSideEncryptionConfiguration": "get_bucket_encryption",
        "BucketVersioning": "get_bucket_versioning",
        "BucketPolicy": "get_bucket_policy",
    }
    for bucket in s3.list_buckets()["Buckets"]:
        name = bucket["Name"]
        if not name.startswith("model-catalog-templates-"):
            continue
        yield ("Bucket", name)
        for kind, operation in settings.items():
            try:
                answer = getattr(s3, operation)(Bucket=name)
            except s3.exceptions.ClientError:
                continue
            if operation != "get_bucket_versioning" or answer.get("Status"):
                yield (kind, name)
        pages = s3.get_paginator("list_object_versions").paginate(Bucket=name)
        yield from (("BucketObjectv2", f"{name}/{each['Key']}") for page in pages for each in page.get("Versions", []))


def _stacks(stage: Rehearsal, account: str) -> Iterator[tuple[str, str]]:
    cloudformation = stage.client("cloudformation", account)
    for stack in cloudformation.describe_stacks()["Stacks"]:
        if not stack["StackName"].startswith((_UNIQUE, "StackSet-")) and stack["StackStatus"] != "DELETE_COMPLETE":
            yield ("Stack", stack["StackId"])
    if account != HUB:
        return
    for each in cloudformation.list_stack_sets(CallAs="DELEGATED_ADMIN", Status="ACTIVE")["Summaries"]:
        name = each["StackSetName"]
        yield ("StackSet", name)
        if cloudformation.list_stack_instances(StackSetName=name, CallAs="DELEGATED_ADMIN")["Summaries"]:
            yield ("StackInstances", f"{name},DELEGATED_ADMIN,OU")


def _catalog(stage: Rehearsal, account: str) -> Iterator[tuple[str, str]]:
    catalog = stage.client("servicecatalog", account)
    own = [each["Id"] for each in _all(catalog, "list_portfolios", "PortfolioDetails")]
    shared = {each["Id"] for each in _all(catalog, "list_accepted_portfolio_shares", "PortfolioDetails")}
    for kind in ("AWS_ORGANIZATIONS", "IMPORTED"):
        shared |= {
            each["Id"]
            for each in _all(catalog, "list_accepted_portfolio_shares", "PortfolioDetails", PortfolioShareType=kind)
        }
    for portfolio in [*own, *sorted(shared - set(own))]:
        for each in _all(catalog, "list_principals_for_portfolio", "Principals", PortfolioId=portfolio):
            arn, kind = each["PrincipalARN"], each.get("PrincipalType", "IAM")
            yield ("PrincipalPortfolioAssociation", f"en,{arn},{portfolio},{kind}")
    for portfolio in own:
        yield ("Portfolio", portfolio)
        yield from _budgets(catalog, portfolio)
        for each in _all(catalog, "list_constraints_for_portfolio", "ConstraintDetails", PortfolioId=portfolio):
            yield ("Constraint", each["ConstraintId"])
        for kind in _SHARES:
            for each in _all(
                catalog, "describe_portfolio_shares", "PortfolioShareDetails", PortfolioId=portfolio, Type=kind
            ):
                yield ("PortfolioShare", f"{portfolio}:{kind}:{each['PrincipalId'].rpartition('/')[2]}")
    if account == HUB:
        yield from _products(catalog)
        yield from _tag_options(catalog)


def _products(catalog: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - a boto3 client
    for view in _all(catalog, "search_products_as_admin", "ProductViewDetails"):
        product = view["ProductViewSummary"]["ProductId"]
        yield ("Product", product)
        yield from _budgets(catalog, product)
        described = catalog.describe_product_as_admin(Id=product)
        for each in described["ProvisioningArtifactSummaries"]:
            if each["Name"] != _MARKER:
                yield ("ProvisioningArtifact", f"{each['Id']}:{product}")
        for each in _all(catalog, "list_portfolios_for_product", "PortfolioDetails", ProductId=product):
            yield ("ProductPortfolioAssociation", f"en:{each['Id']}:{product}")


def _tag_options(catalog: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - a boto3 client
    for option in _all(catalog, "list_tag_options", "TagOptionDetails"):
        yield ("TagOption", option["Id"])
        for each in catalog.list_resources_for_tag_option(TagOptionId=option["Id"])["ResourceDetails"]:
            yield ("TagOptionResourceAssociation", f"{option['Id']}:{each['Id']}")


def _budgets(catalog: Any, resource: str) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - a boto3 client
    for each in _all(catalog, "list_budgets_for_resource", "Budgets", ResourceId=resource):
        yield ("BudgetResourceAssociation", f"{each['BudgetName']}:{resource}")


def _launches(stage: Rehearsal, account: str) -> Iterator[tuple[str, str]]:
    if account == HUB:
        return
    catalog = stage.client("servicecatalog", account)
    asked = {"AccessLevelFilter": {"Key": "Account", "Value": "self"}}
    for each in _all(catalog, "search_provisioned_products", "ProvisionedProducts", **asked):
        yield ("ProvisionedProduct", each["Id"])


def _all(client: Any, operation: str, result: str, **asked: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - a boto3 client
    while True:
        page = getattr(client, operation)(**asked)
        yield from page.get(result, [])
        if not page.get("NextPageToken"):
            return
        asked["PageToken"] = page["NextPageToken"]
