"""Plans: made, looked at, executed, deleted."""

import pytest

from tests.sandbox.conftest import Refused
from tests.support.sandbox.building import CLOUDFORMATION, LOGS, groups
from tests.support.sandbox.planning import create, executed, listed, made, settled, status
from tests.support.sandbox.stage import Stage, parameters


def test_a_planned_launch_builds_nothing_until_it_is_executed(stage: Stage) -> None:
    """API:ProvisionedProductDetail, Status: PLAN_IN_PROGRESS "to provision a new product"."""
    plan = made(stage.open(), ProvisioningParameters=parameters(Suffix="a"))
    provisioned = plan["ProvisionProductId"]
    waiting = stage.research.describe_provisioned_product(Id=provisioned)["ProvisionedProductDetail"]

    assert waiting["Status"] == "PLAN_IN_PROGRESS"
    assert "LastRecordId" not in waiting
    assert not [group for group in groups(stage) if provisioned in group]

    record = stage.research.execute_provisioned_product_plan(PlanId=plan["PlanId"])["RecordDetail"]
    assert (record["RecordType"], record["ProvisionedProductId"]) == ("PROVISION_PRODUCT", provisioned)
    assert stage.settled(provisioned)["Status"] == "AVAILABLE"
    assert settled(stage, plan["PlanId"])["Status"] == "EXECUTE_SUCCESS"
    assert {group[-2:] for group in groups(stage) if provisioned in group} == {"-a"}


def test_a_plan_says_what_it_is_of(stage: Stage) -> None:
    """API:ProvisionedProductPlanDetails; ids as in the AWS CLI's example of describe-provisioned-product-plan."""
    given = parameters(Days="30")
    created = create(stage.open(), f"{stage.name}-x", ProvisioningParameters=given, Tags=[{"Key": "a", "Value": "b"}])
    plan = settled(stage, created["PlanId"])
    path = stage.wait_for_path(stage.research)

    assert plan["PlanId"].startswith("plan-")
    assert len(plan["PlanId"]) == len("plan-g7iwsaf3mytwu")
    assert (created["ProvisionProductId"], created["ProvisionedProductName"]) == (
        plan["ProvisionProductId"],
        f"{stage.name}-x",
    )
    assert (plan["PlanName"], plan["PlanType"]) == (f"{stage.name}-plan", "CLOUDFORMATION")
    assert (plan["ProductId"], plan["ProvisioningArtifactId"], plan["PathId"]) == (stage.product, stage.version, path)
    assert (plan["ProvisioningParameters"], plan["Tags"]) == (given, [{"Key": "a", "Value": "b"}])
    assert plan["UpdatedTime"] > plan["CreatedTime"]


@pytest.mark.sandbox_only
def test_a_plan_is_in_progress_first(stage: Stage, refused: Refused) -> None:
    """API:ProvisionedProductPlanDetails, Status, and InvalidStateException of ExecuteProvisionedProductPlan."""
    stage.open()
    with stage.sandbox.standing_still():
        plan = create(stage)
        found = stage.research.describe_provisioned_product_plan(PlanId=plan["PlanId"])
        with refused("InvalidStateException", "CREATE_IN_PROGRESS"):
            stage.research.execute_provisioned_product_plan(PlanId=plan["PlanId"])

    assert found["ProvisionedProductPlanDetails"]["Status"] == "CREATE_IN_PROGRESS"
    assert found["ResourceChanges"] == []
    settled(stage, plan["PlanId"])
    with stage.sandbox.standing_still():
        stage.research.execute_provisioned_product_plan(PlanId=plan["PlanId"])
        found = stage.research.describe_provisioned_product_plan(PlanId=plan["PlanId"])
        with refused("InvalidParametersException", "EXECUTE_IN_PROGRESS"):
            stage.research.delete_provisioned_product_plan(PlanId=plan["PlanId"])

    assert found["ProvisionedProductPlanDetails"]["Status"] == "EXECUTE_IN_PROGRESS"


def test_a_planned_update_leaves_the_product_available(stage: Stage) -> None:
    """API:CreateProvisionedProductPlan: for what exists, "modified when the plan is executed"."""
    launched = stage.open().launch()
    plan = made(stage, launched["Name"], ProvisioningParameters=parameters(Suffix="b"))

    assert plan["ProvisionProductId"] == launched["Id"]
    assert status(stage, launched["Id"]) == "AVAILABLE"
    assert {group[-2:] for group in groups(stage) if launched["Id"] in group} == {"-a"}

    assert executed(stage, plan)["Status"] == "EXECUTE_SUCCESS"
    found = stage.settled(launched["Id"])
    record = stage.research.describe_record(Id=found["LastRecordId"])["RecordDetail"]
    assert (found["Status"], record["RecordType"]) == ("AVAILABLE", "UPDATE_PROVISIONED_PRODUCT")
    assert {group[-2:] for group in groups(stage) if launched["Id"] in group} == {"-b"}


def test_deleting_a_plan_takes_back_a_launch_that_never_was(stage: Stage, refused: Refused) -> None:
    """API:DeleteProvisionedProductPlan, IgnoreErrors: Service Catalog stops managing the provisioned product."""
    plan = made(stage.open(), f"{stage.name}-x")
    stage.research.delete_provisioned_product_plan(PlanId=plan["PlanId"])

    with refused("ResourceNotFoundException", plan["PlanId"]):
        stage.research.describe_provisioned_product_plan(PlanId=plan["PlanId"])
    with refused("ResourceNotFoundException"):
        stage.research.describe_provisioned_product(Id=plan["ProvisionProductId"])
    assert stage.launch(name=f"{stage.name}-x")["Status"] == "AVAILABLE"


def test_deleting_a_plan_leaves_what_was_built(stage: Stage) -> None:
    """API:DeleteProvisionedProductPlan."""
    plan = made(stage.open())
    executed(stage, plan)
    stage.settled(plan["ProvisionProductId"])
    stage.research.delete_provisioned_product_plan(PlanId=plan["PlanId"])

    assert status(stage, plan["ProvisionProductId"]) == "AVAILABLE"
    assert not listed(stage)


def test_a_plan_is_executed_once(stage: Stage, refused: Refused) -> None:
    """API:ExecuteProvisionedProductPlan, InvalidStateException; one token is one execution."""
    plan = made(stage.open())
    once = {"PlanId": plan["PlanId"], "IdempotencyToken": "a"}
    record = stage.research.execute_provisioned_product_plan(**once)["RecordDetail"]["RecordId"]
    stage.settled(plan["ProvisionProductId"])

    assert stage.research.execute_provisioned_product_plan(**once)["RecordDetail"]["RecordId"] == record
    with refused("InvalidStateException", "EXECUTE_SUCCESS"):
        stage.research.execute_provisioned_product_plan(PlanId=plan["PlanId"])


def test_a_plan_is_obsolete_once_the_product_has_changed(stage: Stage, refused: Refused) -> None:
    """CloudFormation User Guide, "Update CloudFormation stacks using change sets": they are of one state of a stack."""
    launched = stage.open().launch()
    plan = made(stage, launched["Name"], ProvisioningParameters=parameters(Suffix="b"))
    stage.update(launched["Id"], ProvisioningParameters=parameters(Suffix="c"))

    with refused("InvalidStateException", "obsolete"):
        stage.research.execute_provisioned_product_plan(PlanId=plan["PlanId"])


def test_one_token_makes_one_plan(stage: Stage, refused: Refused) -> None:
    """API:CreateProvisionedProductPlan, IdempotencyToken."""
    name = f"{stage.open().name}-x"
    first = create(stage, name, IdempotencyToken=stage.name)
    again = create(stage, name, IdempotencyToken=stage.name)
    with refused("InvalidParametersException", stage.name):
        create(stage, f"{name}y", IdempotencyToken=stage.name)

    assert again["PlanId"] == first["PlanId"]
    assert listed(stage) == [first["PlanId"]]


def test_plans_are_listed_by_product_and_page(stage: Stage, refused: Refused) -> None:
    """API:ListProvisionedProductPlans, ProvisionProductId and PageSize."""
    stage.open()
    plans = [made(stage) for _ in range(2)]
    page = stage.research.list_provisioned_product_plans(PageSize=1)

    assert len(page["ProvisionedProductPlans"]) == 1
    assert listed(stage, PageSize=1) == [plan["PlanId"] for plan in plans]
    assert listed(stage, ProvisionProductId=plans[1]["ProvisionProductId"]) == [plans[1]["PlanId"]]
    with refused("ResourceNotFoundException", "pp-nothing"):
        stage.research.list_provisioned_product_plans(ProvisionProductId="pp-nothing")


def test_an_execution_that_fails_says_why(stage: Stage) -> None:
    """API:ProvisionedProductPlanDetails, Status EXECUTE_FAILED and StatusMessage."""
    stage.launch_role([*CLOUDFORMATION, {**LOGS, "Action": ["logs:CreateLogGroup", "logs:DescribeLogGroups"]}])
    plan = made(stage.open())
    ended = executed(stage, plan)

    assert (ended["Status"], "logs:" in ended["StatusMessage"]) == ("EXECUTE_FAILED", True)
    assert stage.settled(plan["ProvisionProductId"])["Status"] == "ERROR"


def test_termination_takes_the_plan_along(stage: Stage) -> None:
    """API:CreateProvisionedProductPlan: a plan is for a provisioned product."""
    launched = stage.open().launch()
    made(stage, launched["Name"], ProvisioningParameters=parameters(Suffix="b"))

    assert stage.terminated(launched["Id"])
    assert not listed(stage)
