"""Makes plans and waits for them."""

import uuid
from typing import Any

from tests.support.sandbox.accounts import ACCOUNTS
from tests.support.sandbox.process import Client
from tests.support.sandbox.setup import Setup

Plan = dict[str, Any]


def create(setup: Setup, name: str | None = None, client: Client | None = None, **more: object) -> Plan:
    """Ask for a plan of the setup's product; under the name of a provisioned product it plans an update."""
    order = {"ProductId": setup.product, "ProvisioningArtifactId": setup.version, **more}
    return (client or setup.research).create_provisioned_product_plan(
        PlanName=f"{setup.name}-plan",
        PlanType="CLOUDFORMATION",
        ProvisionedProductName=name or f"{setup.name}-{uuid.uuid4().hex[:8]}",
        **order,
    )


def settled(setup: Setup, plan_id: str, client: Client | None = None) -> Plan:
    """A plan as it is when nothing happens to it any more."""

    def look() -> Plan | None:
        found = (client or setup.research).describe_provisioned_product_plan(PlanId=plan_id)
        details = found["ProvisionedProductPlanDetails"]
        return None if details["Status"].endswith("_IN_PROGRESS") else details

    return ACCOUNTS.until(look, "the plan")


def made(setup: Setup, name: str | None = None, **more: object) -> Plan:
    """A plan that is ready to be executed."""
    plan = settled(setup, create(setup, name, **more)["PlanId"])
    assert plan["Status"] == "CREATE_SUCCESS", plan
    return plan


def executed(setup: Setup, plan: Plan) -> Plan:
    setup.research.execute_provisioned_product_plan(PlanId=plan["PlanId"])
    return settled(setup, plan["PlanId"])


def changes(setup: Setup, plan: Plan) -> dict[str, dict[str, Any]]:
    """A plan's changes by logical id."""
    found = setup.research.describe_provisioned_product_plan(PlanId=plan["PlanId"])["ResourceChanges"]
    return {change["LogicalResourceId"]: change for change in found}


def listed(setup: Setup, client: Client | None = None, **query: object) -> list[str]:
    """The ids of those listed plans that are the setup's."""
    found: list[str] = []
    token: dict[str, str] | None = {}
    while token is not None:
        page = (client or setup.research).list_provisioned_product_plans(**query, **token)
        found += [plan["PlanId"] for plan in page["ProvisionedProductPlans"] if setup.name in plan["PlanName"]]
        token = {"PageToken": page["NextPageToken"]} if page.get("NextPageToken") else None
    return found


def status(setup: Setup, provisioned: str) -> str:
    return setup.research.describe_provisioned_product(Id=provisioned)["ProvisionedProductDetail"]["Status"]
