"""Takes down what a setup has made on AWS, where it would stay and cost. The sandbox forgets by itself."""

from collections.abc import Callable, Iterator
from typing import Any

from botocore.exceptions import ClientError

from tests.support.sandbox.accounts import ACCOUNTS
from tests.support.sandbox.conformity import CALLED
from tests.support.sandbox.process import Client
from tests.support.sandbox.setup import Setup

_KINDS = ("ACCOUNT", "ORGANIZATION", "ORGANIZATIONAL_UNIT", "ORGANIZATION_MEMBER_ACCOUNT")


def clean(setup: Setup) -> None:
    """Remove everything that carries the setup's name, from the launches up to the bucket."""
    accounts = (ACCOUNTS.research, ACCOUNTS.management, ACCOUNTS.hub)
    for account in accounts:
        _stacks(setup, account)
        if {"ProvisionProduct", "CreateProvisionedProductPlan"} & CALLED:
            _launches(setup, setup.client("servicecatalog", account))
    hub = setup.client("servicecatalog", ACCOUNTS.hub)
    options = _named(setup, hub, "list_tag_options", "TagOptionDetails", "Key") if "CreateTagOption" in CALLED else ()
    for option in options:
        for bearer in hub.list_resources_for_tag_option(TagOptionId=option["Id"])["ResourceDetails"]:
            hub.disassociate_tag_option_from_resource(ResourceId=bearer["Id"], TagOptionId=option["Id"])
        hub.delete_tag_option(Id=option["Id"])
    for account in accounts:
        catalog = setup.client("servicecatalog", account)
        for portfolio in _named(setup, catalog, "list_portfolios", "PortfolioDetails", "DisplayName"):
            _portfolio(setup, catalog, portfolio["Id"])
    for product in hub.search_products_as_admin(Filters={"FullTextSearch": [setup.name]})["ProductViewDetails"]:
        _unbudget(hub, product["ProductViewSummary"]["ProductId"])
        hub.delete_product(Id=product["ProductViewSummary"]["ProductId"])
    for account in accounts:
        _roles(setup, setup.sandbox.client("iam", account))
    for item in setup.s3.list_objects_v2(Bucket=setup.name).get("Contents", []):
        setup.s3.delete_object(Bucket=setup.name, Key=item["Key"])
    setup.s3.delete_bucket(Bucket=setup.name)


def _stacks(setup: Setup, account: str) -> None:
    stacks = setup.client("cloudformation", account)
    for stack in _named(setup, stacks, "describe_stacks", "Stacks", "StackName"):
        stacks.delete_stack(StackName=stack["StackName"])


def _named(setup: Setup, client: Client, listing: str, key: str, name: str) -> Iterator[dict[str, Any]]:
    found = [item for page in client.get_paginator(listing).paginate() for item in page[key]]
    yield from (item for item in found if setup.name in item[name])


def _launches(setup: Setup, catalog: Client) -> None:
    own = {"AccessLevelFilter": {"Key": "Account", "Value": "self"}}
    planned = "CreateProvisionedProductPlan" in CALLED
    for plan in catalog.list_provisioned_product_plans(**own)["ProvisionedProductPlans"] if planned else ():
        if setup.name in plan["PlanName"]:
            catalog.delete_provisioned_product_plan(PlanId=plan["PlanId"])
    pages = catalog.get_paginator("scan_provisioned_products").paginate(
        AccessLevelFilter={"Key": "Account", "Value": "self"}
    )
    mine = [item["Id"] for page in pages for item in page["ProvisionedProducts"] if setup.name in item["Name"]]
    for provisioned in mine:
        catalog.terminate_provisioned_product(ProvisionedProductId=provisioned, IgnoreErrors=True)
        _if_there(lambda gone=provisioned: setup.settled(gone, catalog))


def _portfolio(setup: Setup, catalog: Client, portfolio: str) -> None:
    """Take off a portfolio what hangs on it, and then itself."""
    of: dict[str, str] = {"PortfolioId": portfolio}
    for kind in _KINDS if "CreatePortfolioShare" in CALLED else ():
        for share in catalog.describe_portfolio_shares(Type=kind, **of)["PortfolioShareDetails"]:
            _unshare(setup, catalog, portfolio, kind, share["PrincipalId"])
    if "CreateConstraint" in CALLED:
        for constraint in catalog.list_constraints_for_portfolio(**of)["ConstraintDetails"]:
            catalog.delete_constraint(Id=constraint["ConstraintId"])
    if "AssociatePrincipalWithPortfolio" in CALLED:
        for principal in catalog.list_principals_for_portfolio(**of)["Principals"]:
            catalog.disassociate_principal_from_portfolio(**of, **principal)
    for product in catalog.search_products_as_admin(**of)["ProductViewDetails"]:
        summary = product["ProductViewSummary"]
        catalog.disassociate_product_from_portfolio(ProductId=summary["ProductId"], **of)
    _unbudget(catalog, portfolio)
    catalog.delete_portfolio(Id=portfolio)


def _unbudget(catalog: Client, resource: str) -> None:
    budgeted = "AssociateBudgetWithResource" in CALLED
    for budget in catalog.list_budgets_for_resource(ResourceId=resource)["Budgets"] if budgeted else ():
        catalog.disassociate_budget_from_resource(BudgetName=budget["BudgetName"], ResourceId=resource)


def _unshare(setup: Setup, catalog: Client, portfolio: str, kind: str, principal: str) -> None:
    if kind == "ACCOUNT":
        catalog.delete_portfolio_share(PortfolioId=portfolio, AccountId=principal)
        return
    node = {"Type": kind.replace("ORGANIZATION_MEMBER_", ""), "Value": principal}
    token = catalog.delete_portfolio_share(PortfolioId=portfolio, OrganizationNode=node)["PortfolioShareToken"]
    setup.share_status(token)


def _roles(setup: Setup, iam: Client) -> None:
    for role in _named(setup, iam, "list_roles", "Roles", "RoleName"):
        name = role["RoleName"]
        for inline in iam.list_role_policies(RoleName=name)["PolicyNames"]:
            iam.delete_role_policy(RoleName=name, PolicyName=inline)
        for attached in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
            iam.detach_role_policy(RoleName=name, PolicyArn=attached["PolicyArn"])
        iam.delete_role(RoleName=name)
    for policy in iam.list_policies(Scope="Local")["Policies"]:
        if setup.name in policy["PolicyName"]:
            iam.delete_policy(PolicyArn=policy["Arn"])


def _if_there(act: Callable[[], object]) -> None:
    try:
        act()
    except ClientError as error:
        if "NotFound" not in error.response.get("Error", {}).get("Code", ""):
            raise
