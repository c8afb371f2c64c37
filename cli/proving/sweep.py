"""Removes a thing from an account, whatever state it is in."""

import time
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from botocore.exceptions import ClientError

from cli.errors import RehearsalError
from cli.proving.inventory import Item, pages
from cli.proving.parties import Parties
from shared.aws.session import code_of

Found = TypeVar("Found")
_SHARES: Final = ("ACCOUNT", "ORGANIZATION", "ORGANIZATIONAL_UNIT", "ORGANIZATION_MEMBER_ACCOUNT")
_PATIENCE_SECONDS: Final = 1200
"""Longer than an endpoint takes to go."""
_FIRST_PAUSE: Final = 0.5
"""Each look at Service Catalog costs 0.0007 USD."""
_AT_ONCE: Final = 500
"""Objects that one call deletes; AWS takes a thousand."""


def until(look: Callable[[], Found | None], what: str, *, seconds: float = _PATIENCE_SECONDS) -> Found:
    """Look again and again, less and less often, until there is something to see. Raises RehearsalError."""
    pause, begun = _FIRST_PAUSE, time.monotonic()
    while time.monotonic() - begun < seconds:
        if (found := look()) is not None:
            return found
        time.sleep(pause)
        pause = min(pause * 1.5, 5)
    raise RehearsalError(f"waited {seconds:.0f} s in vain for {what}")


def remove(parties: Parties, item: Item) -> None:
    """Remove one; what is gone already is as well. Raises ClientError and RehearsalError."""
    try:
        _REMOVERS[item.kind](parties, item)
    except ClientError as problem:
        if not is_gone(problem):
            raise


def is_gone(problem: ClientError) -> bool:
    """Say whether AWS knows nothing of it."""
    text = f"{code_of(problem)} {problem}"
    return any(word in text for word in ("NotFound", "NoSuch", "does not exist", "Could not find"))


def _catalog(parties: Parties, item: Item) -> Any:  # noqa: ANN401 - clients are made at run time
    return parties.client(item.part, "servicecatalog")


def _plan(parties: Parties, item: Item) -> None:
    _catalog(parties, item).delete_provisioned_product_plan(PlanId=item.id, IgnoreErrors=True)


def _launch(parties: Parties, item: Item) -> None:
    """Terminate what was launched; where its role is gone, an administrator deletes its stack first."""
    catalog = _catalog(parties, item)

    def settled() -> str | None:
        try:
            status = catalog.describe_provisioned_product(Id=item.id)["ProvisionedProductDetail"]["Status"]
        except ClientError as problem:
            if is_gone(problem):
                return ""
            raise
        return None if status in ("UNDER_CHANGE", "PLAN_IN_PROGRESS") else status

    for ignoring in (False, True):
        if not until(settled, f"{item} to come to rest"):
            return
        catalog.terminate_provisioned_product(ProvisionedProductId=item.id, IgnoreErrors=ignoring)
        if not until(settled, f"{item} to be terminated"):
            return
        name = f"SC-{parties[item.part].account}-{item.id}"
        _stack(parties, Item(item.part, "stack", name, name))
    raise RehearsalError(f"{item} is {settled()} still, after it was terminated")


def _stack(parties: Parties, item: Item) -> None:
    """Delete a stack; what it cannot delete itself is left to whoever removes by name."""
    stacks = parties.client(item.part, "cloudformation")

    def gone() -> str | None:
        try:
            status = stacks.describe_stacks(StackName=item.id)["Stacks"][0]["StackStatus"]
        except ClientError as problem:
            if is_gone(problem):
                return "gone"
            raise
        return status if status in ("DELETE_COMPLETE", "DELETE_FAILED") else None

    stacks.delete_stack(StackName=item.id)
    if until(gone, f"{item} to be deleted") != "DELETE_FAILED":
        return
    found = stacks.describe_stack_resources(StackName=item.id)["StackResources"]
    kept = [each["LogicalResourceId"] for each in found if each["ResourceStatus"] == "DELETE_FAILED"]
    stacks.delete_stack(StackName=item.id, RetainResources=kept)
    if until(gone, f"{item} to be deleted") == "DELETE_FAILED":
        raise RehearsalError(f"{item} cannot be deleted")


def _portfolio(parties: Parties, item: Item) -> None:
    """Take off a portfolio what hangs on it, and then itself."""
    catalog, of = _catalog(parties, item), {"PortfolioId": item.id}
    for kind in _SHARES:
        for share in list(pages(catalog, "describe_portfolio_shares", "PortfolioShareDetails", Type=kind, **of)):
            unshare(catalog, item.id, kind, share["PrincipalId"])
    for constraint in list(pages(catalog, "list_constraints_for_portfolio", "ConstraintDetails", **of)):
        catalog.delete_constraint(Id=constraint["ConstraintId"])
    for principal in list(pages(catalog, "list_principals_for_portfolio", "Principals", **of)):
        catalog.disassociate_principal_from_portfolio(**of, **principal)
    for product in list(pages(catalog, "search_products_as_admin", "ProductViewDetails", **of)):
        catalog.disassociate_product_from_portfolio(ProductId=product["ProductViewSummary"]["ProductId"], **of)
    options: list[dict[str, str]] = catalog.describe_portfolio(Id=item.id).get("TagOptions") or []
    for option in options:
        catalog.disassociate_tag_option_from_resource(ResourceId=item.id, TagOptionId=option["Id"])
    _unbudget(catalog, item.id)
    catalog.delete_portfolio(Id=item.id)


def _unbudget(catalog: Any, resource: str) -> None:  # noqa: ANN401 - as above
    for budget in list(pages(catalog, "list_budgets_for_resource", "Budgets", ResourceId=resource)):
        catalog.disassociate_budget_from_resource(BudgetName=budget["BudgetName"], ResourceId=resource)


def unshare(catalog: Any, portfolio: str, kind: str, principal: str) -> None:  # noqa: ANN401 - as above
    """End a share, and wait until it has ended."""
    if kind == "ACCOUNT":
        catalog.delete_portfolio_share(PortfolioId=portfolio, AccountId=principal)
        return
    node = {"Type": kind.replace("ORGANIZATION_MEMBER_", ""), "Value": principal}
    token = catalog.delete_portfolio_share(PortfolioId=portfolio, OrganizationNode=node)["PortfolioShareToken"]
    await_share(catalog, token)


def await_share(catalog: Any, token: str) -> dict[str, Any]:  # noqa: ANN401 - as above
    """Wait for the end of what was begun with a share, and give it."""

    def look() -> dict[str, Any] | None:
        found = catalog.describe_portfolio_share_status(PortfolioShareToken=token)
        return None if found["Status"] in ("NOT_STARTED", "IN_PROGRESS") else found

    return until(look, "a share")


def _imported(parties: Parties, item: Item) -> None:
    """An accepted one is given back; one of the organization's goes with its share."""
    try:
        _catalog(parties, item).reject_portfolio_share(PortfolioId=item.id, PortfolioShareType="IMPORTED")
    except ClientError as problem:
        if not is_gone(problem):
            raise


def _product(parties: Parties, item: Item) -> None:
    catalog = _catalog(parties, item)
    for portfolio in list(pages(catalog, "list_portfolios_for_product", "PortfolioDetails", ProductId=item.id)):
        catalog.disassociate_product_from_portfolio(ProductId=item.id, PortfolioId=portfolio["Id"])
    options: list[dict[str, str]] = catalog.describe_product_as_admin(Id=item.id).get("TagOptions") or []
    for option in options:
        catalog.disassociate_tag_option_from_resource(ResourceId=item.id, TagOptionId=option["Id"])
    _unbudget(catalog, item.id)
    catalog.delete_product(Id=item.id)


def _tag_option(parties: Parties, item: Item) -> None:
    catalog = _catalog(parties, item)
    for bearer in list(pages(catalog, "list_resources_for_tag_option", "ResourceDetails", TagOptionId=item.id)):
        catalog.disassociate_tag_option_from_resource(ResourceId=bearer["Id"], TagOptionId=item.id)
    catalog.delete_tag_option(Id=item.id)


def _action(parties: Parties, item: Item) -> None:
    catalog = _catalog(parties, item)
    key = "ProvisioningArtifactViews"
    for each in list(pages(catalog, "list_provisioning_artifacts_for_service_action", key, ServiceActionId=item.id)):
        catalog.disassociate_service_action_from_provisioning_artifact(
            ServiceActionId=item.id,
            ProductId=each["ProductViewSummary"]["ProductId"],
            ProvisioningArtifactId=each["ProvisioningArtifact"]["Id"],
        )
    catalog.delete_service_action(Id=item.id)


def _package_group(parties: Parties, item: Item) -> None:
    client = parties.client(item.part, "sagemaker")
    for each in list(pages(client, "list_model_packages", "ModelPackageSummaryList", ModelPackageGroupName=item.id)):
        client.delete_model_package(ModelPackageName=each["ModelPackageArn"])
    client.delete_model_package_group(ModelPackageGroupName=item.id)


def _bucket(parties: Parties, item: Item) -> None:
    client = parties.client(item.part, "s3")
    while True:
        page = client.list_object_versions(Bucket=item.id, MaxKeys=_AT_ONCE)
        listed = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        if not listed:
            break
        objects = [{"Key": each["Key"], "VersionId": each["VersionId"]} for each in listed]
        client.delete_objects(Bucket=item.id, Delete={"Objects": objects, "Quiet": True})
    client.delete_bucket(Bucket=item.id)


def _role(parties: Parties, item: Item) -> None:
    client = parties.client(item.part, "iam")
    for name in list(pages(client, "list_role_policies", "PolicyNames", RoleName=item.id)):
        client.delete_role_policy(RoleName=item.id, PolicyName=name)
    for each in list(pages(client, "list_attached_role_policies", "AttachedPolicies", RoleName=item.id)):
        client.detach_role_policy(RoleName=item.id, PolicyArn=each["PolicyArn"])
    client.delete_role(RoleName=item.id)


def _policy(parties: Parties, item: Item) -> None:
    client = parties.client(item.part, "iam")
    for each in list(pages(client, "list_policy_versions", "Versions", PolicyArn=item.id)):
        if not each["IsDefaultVersion"]:
            client.delete_policy_version(PolicyArn=item.id, VersionId=each["VersionId"])
    client.delete_policy(PolicyArn=item.id)


def _deleting(service: str, operation: str, name: str) -> Callable[[Parties, Item], None]:
    def delete(parties: Parties, item: Item) -> None:
        getattr(parties.client(item.part, service), operation)(**{name: item.id})

    return delete


def _budget(parties: Parties, item: Item) -> None:
    parties.client(item.part, "budgets").delete_budget(AccountId=parties[item.part].account, BudgetName=item.id)


_REMOVERS: Final[Mapping[str, Callable[[Parties, Item], None]]] = {
    "plan": _plan,
    "provisioned product": _launch,
    "stack": _stack,
    "portfolio": _portfolio,
    "imported portfolio": _imported,
    "product": _product,
    "tag option": _tag_option,
    "service action": _action,
    "endpoint": _deleting("sagemaker", "delete_endpoint", "EndpointName"),
    "endpoint configuration": _deleting("sagemaker", "delete_endpoint_config", "EndpointConfigName"),
    "model": _deleting("sagemaker", "delete_model", "ModelName"),
    "model package group": _package_group,
    "bucket": _bucket,
    "role": _role,
    "policy": _policy,
    "log group": _deleting("logs", "delete_log_group", "logGroupName"),
    "parameter": _deleting("ssm", "delete_parameter", "Name"),
    "topic": _deleting("sns", "delete_topic", "TopicArn"),
    "budget": _budget,
}
