"""Makes plans and waits for them."""

import uuid
from typing import Any

from tests.support.sandbox.accounts import ACCOUNTS
from tests.support.sandbox.process import Client
from tests.support.sandbox.stage import Stage

Plan = dict[str, Any]


def create(stage: Stage, name: str | None = None, client: Client | None = None, **more: object) -> Plan:
    """Ask for a plan of the stage's product; under the name of a provisioned product it plans an update."""
    order = {"ProductId": stage.product, "ProvisioningArtifactId": stage.version, **more}
    return (client or stage.research).create_provisioned_product_plan(
        PlanName=f"{stage.name}-plan",
        PlanType="CLOUDFORMATION",
        ProvisionedProductName=name or f"{stage.name}-{uuid.uuid4().hex[:8]}",
        **order,
    )


def settled(stage: Stage, plan_id: str, client: Client | None = None) -> Plan:
    """A plan as it is when nothing happens to it any more."""

    def look() -> Plan | None:
        found = (client or stage.research).describe_provisioned_product_plan(PlanId=plan_id)
        details = found["ProvisionedProductPlanDetails"]
        return None if details["Status"].endswith("_IN_PROGRESS") else details

    return ACCOUNTS.until(look, "the plan")


def made(stage: Stage, name: str | None = None, **more: object) -> Plan:
    """A plan that is ready to be executed."""
    plan = settled(stage, create(stage, name, **more)["PlanId"])
    assert plan["Status"] == "CREATE_SUCCESS", plan
    return plan


def executed(stage: Stage, plan: Plan) -> Plan:
    stage.research.execute_provisioned_product_plan(PlanId=plan["PlanId"])
    return settled(stage, plan["PlanId"])


def changes(stage: Stage, plan: Plan) -> dict[str, dict[str, Any]]:
    """A plan's changes by logical id."""
    found = stage.research.describe_provisioned_product_plan(PlanId=plan["PlanId"])["ResourceChanges"]
    return {change["LogicalResourceId"]: change for change in found}


def listed(stage: Stage, client: Client | None = None, **query: object) -> list[str]:
    """The ids of those listed plans that are the stage's."""
    found: list[str] = []
    token: dict[str, str] | None = {}
    while token is not None:
        page = (client or stage.research).list_provisioned_product_plans(**query, **token)
        found += [plan["PlanId"] for plan in page["ProvisionedProductPlans"] if stage.name in plan["PlanName"]]
        token = {"PageToken": page["NextPageToken"]} if page.get("NextPageToken") else None
    return found


def status(stage: Stage, provisioned: str) -> str:
    return stage.research.describe_provisioned_product(Id=provisioned)["ProvisionedProductDetail"]["Status"]
