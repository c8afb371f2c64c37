"""Which plans are refused, and to whom."""

import pytest

from tests.support.sandbox.accounts import ACCOUNTS
from tests.support.sandbox.building import CLOUDFORMATION, LOGS, trusting_research
from tests.support.sandbox.expecting import Expect
from tests.support.sandbox.planning import changes, create, executed, listed, made, settled, status
from tests.support.sandbox.setup import ADMINISTRATOR, TEMPLATE, Setup, parameters, policy


def test_there_is_one_plan_for_each_provisioned_product(setup: Setup, api_error: Expect) -> None:
    """API:CreateProvisionedProductPlan: "You can create one plan for each provisioned product"."""
    launched = setup.open().launch()
    first = made(setup, launched["Name"], ProvisioningParameters=parameters(Suffix="b"))
    with api_error("InvalidStateException", first["PlanId"]):
        create(setup, launched["Name"])
    setup.research.delete_provisioned_product_plan(PlanId=first["PlanId"])

    assert made(setup, launched["Name"], ProvisioningParameters=parameters(Suffix="b"))["PlanId"] != first["PlanId"]


def test_a_plan_needs_a_product_at_rest(setup: Setup, api_error: Expect) -> None:
    """API:CreateProvisionedProductPlan: "the product status must be AVAILABLE or TAINTED"."""
    setup.launch_role([LOGS])
    launched = setup.open().launch()

    assert launched["Status"] == "ERROR"
    with api_error("InvalidStateException", "ERROR"):
        create(setup, launched["Name"])


def test_a_plan_is_refused_for_what_refuses_a_launch(setup: Setup, api_error: Expect) -> None:
    """API:CreateProvisionedProductPlan, Errors; the rules are those of ProvisionProduct."""
    rule = {"Assertions": [{"Assert": {"Fn::Equals": [{"Ref": "Days"}, "7"]}, "AssertDescription": "seven days"}]}
    with api_error("ResourceNotFoundException", f"No launch paths found for resource: {setup.product}"):
        create(setup)
    setup.constrain("TEMPLATE", Rules={"OnlySeven": rule})
    setup.open()
    second = setup.add_version("v2", TEMPLATE)
    setup.hub.update_provisioning_artifact(
        ProductId=setup.product, ProvisioningArtifactId=second, Guidance="DEPRECATED"
    )

    with api_error("InvalidParametersException", "deprecated"):
        create(setup, ProvisioningArtifactId=second)
    setup.hub.update_provisioning_artifact(ProductId=setup.product, ProvisioningArtifactId=second, Active=False)
    with api_error("ResourceNotFoundException", second):
        create(setup, ProvisioningArtifactId=second)
    with api_error("InvalidParametersException", "Colour"):
        create(setup, ProvisioningParameters=parameters(Colour="red"))
    with api_error("InvalidParametersException", "seven days"):
        create(setup, ProvisioningParameters=parameters(Days="30"))
    with api_error("InvalidParametersException", "Invalid PathId"):
        create(setup, PathId="lpv3-nowhere")
    assert not listed(setup)


def test_nothing_else_happens_to_what_is_only_planned(setup: Setup, api_error: Expect) -> None:
    """API:ProvisionedProductDetail, PLAN_IN_PROGRESS: "Wait for an AVAILABLE status before performing operations"."""
    planned = made(setup.open())["ProvisionProductId"]

    with api_error("InvalidParametersException", "PLAN_IN_PROGRESS"):
        setup.research.update_provisioned_product(ProvisionedProductId=planned)
    with api_error("ValidationException", "PLAN_IN_PROGRESS"):
        setup.research.terminate_provisioned_product(ProvisionedProductId=planned)
    with api_error("InvalidStateException", "PLAN_IN_PROGRESS"):
        setup.research.update_provisioned_product_properties(
            ProvisionedProductId=planned, ProvisionedProductProperties={"OWNER": ACCOUNTS.administrator(ACCOUNTS.hub)}
        )


def test_plans_are_their_accounts_own(setup: Setup, api_error: Expect) -> None:
    """API:ListProvisionedProductPlans: "all plans to which the user has access"."""
    plan = made(setup.open())["PlanId"]

    assert not listed(setup, setup.hub, AccessLevelFilter={"Key": "Account", "Value": "self"})
    for call in ("describe", "execute", "delete"):
        with api_error("ResourceNotFoundException", plan):
            getattr(setup.hub, f"{call}_provisioned_product_plan")(PlanId=plan)


def test_levels_of_access_decide_whose_plans_one_touches(setup: Setup, api_error: Expect) -> None:
    """AWSServiceCatalogEndUserFullAccess: the actions on plans are allowed with servicecatalog:userLevel self."""
    own = {
        **ADMINISTRATOR,
        "Action": ["servicecatalog:*ProvisionedProductPlan*"],
        "Condition": {"StringEquals": {"servicecatalog:userLevel": "self"}},
    }
    rest = {**ADMINISTRATOR, "Action": ["servicecatalog:ListLaunchPaths", "logs:*", "cloudformation:*", "s3:*"]}
    role = setup.make_role(ACCOUNTS.research, setup.name, trusting_research(), [own, rest])
    setup.open()
    setup.grant(ACCOUNTS.research, role)
    ann, bob = setup.as_role(role, "ann"), setup.as_role(role, "bob")
    setup.wait_for_path(ann)
    hers = settled(setup, create(setup, client=ann)["PlanId"], ann)
    level = {"AccessLevelFilter": {"Key": "Account", "Value": "self"}}

    assert hers["Status"] == "CREATE_SUCCESS"
    assert listed(setup, ann) == listed(setup, **level) == [hers["PlanId"]]
    assert not listed(setup, bob)
    with api_error("AccessDeniedException", "DescribeProvisionedProductPlan"):
        bob.describe_provisioned_product_plan(PlanId=hers["PlanId"])
    with api_error("AccessDeniedException", "ListProvisionedProductPlans"):
        bob.list_provisioned_product_plans(**level)


def test_the_launch_role_makes_and_executes_the_change_set(setup: Setup) -> None:
    """AWSServiceCatalogEndUserFullAccess: cloudformation:CreateChangeSet and ExecuteChangeSet on stacks SC-*."""
    role = setup.launch_role([*CLOUDFORMATION, LOGS])
    deny = {**CLOUDFORMATION[0], "Effect": "Deny"}
    iam = setup.sandbox.client("iam", ACCOUNTS.research)
    plan = made(setup.open())
    for action in ("ExecuteChangeSet", "CreateChangeSet"):
        denied = policy({**deny, "Action": f"cloudformation:{action}"}, *CLOUDFORMATION, LOGS)
        iam.put_role_policy(RoleName=role, PolicyName="p", PolicyDocument=denied)
        if action == "ExecuteChangeSet":
            assert "cloudformation:ExecuteChangeSet" in executed(setup, plan)["StatusMessage"]
    failed = settled(setup, create(setup)["PlanId"])

    assert failed["Status"] == "CREATE_FAILED"
    assert "cloudformation:CreateChangeSet" in failed["StatusMessage"]
    assert status(setup, failed["ProvisionProductId"]) == "ERROR"


def test_tags_are_planned_only_where_a_constraint_allows_it(setup: Setup, api_error: Expect) -> None:
    """API:CreateProvisionedProductPlan, Tags: needs a RESOURCE_UPDATE constraint; then the change is one of tags."""
    launched = setup.open().launch()
    tags = [{"Key": "team", "Value": "a"}]
    with api_error("InvalidParametersException", "RESOURCE_UPDATE"):
        create(setup, launched["Name"], Tags=tags)
    setup.constrain("RESOURCE_UPDATE", Version="2.0", Properties={"TagUpdateOnProvisionedProduct": "ALLOWED"})
    change = changes(setup, made(setup, launched["Name"], Tags=tags))["Logs"]

    assert (change["Scope"], change["Replacement"]) == (["TAGS"], "FALSE")
    assert change["Details"][0]["Target"] == {"Attribute": "TAGS", "RequiresRecreation": "NEVER"}


@pytest.mark.sandbox_only
def test_an_injected_failure_fails_the_plan(setup: Setup) -> None:
    setup.open()
    setup.sandbox.post("faults", [{"operation": "servicecatalog:CreateProvisionedProductPlan", "fail": "no capacity"}])
    try:
        plan = settled(setup, create(setup)["PlanId"])
    finally:
        setup.sandbox.post("faults", [])

    assert (plan["Status"], plan["StatusMessage"]) == ("CREATE_FAILED", "no capacity")
    assert status(setup, plan["ProvisionProductId"]) == "ERROR"
