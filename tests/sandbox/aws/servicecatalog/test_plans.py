"""Plans: made, looked at, executed, deleted."""

import pytest

from tests.support.sandbox.building import CLOUDFORMATION, LOGS, groups
from tests.support.sandbox.expecting import Expect
from tests.support.sandbox.planning import create, executed, listed, made, settled, status
from tests.support.sandbox.setup import Setup, parameters


def test_a_planned_launch_builds_nothing_until_it_is_executed(setup: Setup) -> None:
    """API:ProvisionedProductDetail, Status: PLAN_IN_PROGRESS "to provision a new product"."""
    plan = made(setup.open(), ProvisioningParameters=parameters(Suffix="a"))
    provisioned = plan["ProvisionProductId"]
    waiting = setup.research.describe_provisioned_product(Id=provisioned)["ProvisionedProductDetail"]

    assert waiting["Status"] == "PLAN_IN_PROGRESS"
    assert "LastRecordId" not in waiting
    assert not [group for group in groups(setup) if provisioned in group]

    record = setup.research.execute_provisioned_product_plan(PlanId=plan["PlanId"])["RecordDetail"]
    assert (record["RecordType"], record["ProvisionedProductId"]) == ("PROVISION_PRODUCT", provisioned)
    assert setup.settled(provisioned)["Status"] == "AVAILABLE"
    assert settled(setup, plan["PlanId"])["Status"] == "EXECUTE_SUCCESS"
    assert {group[-2:] for group in groups(setup) if provisioned in group} == {"-a"}


def test_a_plan_says_what_it_is_of(setup: Setup) -> None:
    """API:ProvisionedProductPlanDetails; ids as in the AWS CLI's example of describe-provisioned-product-plan."""
    given = parameters(Days="30")
    created = create(setup.open(), f"{setup.name}-x", ProvisioningParameters=given, Tags=[{"Key": "a", "Value": "b"}])
    plan = settled(setup, created["PlanId"])
    path = setup.wait_for_path(setup.research)

    assert plan["PlanId"].startswith("plan-")
    assert len(plan["PlanId"]) == len("plan-g7iwsaf3mytwu")
    assert (created["ProvisionProductId"], created["ProvisionedProductName"]) == (
        plan["ProvisionProductId"],
        f"{setup.name}-x",
    )
    assert (plan["PlanName"], plan["PlanType"]) == (f"{setup.name}-plan", "CLOUDFORMATION")
    assert (plan["ProductId"], plan["ProvisioningArtifactId"], plan["PathId"]) == (setup.product, setup.version, path)
    assert (plan["ProvisioningParameters"], plan["Tags"]) == (given, [{"Key": "a", "Value": "b"}])
    assert plan["UpdatedTime"] > plan["CreatedTime"]


@pytest.mark.sandbox_only
def test_a_plan_is_in_progress_first(setup: Setup, api_error: Expect) -> None:
    """API:ProvisionedProductPlanDetails, Status, and InvalidStateException of ExecuteProvisionedProductPlan."""
    setup.open()
    with setup.sandbox.standing_still():
        plan = create(setup)
        found = setup.research.describe_provisioned_product_plan(PlanId=plan["PlanId"])
        with api_error("InvalidStateException", "CREATE_IN_PROGRESS"):
            setup.research.execute_provisioned_product_plan(PlanId=plan["PlanId"])

    assert found["ProvisionedProductPlanDetails"]["Status"] == "CREATE_IN_PROGRESS"
    assert found["ResourceChanges"] == []
    settled(setup, plan["PlanId"])
    with setup.sandbox.standing_still():
        setup.research.execute_provisioned_product_plan(PlanId=plan["PlanId"])
        found = setup.research.describe_provisioned_product_plan(PlanId=plan["PlanId"])
        with api_error("InvalidParametersException", "EXECUTE_IN_PROGRESS"):
            setup.research.delete_provisioned_product_plan(PlanId=plan["PlanId"])

    assert found["ProvisionedProductPlanDetails"]["Status"] == "EXECUTE_IN_PROGRESS"


def test_a_planned_update_leaves_the_product_available(setup: Setup) -> None:
    """API:CreateProvisionedProductPlan: for what exists, "modified when the plan is executed"."""
    launched = setup.open().launch()
    plan = made(setup, launched["Name"], ProvisioningParameters=parameters(Suffix="b"))

    assert plan["ProvisionProductId"] == launched["Id"]
    assert status(setup, launched["Id"]) == "AVAILABLE"
    assert {group[-2:] for group in groups(setup) if launched["Id"] in group} == {"-a"}

    assert executed(setup, plan)["Status"] == "EXECUTE_SUCCESS"
    found = setup.settled(launched["Id"])
    record = setup.research.describe_record(Id=found["LastRecordId"])["RecordDetail"]
    assert (found["Status"], record["RecordType"]) == ("AVAILABLE", "UPDATE_PROVISIONED_PRODUCT")
    assert {group[-2:] for group in groups(setup) if launched["Id"] in group} == {"-b"}


def test_deleting_a_plan_takes_back_a_launch_that_never_was(setup: Setup, api_error: Expect) -> None:
    """API:DeleteProvisionedProductPlan, IgnoreErrors: Service Catalog stops managing the provisioned product."""
    plan = made(setup.open(), f"{setup.name}-x")
    setup.research.delete_provisioned_product_plan(PlanId=plan["PlanId"])

    with api_error("ResourceNotFoundException", plan["PlanId"]):
        setup.research.describe_provisioned_product_plan(PlanId=plan["PlanId"])
    with api_error("ResourceNotFoundException"):
        setup.research.describe_provisioned_product(Id=plan["ProvisionProductId"])
    assert setup.launch(name=f"{setup.name}-x")["Status"] == "AVAILABLE"


def test_deleting_a_plan_leaves_what_was_built(setup: Setup) -> None:
    """API:DeleteProvisionedProductPlan."""
    plan = made(setup.open())
    executed(setup, plan)
    setup.settled(plan["ProvisionProductId"])
    setup.research.delete_provisioned_product_plan(PlanId=plan["PlanId"])

    assert status(setup, plan["ProvisionProductId"]) == "AVAILABLE"
    assert not listed(setup)


def test_a_plan_is_executed_once(setup: Setup, api_error: Expect) -> None:
    """API:ExecuteProvisionedProductPlan, InvalidStateException; one token is one execution."""
    plan = made(setup.open())
    once = {"PlanId": plan["PlanId"], "IdempotencyToken": "a"}
    record = setup.research.execute_provisioned_product_plan(**once)["RecordDetail"]["RecordId"]
    setup.settled(plan["ProvisionProductId"])

    assert setup.research.execute_provisioned_product_plan(**once)["RecordDetail"]["RecordId"] == record
    with api_error("InvalidStateException", "EXECUTE_SUCCESS"):
        setup.research.execute_provisioned_product_plan(PlanId=plan["PlanId"])


def test_a_plan_is_obsolete_once_the_product_has_changed(setup: Setup, api_error: Expect) -> None:
    """CloudFormation User Guide, "Update CloudFormation stacks using change sets": they are of one state of a stack."""
    launched = setup.open().launch()
    plan = made(setup, launched["Name"], ProvisioningParameters=parameters(Suffix="b"))
    setup.update(launched["Id"], ProvisioningParameters=parameters(Suffix="c"))

    with api_error("InvalidStateException", "obsolete"):
        setup.research.execute_provisioned_product_plan(PlanId=plan["PlanId"])


def test_one_token_makes_one_plan(setup: Setup, api_error: Expect) -> None:
    """API:CreateProvisionedProductPlan, IdempotencyToken."""
    name = f"{setup.open().name}-x"
    first = create(setup, name, IdempotencyToken=setup.name)
    again = create(setup, name, IdempotencyToken=setup.name)
    with api_error("InvalidParametersException", setup.name):
        create(setup, f"{name}y", IdempotencyToken=setup.name)

    assert again["PlanId"] == first["PlanId"]
    assert listed(setup) == [first["PlanId"]]


def test_plans_are_listed_by_product_and_page(setup: Setup, api_error: Expect) -> None:
    """API:ListProvisionedProductPlans, ProvisionProductId and PageSize."""
    setup.open()
    plans = [made(setup) for _ in range(2)]
    page = setup.research.list_provisioned_product_plans(PageSize=1)

    assert len(page["ProvisionedProductPlans"]) == 1
    assert listed(setup, PageSize=1) == [plan["PlanId"] for plan in plans]
    assert listed(setup, ProvisionProductId=plans[1]["ProvisionProductId"]) == [plans[1]["PlanId"]]
    with api_error("ResourceNotFoundException", "pp-nothing"):
        setup.research.list_provisioned_product_plans(ProvisionProductId="pp-nothing")


def test_an_execution_that_fails_says_why(setup: Setup) -> None:
    """API:ProvisionedProductPlanDetails, Status EXECUTE_FAILED and StatusMessage."""
    setup.launch_role([*CLOUDFORMATION, {**LOGS, "Action": ["logs:CreateLogGroup", "logs:DescribeLogGroups"]}])
    plan = made(setup.open())
    ended = executed(setup, plan)

    assert (ended["Status"], "logs:" in ended["StatusMessage"]) == ("EXECUTE_FAILED", True)
    assert setup.settled(plan["ProvisionProductId"])["Status"] == "ERROR"


def test_termination_takes_the_plan_along(setup: Setup) -> None:
    """API:CreateProvisionedProductPlan: a plan is for a provisioned product."""
    launched = setup.open().launch()
    made(setup, launched["Name"], ProvisioningParameters=parameters(Suffix="b"))

    assert setup.terminated(launched["Id"])
    assert not listed(setup)
