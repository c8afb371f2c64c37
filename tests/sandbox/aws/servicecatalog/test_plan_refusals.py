"""Which plans are refused, and to whom."""

import pytest

from tests.sandbox.conftest import Refused
from tests.support.sandbox.accounts import ACCOUNTS
from tests.support.sandbox.building import CLOUDFORMATION, LOGS, trusting_research
from tests.support.sandbox.planning import changes, create, executed, listed, made, settled, status
from tests.support.sandbox.stage import ADMINISTRATOR, TEMPLATE, Stage, parameters, policy


def test_there_is_one_plan_for_each_provisioned_product(stage: Stage, refused: Refused) -> None:
    """API:CreateProvisionedProductPlan: "You can create one plan for each provisioned product"."""
    launched = stage.open().launch()
    first = made(stage, launched["Name"], ProvisioningParameters=parameters(Suffix="b"))
    with refused("InvalidStateException", first["PlanId"]):
        create(stage, launched["Name"])
    stage.research.delete_provisioned_product_plan(PlanId=first["PlanId"])

    assert made(stage, launched["Name"], ProvisioningParameters=parameters(Suffix="b"))["PlanId"] != first["PlanId"]


def test_a_plan_needs_a_product_at_rest(stage: Stage, refused: Refused) -> None:
    """API:CreateProvisionedProductPlan: "the product status must be AVAILABLE or TAINTED"."""
    stage.launch_role([LOGS])
    launched = stage.open().launch()

    assert launched["Status"] == "ERROR"
    with refused("InvalidStateException", "ERROR"):
        create(stage, launched["Name"])


def test_a_plan_is_refused_for_what_refuses_a_launch(stage: Stage, refused: Refused) -> None:
    """API:CreateProvisionedProductPlan, Errors; the rules are those of ProvisionProduct."""
    rule = {"Assertions": [{"Assert": {"Fn::Equals": [{"Ref": "Days"}, "7"]}, "AssertDescription": "seven days"}]}
    with refused("ResourceNotFoundException", f"No launch paths found for resource: {stage.product}"):
        create(stage)
    stage.constrain("TEMPLATE", Rules={"OnlySeven": rule})
    stage.open()
    second = stage.add_version("v2", TEMPLATE)
    stage.hub.update_provisioning_artifact(
        ProductId=stage.product, ProvisioningArtifactId=second, Guidance="DEPRECATED"
    )

    with refused("InvalidParametersException", "deprecated"):
        create(stage, ProvisioningArtifactId=second)
    stage.hub.update_provisioning_artifact(ProductId=stage.product, ProvisioningArtifactId=second, Active=False)
    with refused("ResourceNotFoundException", second):
        create(stage, ProvisioningArtifactId=second)
    with refused("InvalidParametersException", "Colour"):
        create(stage, ProvisioningParameters=parameters(Colour="red"))
    with refused("InvalidParametersException", "seven days"):
        create(stage, ProvisioningParameters=parameters(Days="30"))
    with refused("InvalidParametersException", "Invalid PathId"):
        create(stage, PathId="lpv3-nowhere")
    assert not listed(stage)


def test_nothing_else_happens_to_what_is_only_planned(stage: Stage, refused: Refused) -> None:
    """API:ProvisionedProductDetail, PLAN_IN_PROGRESS: "Wait for an AVAILABLE status before performing operations"."""
    planned = made(stage.open())["ProvisionProductId"]

    with refused("InvalidParametersException", "PLAN_IN_PROGRESS"):
        stage.research.update_provisioned_product(ProvisionedProductId=planned)
    with refused("ValidationException", "PLAN_IN_PROGRESS"):
        stage.research.terminate_provisioned_product(ProvisionedProductId=planned)
    with refused("InvalidStateException", "PLAN_IN_PROGRESS"):
        stage.research.update_provisioned_product_properties(
            ProvisionedProductId=planned, ProvisionedProductProperties={"OWNER": ACCOUNTS.administrator(ACCOUNTS.hub)}
        )


def test_plans_are_their_accounts_own(stage: Stage, refused: Refused) -> None:
    """API:ListProvisionedProductPlans: "all plans to which the user has access"."""
    plan = made(stage.open())["PlanId"]

    assert not listed(stage, stage.hub, AccessLevelFilter={"Key": "Account", "Value": "self"})
    for call in ("describe", "execute", "delete"):
        with refused("ResourceNotFoundException", plan):
            getattr(stage.hub, f"{call}_provisioned_product_plan")(PlanId=plan)


def test_levels_of_access_decide_whose_plans_one_touches(stage: Stage, refused: Refused) -> None:
    """AWSServiceCatalogEndUserFullAccess: the actions on plans are allowed with servicecatalog:userLevel self."""
    own = {
        **ADMINISTRATOR,
        "Action": ["servicecatalog:*ProvisionedProductPlan*"],
        "Condition": {"StringEquals": {"servicecatalog:userLevel": "self"}},
    }
    rest = {**ADMINISTRATOR, "Action": ["servicecatalog:ListLaunchPaths", "logs:*", "cloudformation:*", "s3:*"]}
    role = stage.make_role(ACCOUNTS.research, stage.name, trusting_research(), [own, rest])
    stage.open()
    stage.grant(ACCOUNTS.research, role)
    ann, bob = stage.as_role(role, "ann"), stage.as_role(role, "bob")
    stage.wait_for_path(ann)
    hers = settled(stage, create(stage, client=ann)["PlanId"], ann)
    level = {"AccessLevelFilter": {"Key": "Account", "Value": "self"}}

    assert hers["Status"] == "CREATE_SUCCESS"
    assert listed(stage, ann) == listed(stage, **level) == [hers["PlanId"]]
    assert not listed(stage, bob)
    with refused("AccessDeniedException", "DescribeProvisionedProductPlan"):
        bob.describe_provisioned_product_plan(PlanId=hers["PlanId"])
    with refused("AccessDeniedException", "ListProvisionedProductPlans"):
        bob.list_provisioned_product_plans(**level)


def test_the_launch_role_makes_and_executes_the_change_set(stage: Stage) -> None:
    """AWSServiceCatalogEndUserFullAccess: cloudformation:CreateChangeSet and ExecuteChangeSet on stacks SC-*."""
    role = stage.launch_role([*CLOUDFORMATION, LOGS])
    deny = {**CLOUDFORMATION[0], "Effect": "Deny"}
    iam = stage.sandbox.client("iam", ACCOUNTS.research)
    plan = made(stage.open())
    for action in ("ExecuteChangeSet", "CreateChangeSet"):
        denied = policy({**deny, "Action": f"cloudformation:{action}"}, *CLOUDFORMATION, LOGS)
        iam.put_role_policy(RoleName=role, PolicyName="p", PolicyDocument=denied)
        if action == "ExecuteChangeSet":
            assert "cloudformation:ExecuteChangeSet" in executed(stage, plan)["StatusMessage"]
    failed = settled(stage, create(stage)["PlanId"])

    assert failed["Status"] == "CREATE_FAILED"
    assert "cloudformation:CreateChangeSet" in failed["StatusMessage"]
    assert status(stage, failed["ProvisionProductId"]) == "ERROR"


def test_tags_are_planned_only_where_a_constraint_allows_it(stage: Stage, refused: Refused) -> None:
    """API:CreateProvisionedProductPlan, Tags: needs a RESOURCE_UPDATE constraint; then the change is one of tags."""
    launched = stage.open().launch()
    tags = [{"Key": "team", "Value": "a"}]
    with refused("InvalidParametersException", "RESOURCE_UPDATE"):
        create(stage, launched["Name"], Tags=tags)
    stage.constrain("RESOURCE_UPDATE", Version="2.0", Properties={"TagUpdateOnProvisionedProduct": "ALLOWED"})
    change = changes(stage, made(stage, launched["Name"], Tags=tags))["Logs"]

    assert (change["Scope"], change["Replacement"]) == (["TAGS"], "FALSE")
    assert change["Details"][0]["Target"] == {"Attribute": "TAGS", "RequiresRecreation": "NEVER"}


@pytest.mark.sandbox_only
def test_an_injected_failure_fails_the_plan(stage: Stage) -> None:
    stage.open()
    stage.sandbox.post("faults", [{"operation": "servicecatalog:CreateProvisionedProductPlan", "fail": "no capacity"}])
    try:
        plan = settled(stage, create(stage)["PlanId"])
    finally:
        stage.sandbox.post("faults", [])

    assert (plan["Status"], plan["StatusMessage"]) == ("CREATE_FAILED", "no capacity")
    assert status(stage, plan["ProvisionProductId"]) == "ERROR"
