"""Constraints: their exact JSON, their conflicts, and that they really decide."""

import json
from typing import Any

import pytest

from tests.sandbox.conftest import Refused
from tests.support.sandbox.accounts import ACCOUNTS
from tests.support.sandbox.building import CLOUDFORMATION, LOGS, groups, trusting_research
from tests.support.sandbox.stage import ADMINISTRATOR, Stage, parameters


def test_a_launch_role_by_local_name_builds_in_the_launching_account(stage: Stage) -> None:
    """API:CreateConstraint, LAUNCH, LocalRoleName."""
    name = stage.launch_role([*CLOUDFORMATION, LOGS])
    launched = stage.open().launch()

    assert launched["Status"] == "AVAILABLE"
    assert launched["LaunchRoleArn"] == f"arn:aws:iam::{ACCOUNTS.research}:role/{name}"
    assert [group for group in groups(stage) if launched["Id"] in group]


def test_a_launch_role_by_arn_builds_in_the_roles_account(stage: Stage) -> None:
    """Administrator Guide, "Sharing a portfolio": the account that owns the role provisions the resources."""
    stage.constrain("LAUNCH", RoleArn=stage.role(ACCOUNTS.hub, stage.name))
    launched = stage.open().launch()

    assert launched["Status"] == "AVAILABLE"
    assert [group for group in groups(stage, ACCOUNTS.hub) if launched["Id"] in group]
    assert not [group for group in groups(stage) if launched["Id"] in group]


def test_a_local_role_must_exist_in_the_account_of_the_constraint(stage: Stage, refused: Refused) -> None:
    """API:CreateConstraint: "must exist in the account used to create the launch constraint and ..."."""
    with refused("InvalidParametersException", "does not exist"):
        stage.constrain("LAUNCH", LocalRoleName="nowhere")


def test_and_in_the_account_that_launches(stage: Stage, refused: Refused) -> None:
    """API:CreateConstraint: "... the account of the user who launches a product"."""
    stage.role(ACCOUNTS.hub, stage.name)
    stage.constrain("LAUNCH", LocalRoleName=stage.name)
    stage.open()
    with refused("InvalidParametersException", f"arn:aws:iam::{ACCOUNTS.research}:role/{stage.name}"):
        stage.launch()


@pytest.mark.parametrize(
    ("account", "fits"),
    [(ACCOUNTS.research, True), (ACCOUNTS.hub, False)],
)
def test_the_trust_policy_of_the_launch_role_decides(
    stage: Stage, refused: Refused, account: str, *, fits: bool
) -> None:
    """Administrator Guide, "Launch constraints": aws:SourceAccount and aws:SourceArn."""
    condition = {
        "StringEquals": {"aws:SourceAccount": account},
        "ArnLike": {"aws:SourceArn": f"arn:aws:servicecatalog:*:{account}:*"},
    }
    stage.role(ACCOUNTS.hub, stage.name)
    stage.role(ACCOUNTS.research, stage.name, condition=condition)
    stage.constrain("LAUNCH", LocalRoleName=stage.name)
    stage.open()
    if fits:
        assert stage.launch()["Status"] == "AVAILABLE"
    else:
        with refused("InvalidParametersException", "trust policy"):
            stage.launch()


def test_a_role_of_another_service_cannot_launch(stage: Stage, refused: Refused) -> None:
    """Administrator Guide, "Launch constraints": the trust policy names servicecatalog.amazonaws.com."""
    stage.role(ACCOUNTS.hub, stage.name, "lambda.amazonaws.com")
    with refused("InvalidParametersException", "servicecatalog.amazonaws.com"):
        stage.constrain("LAUNCH", LocalRoleName=stage.name)


@pytest.mark.parametrize("missing", [0, 1, 2])
def test_the_launch_role_needs_cloudformation_and_the_template(stage: Stage, missing: int) -> None:
    """Administrator Guide, "Launch constraints": what a launch role needs beside the template's services."""
    statements = [statement for number, statement in enumerate(CLOUDFORMATION) if number != missing]
    stage.launch_role([*statements, LOGS])
    launched = stage.open().launch()

    expected = ["cloudformation:CreateStack", "cloudformation:GetTemplateSummary", "s3:GetObject"][missing]
    assert launched["Status"] == "ERROR"
    assert f"is not authorized to perform: {expected}" in launched["StatusMessage"]


@pytest.mark.parametrize(
    ("kind", "given", "reason"),
    [
        ("LAUNCH", json.loads("{}"), "exactly one"),
        ("LAUNCH", {"RoleArn": "arn:aws:iam::222233334444:role/a", "LocalRoleName": "a"}, "exactly one"),
        ("LAUNCH", {"RoleArn": "nonsense"}, "does not exist"),
        ("NOTIFICATION", {"NotificationArns": ["topic"]}, "NotificationArns"),
        (
            "RESOURCE_UPDATE",
            {"Version": "2.0", "Properties": {"TagUpdatesOnProvisionedProduct": "ALLOWED"}},
            "TagUpdate",
        ),
        ("STACKSET", {"Version": "1.0", "Properties": {"AccountList": ["x"]}}, "AccountList"),
        ("TEMPLATE", {"Rules": {"R": {"Assertion": "x"}}}, "Assertions"),
        ("TEMPLATE", {"Rules": {"R": {"Assertions": [{"Assert": {"Fn::Sum": ["1"]}}]}}}, "Fn::Sum"),
        ("COLOUR", json.loads("{}"), "COLOUR"),
    ],
)
def test_the_json_of_each_type_is_checked(
    stage: Stage, refused: Refused, kind: str, given: dict[str, Any], reason: str
) -> None:
    """API:CreateConstraint, Parameters."""
    with refused("InvalidParametersException", reason):
        stage.constrain(kind, **given)


def test_constraints_that_exclude_each_other(stage: Stage, refused: Refused) -> None:
    """API:CreateConstraint: one LAUNCH, one STACKSET, and never both."""
    name = stage.launch_role()
    with refused("DuplicateResourceException", "LAUNCH"):
        stage.constrain("LAUNCH", LocalRoleName=name)
    roles = {"AdminRole": f"arn:aws:iam::{ACCOUNTS.hub}:role/a", "ExecutionRole": "b"}
    with refused("InvalidParametersException", "exclude"):
        stage.constrain("STACKSET", Version="1.0", Properties={"AccountList": [], "RegionList": [], **roles})


def test_a_constraint_needs_the_product_in_the_portfolio(stage: Stage, refused: Refused) -> None:
    """API:CreateConstraint: ResourceNotFoundException."""
    stage.hub.disassociate_product_from_portfolio(ProductId=stage.product, PortfolioId=stage.portfolio)

    with refused("ResourceNotFoundException", "not associated"):
        stage.constrain("RESOURCE_UPDATE", Version="2.0", Properties={"TagUpdateOnProvisionedProduct": "ALLOWED"})


RULE = {
    "RuleCondition": {"Fn::Equals": [{"Ref": "Suffix"}, "a"]},
    "Assertions": [
        {
            "Assert": {
                "Fn::And": [{"Fn::Contains": [["7"], {"Ref": "Days"}]}, {"Fn::Not": [{"Fn::Equals": ["x", "y"]}]}]
            },
            "AssertDescription": "a week is enough",
        }
    ],
}


def test_template_rules_are_evaluated(stage: Stage, refused: Refused) -> None:
    """Administrator Guide, "Template constraint rules"."""
    stage.constrain("TEMPLATE", Rules={"R": RULE})
    stage.open()
    with refused("InvalidParametersException", "a week is enough"):
        stage.launch(ProvisioningParameters=parameters(Days="30"))

    assert stage.launch(ProvisioningParameters=parameters(Days="7"))["Status"] == "AVAILABLE"
    assert stage.launch(ProvisioningParameters=parameters(Days="30", Suffix="b"))["Status"] == "AVAILABLE"


def test_recipients_inherit_constraints_and_cannot_touch_them(stage: Stage, refused: Refused) -> None:
    """Administrator Guide, "Sharing a portfolio": launch and template constraints are inherited."""
    stage.launch_role()
    rule = stage.constrain("TEMPLATE", Rules={"R": RULE})
    stage.open()
    listed = stage.research.list_constraints_for_portfolio(PortfolioId=stage.portfolio)["ConstraintDetails"]

    assert {constraint["Type"] for constraint in listed} == {"LAUNCH", "TEMPLATE"}
    assert json.loads(stage.research.describe_constraint(Id=rule)["ConstraintParameters"]) == {"Rules": {"R": RULE}}
    with refused("ResourceNotFoundException"):
        stage.research.delete_constraint(Id=rule)
    with refused("ResourceNotFoundException"):
        stage.research.update_constraint(Id=rule, Description="mine")
    with refused("ResourceNotFoundException"):
        stage.research.create_constraint(
            PortfolioId=stage.portfolio, ProductId=stage.product, Type="TEMPLATE", Parameters="{}"
        )


def test_a_local_portfolio_inherits_rules_and_may_have_its_own_launch_role(stage: Stage, refused: Refused) -> None:
    """Administrator Guide, "Sharing a portfolio": the launch constraint can be overridden in a local portfolio."""
    stage.launch_role()
    stage.constrain("TEMPLATE", Rules={"R": RULE})
    stage.share()
    local = stage.local_portfolio()
    stage.research.associate_product_with_portfolio(ProductId=stage.product, PortfolioId=local)
    stage.role(ACCOUNTS.research, f"own-{stage.name}")
    stage.research.create_constraint(
        PortfolioId=local,
        ProductId=stage.product,
        Type="LAUNCH",
        Parameters=json.dumps({"LocalRoleName": f"own-{stage.name}"}),
    )
    stage.research.associate_principal_with_portfolio(
        PortfolioId=local, PrincipalARN=ACCOUNTS.administrator(ACCOUNTS.research), PrincipalType="IAM"
    )
    stage.wait_for_path(stage.research)
    with refused("InvalidParametersException", "a week is enough"):
        stage.launch(ProvisioningParameters=parameters(Days="30"))

    assert stage.launch()["LaunchRoleArn"].endswith(f"role/own-{stage.name}")


def test_an_update_of_a_constraint_is_in_force_at_once(stage: Stage, refused: Refused) -> None:
    """API:UpdateConstraint."""
    rule = stage.constrain("TEMPLATE", Rules={"R": RULE})
    never = {"Rules": {"R": {"Assertions": [{"Assert": {"Fn::Equals": ["a", "b"]}, "AssertDescription": "never"}]}}}
    updated = stage.hub.update_constraint(Id=rule, Description="closed", Parameters=json.dumps(never))
    stage.open()

    assert updated["ConstraintDetail"]["Description"] == "closed"
    with refused("InvalidParametersException", "never"):
        stage.launch()
    stage.hub.delete_constraint(Id=rule)
    assert stage.launch()["Status"] == "AVAILABLE"


def test_without_a_launch_constraint_the_caller_builds(stage: Stage) -> None:
    """Administrator Guide, "Launch constraints": without one, the end user's own permissions count."""
    catalog = {**ADMINISTRATOR, "Action": "servicecatalog:*"}
    role = stage.make_role(ACCOUNTS.research, stage.name, trusting_research(), [catalog, *CLOUDFORMATION])
    stage.share()
    stage.grant(ACCOUNTS.research, role)
    caller = stage.as_role(role)
    stage.wait_for_path(caller)
    launched = stage.launch(caller)

    assert launched["Status"] == "ERROR"
    assert f"assumed-role/{stage.name}/test is not authorized to perform: logs:" in launched["StatusMessage"]
    assert "LaunchRoleArn" not in launched


def test_the_hubs_copy_of_the_role_must_let_the_hub_use_it(stage: Stage, refused: Refused) -> None:
    """Administrator Guide, "Launch constraints": aws:SourceAccount counts when the constraint is made, too."""
    spoke_only = {"StringEquals": {"aws:SourceAccount": ACCOUNTS.research}}
    stage.role(ACCOUNTS.hub, stage.name, condition=spoke_only)

    with refused("InvalidParametersException", "trust policy"):
        stage.constrain("LAUNCH", LocalRoleName=stage.name)


def test_the_topics_of_a_notification_constraint_reach_the_stack(stage: Stage) -> None:
    """API:CreateConstraint, NOTIFICATION; API:ProvisionProduct, NotificationArns."""
    topics = stage.client("sns", ACCOUNTS.research)
    constraints, launch = (topics.create_topic(Name=f"{stage.name}-{n}")["TopicArn"] for n in ("constraint", "launch"))
    stage.constrain("NOTIFICATION", NotificationArns=[constraints])
    launched = stage.open().launch(NotificationArns=[launch])
    name = f"SC-{ACCOUNTS.research}-{launched['Id']}"
    (stack,) = stage.client("cloudformation", ACCOUNTS.research).describe_stacks(StackName=name)["Stacks"]
    for topic in (constraints, launch):
        topics.delete_topic(TopicArn=topic)

    assert set(stack["NotificationARNs"]) == {constraints, launch}
