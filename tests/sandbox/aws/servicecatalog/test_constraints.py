"""Constraints: their exact JSON, their conflicts, and that they really decide."""

import json
from typing import Any

import pytest

from tests.support.paths import ROOT
from tests.support.sandbox.accounts import ACCOUNTS
from tests.support.sandbox.building import CLOUDFORMATION, LOGS, groups, trusting_research
from tests.support.sandbox.expecting import Expect
from tests.support.sandbox.setup import ADMINISTRATOR, Setup, parameters, policy


def test_a_launch_role_by_local_name_builds_in_the_launching_account(setup: Setup) -> None:
    """API:CreateConstraint, LAUNCH, LocalRoleName."""
    name = setup.launch_role([*CLOUDFORMATION, LOGS])
    launched = setup.open().launch()

    assert launched["Status"] == "AVAILABLE"
    assert launched["LaunchRoleArn"] == f"arn:aws:iam::{ACCOUNTS.research}:role/{name}"
    assert [group for group in groups(setup) if launched["Id"] in group]


def test_a_launch_role_by_arn_builds_in_the_roles_account(setup: Setup) -> None:
    """Administrator Guide, "Sharing a portfolio": the account that owns the role provisions the resources."""
    setup.constrain("LAUNCH", RoleArn=setup.role(ACCOUNTS.hub, setup.name))
    launched = setup.open().launch()

    assert launched["Status"] == "AVAILABLE"
    assert [group for group in groups(setup, ACCOUNTS.hub) if launched["Id"] in group]
    assert not [group for group in groups(setup) if launched["Id"] in group]


def test_a_local_role_must_exist_in_the_account_of_the_constraint(setup: Setup, api_error: Expect) -> None:
    """API:CreateConstraint: "must exist in the account used to create the launch constraint and ..."."""
    with api_error("InvalidParametersException", "does not exist"):
        setup.constrain("LAUNCH", LocalRoleName="nowhere")


def test_and_in_the_account_that_launches(setup: Setup, api_error: Expect) -> None:
    """API:CreateConstraint: "... the account of the user who launches a product"."""
    setup.role(ACCOUNTS.hub, setup.name)
    setup.constrain("LAUNCH", LocalRoleName=setup.name)
    setup.open()
    with api_error("InvalidParametersException", f"arn:aws:iam::{ACCOUNTS.research}:role/{setup.name}"):
        setup.launch()


@pytest.mark.parametrize(
    ("account", "fits"),
    [(ACCOUNTS.research, True), (ACCOUNTS.hub, False)],
)
def test_the_trust_policy_of_the_launch_role_decides(
    setup: Setup, api_error: Expect, account: str, *, fits: bool
) -> None:
    """Administrator Guide, "Launch constraints": aws:SourceAccount and aws:SourceArn."""
    condition = {
        "StringEquals": {"aws:SourceAccount": account},
        "ArnLike": {"aws:SourceArn": f"arn:aws:servicecatalog:*:{account}:*"},
    }
    setup.role(ACCOUNTS.hub, setup.name)
    setup.role(ACCOUNTS.research, setup.name, condition=condition)
    setup.constrain("LAUNCH", LocalRoleName=setup.name)
    setup.open()
    if fits:
        assert setup.launch()["Status"] == "AVAILABLE"
    else:
        with api_error("InvalidParametersException", "trust policy"):
            setup.launch()


def test_a_role_of_another_service_cannot_launch(setup: Setup, api_error: Expect) -> None:
    """Administrator Guide, "Launch constraints": the trust policy names servicecatalog.amazonaws.com."""
    setup.role(ACCOUNTS.hub, setup.name, "lambda.amazonaws.com")
    with api_error("InvalidParametersException", "servicecatalog.amazonaws.com"):
        setup.constrain("LAUNCH", LocalRoleName=setup.name)


@pytest.mark.parametrize("missing", [0, 1, 2])
def test_the_launch_role_needs_cloudformation_and_the_template(setup: Setup, missing: int) -> None:
    """Administrator Guide, "Launch constraints": what a launch role needs beside the template's services."""
    statements = [statement for number, statement in enumerate(CLOUDFORMATION) if number != missing]
    setup.launch_role([*statements, LOGS])
    launched = setup.open().launch()

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
    setup: Setup, api_error: Expect, kind: str, given: dict[str, Any], reason: str
) -> None:
    """API:CreateConstraint, Parameters."""
    with api_error("InvalidParametersException", reason):
        setup.constrain(kind, **given)


def test_constraints_that_exclude_each_other(setup: Setup, api_error: Expect) -> None:
    """API:CreateConstraint: one LAUNCH, one STACKSET, and never both."""
    name = setup.launch_role()
    with api_error("DuplicateResourceException", "LAUNCH"):
        setup.constrain("LAUNCH", LocalRoleName=name)
    roles = {"AdminRole": f"arn:aws:iam::{ACCOUNTS.hub}:role/a", "ExecutionRole": "b"}
    with api_error("InvalidParametersException", "exclude"):
        setup.constrain("STACKSET", Version="1.0", Properties={"AccountList": [], "RegionList": [], **roles})


def test_a_constraint_needs_the_product_in_the_portfolio(setup: Setup, api_error: Expect) -> None:
    """API:CreateConstraint: ResourceNotFoundException."""
    setup.hub.disassociate_product_from_portfolio(ProductId=setup.product, PortfolioId=setup.portfolio)

    with api_error("ResourceNotFoundException", "not associated"):
        setup.constrain("RESOURCE_UPDATE", Version="2.0", Properties={"TagUpdateOnProvisionedProduct": "ALLOWED"})


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


def test_template_rules_are_evaluated(setup: Setup, api_error: Expect) -> None:
    """Administrator Guide, "Template constraint rules"."""
    setup.constrain("TEMPLATE", Rules={"R": RULE})
    setup.open()
    with api_error("InvalidParametersException", "a week is enough"):
        setup.launch(ProvisioningParameters=parameters(Days="30"))

    assert setup.launch(ProvisioningParameters=parameters(Days="7"))["Status"] == "AVAILABLE"
    assert setup.launch(ProvisioningParameters=parameters(Days="30", Suffix="b"))["Status"] == "AVAILABLE"


def test_recipients_inherit_constraints_and_cannot_touch_them(setup: Setup, api_error: Expect) -> None:
    """Administrator Guide, "Sharing a portfolio": launch and template constraints are inherited."""
    setup.launch_role()
    rule = setup.constrain("TEMPLATE", Rules={"R": RULE})
    setup.open()
    listed = setup.research.list_constraints_for_portfolio(PortfolioId=setup.portfolio)["ConstraintDetails"]

    assert {constraint["Type"] for constraint in listed} == {"LAUNCH", "TEMPLATE"}
    assert json.loads(setup.research.describe_constraint(Id=rule)["ConstraintParameters"]) == {"Rules": {"R": RULE}}
    with api_error("ResourceNotFoundException"):
        setup.research.delete_constraint(Id=rule)
    with api_error("ResourceNotFoundException"):
        setup.research.update_constraint(Id=rule, Description="mine")
    with api_error("ResourceNotFoundException"):
        setup.research.create_constraint(
            PortfolioId=setup.portfolio, ProductId=setup.product, Type="TEMPLATE", Parameters="{}"
        )


def test_a_local_portfolio_inherits_rules_and_may_have_its_own_launch_role(setup: Setup, api_error: Expect) -> None:
    """Administrator Guide, "Sharing a portfolio": the launch constraint can be overridden in a local portfolio."""
    setup.launch_role()
    setup.constrain("TEMPLATE", Rules={"R": RULE})
    setup.share()
    local = setup.local_portfolio()
    setup.research.associate_product_with_portfolio(ProductId=setup.product, PortfolioId=local)
    setup.role(ACCOUNTS.research, f"own-{setup.name}")
    setup.research.create_constraint(
        PortfolioId=local,
        ProductId=setup.product,
        Type="LAUNCH",
        Parameters=json.dumps({"LocalRoleName": f"own-{setup.name}"}),
    )
    setup.research.associate_principal_with_portfolio(
        PortfolioId=local, PrincipalARN=ACCOUNTS.administrator(ACCOUNTS.research), PrincipalType="IAM"
    )
    setup.wait_for_path(setup.research)
    with api_error("InvalidParametersException", "a week is enough"):
        setup.launch(ProvisioningParameters=parameters(Days="30"))

    assert setup.launch()["LaunchRoleArn"].endswith(f"role/own-{setup.name}")


def test_an_update_of_a_constraint_is_in_force_at_once(setup: Setup, api_error: Expect) -> None:
    """API:UpdateConstraint."""
    rule = setup.constrain("TEMPLATE", Rules={"R": RULE})
    never = {"Rules": {"R": {"Assertions": [{"Assert": {"Fn::Equals": ["a", "b"]}, "AssertDescription": "never"}]}}}
    updated = setup.hub.update_constraint(Id=rule, Description="closed", Parameters=json.dumps(never))
    setup.open()

    assert updated["ConstraintDetail"]["Description"] == "closed"
    with api_error("InvalidParametersException", "never"):
        setup.launch()
    setup.hub.delete_constraint(Id=rule)
    assert setup.launch()["Status"] == "AVAILABLE"


def test_without_a_launch_constraint_the_caller_builds(setup: Setup) -> None:
    """Administrator Guide, "Launch constraints": without one, the end user's own permissions count."""
    catalog = {**ADMINISTRATOR, "Action": "servicecatalog:*"}
    role = setup.make_role(ACCOUNTS.research, setup.name, trusting_research(), [catalog, *CLOUDFORMATION])
    setup.share()
    setup.grant(ACCOUNTS.research, role)
    caller = setup.as_role(role)
    setup.wait_for_path(caller)
    launched = setup.launch(caller)

    assert launched["Status"] == "ERROR"
    assert f"assumed-role/{setup.name}/test is not authorized to perform: logs:" in launched["StatusMessage"]
    assert "LaunchRoleArn" not in launched


def test_the_hubs_copy_of_the_role_must_let_the_hub_use_it(setup: Setup, api_error: Expect) -> None:
    """Administrator Guide, "Launch constraints": aws:SourceAccount counts when the constraint is made, too."""
    spoke_only = {"StringEquals": {"aws:SourceAccount": ACCOUNTS.research}}
    setup.role(ACCOUNTS.hub, setup.name, condition=spoke_only)

    with api_error("InvalidParametersException", "trust policy"):
        setup.constrain("LAUNCH", LocalRoleName=setup.name)


def test_the_topics_of_a_notification_constraint_reach_the_stack(setup: Setup) -> None:
    """API:CreateConstraint, NOTIFICATION; API:ProvisionProduct, NotificationArns."""
    topics = setup.client("sns", ACCOUNTS.research)
    constraints, launch = (topics.create_topic(Name=f"{setup.name}-{n}")["TopicArn"] for n in ("constraint", "launch"))
    setup.constrain("NOTIFICATION", NotificationArns=[constraints])
    launched = setup.open().launch(NotificationArns=[launch])
    name = f"SC-{ACCOUNTS.research}-{launched['Id']}"
    (stack,) = setup.client("cloudformation", ACCOUNTS.research).describe_stacks(StackName=name)["Stacks"]
    for topic in (constraints, launch):
        topics.delete_topic(TopicArn=topic)

    assert set(stack["NotificationARNs"]) == {constraints, launch}


def test_a_launch_role_has_to_be_allowed_to_tell_its_topics(setup: Setup) -> None:
    """Administrator Guide, "Add a launch constraint", whose role has sns:*."""
    topics = setup.client("sns", ACCOUNTS.research)
    topic = topics.create_topic(Name=setup.name)["TopicArn"]
    silent = {"Effect": "Allow", "NotAction": "sns:Publish", "Resource": "*"}
    role = setup.launch_role([silent])
    refused = setup.open().launch(name=f"{setup.name}-a", NotificationArns=[topic])
    iam = setup.sandbox.client("iam", ACCOUNTS.research)
    publish = {"Effect": "Allow", "Action": "sns:Publish", "Resource": topic}
    iam.put_role_policy(RoleName=role, PolicyName="p", PolicyDocument=policy(silent, publish))
    launched = setup.launch(name=f"{setup.name}-b", NotificationArns=[topic])
    topics.delete_topic(TopicArn=topic)

    assert refused["Status"] == "ERROR"
    assert f"is not authorized to perform: sns:Publish on resource: {topic}" in refused["StatusMessage"]
    assert launched["Status"] == "AVAILABLE"


def test_a_topic_of_another_account_lets_launches_in_by_its_policy(setup: Setup) -> None:
    """SNS Developer Guide, "Identity-based policies": between accounts both have to allow. docs/iam has the topic's."""
    topics = setup.client("sns", ACCOUNTS.hub)
    topic = topics.create_topic(Name=f"model-catalog-{setup.name}")["TopicArn"]
    role = f"ModelCatalogLaunch-{setup.name}"
    for account in (ACCOUNTS.hub, ACCOUNTS.research):
        setup.role(account, role)
    setup.constrain("LAUNCH", LocalRoleName=role)
    setup.constrain("NOTIFICATION", NotificationArns=[topic])
    refused = setup.open().launch(name=f"{setup.name}-a")
    organization = setup.sandbox.client("organizations", ACCOUNTS.management).describe_organization()["Organization"]
    document = (ROOT / "docs" / "iam" / "topic-of-launches.json").read_text()
    for name, value in {"Topic": topic, "OrganizationId": organization["Id"], "Partition": "aws"}.items():
        document = document.replace(f"${{{name}}}", value)
    topics.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=document)
    launched = setup.launch(name=f"{setup.name}-b")
    topics.delete_topic(TopicArn=topic)

    assert refused["Status"] == "ERROR"
    assert "no resource-based policy allows the SNS:Publish action" in refused["StatusMessage"]
    assert launched["Status"] == "AVAILABLE"
