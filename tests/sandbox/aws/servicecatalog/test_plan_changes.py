"""What plans say of each resource, which is what CloudFormation's change sets say."""

from typing import Any

import pytest

from tests.support.sandbox.accounts import ACCOUNTS, RESEARCH
from tests.support.sandbox.building import ENDPOINT
from tests.support.sandbox.planning import changes, create, executed, made, settled
from tests.support.sandbox.setup import Setup, parameters

TEMPLATE = """
Parameters:
  Days: {Type: Number, Default: 7, AllowedValues: [7, 30]}
  Suffix: {Type: String, Default: a, AllowedPattern: "[a-z]+"}
  Extra: {Type: String, Default: "yes"}
Conditions:
  More: !Equals [!Ref Extra, "yes"]
  Never: !Equals [!Ref Extra, never]
Resources:
  Logs:
    Type: AWS::Logs::LogGroup
    Properties: {LogGroupName: !Sub "${AWS::StackName}-${Suffix}", RetentionInDays: !Ref Days}
  ByName:
    Type: AWS::Logs::LogGroup
    Properties: {LogGroupName: !Sub "${Logs}-name", RetentionInDays: 7}
  ByArn:
    Type: AWS::Logs::LogGroup
    Properties: {LogGroupName: !Join [-, [!Select [6, !Split [":", !GetAtt Logs.Arn]], arn]]}
  Alarm:
    Type: AWS::CloudWatch::Alarm
    Properties:
      {AlarmDescription: !Ref ByArn, MetricName: !If [Never, !GetAtt Logs.Arn, Errors], Namespace: x,
       ComparisonOperator: GreaterThanThreshold, EvaluationPeriods: 1, Threshold: 3, Statistic: Sum, Period: 60}
  Extras:
    Type: AWS::Logs::LogGroup
    Condition: More
    Properties: {LogGroupName: !Sub "${AWS::StackName}-extra"}
"""


@pytest.fixture
def linked(setup: Setup) -> Setup:
    """A setup whose version has resources that refer to one another."""
    setup.version = setup.add_version("linked", TEMPLATE)
    return setup.open()


def details(change: dict[str, Any]) -> set[tuple[str, str, str, str | None]]:
    """Of each detail the property, whether it replaces, whether it is certain, and the cause."""
    return {
        (
            detail["Target"].get("Name", detail["Target"]["Attribute"]),
            detail["Target"]["RequiresRecreation"],
            detail["Evaluation"],
            detail.get("CausingEntity"),
        )
        for detail in change["Details"]
    }


def test_a_launch_adds_what_the_conditions_let_through(linked: Setup) -> None:
    """API:ResourceChange: ADD, without a physical id; Replacement and Details are for MODIFY."""
    found = changes(linked, made(linked, ProvisioningParameters=parameters(Extra="no")))

    assert list(found) == ["Logs", "ByName", "ByArn", "Alarm"]
    assert found["Alarm"] == {
        "Action": "ADD",
        "LogicalResourceId": "Alarm",
        "ResourceType": "AWS::CloudWatch::Alarm",
        "Scope": [],
        "Details": [],
    }


def test_changes_come_in_pages(linked: Setup) -> None:
    """API:DescribeProvisionedProductPlan, PageSize."""
    plan = {"PlanId": made(linked)["PlanId"]}
    one = linked.research.describe_provisioned_product_plan(PageSize=3, **plan)
    two = linked.research.describe_provisioned_product_plan(PageSize=3, PageToken=one["NextPageToken"], **plan)

    assert (len(one["ResourceChanges"]), len(two["ResourceChanges"])) == (3, 2)
    assert "NextPageToken" not in two


def test_a_change_in_place_names_the_parameter_that_causes_it(linked: Setup) -> None:
    """CloudFormation User Guide, "View a change set": a static ParameterReference beside the dynamic modification."""
    launched = linked.launch()
    change = changes(linked, made(linked, launched["Name"], ProvisioningParameters=parameters(Days="30")))["Logs"]

    assert (change["Action"], change["Replacement"], change["Scope"]) == ("MODIFY", "FALSE", ["PROPERTIES"])
    assert launched["Id"] in change["PhysicalResourceId"]
    assert details(change) == {
        ("RetentionInDays", "NEVER", "DYNAMIC", None),
        ("RetentionInDays", "NEVER", "STATIC", "Days"),
    }


def test_what_hangs_on_a_modified_resource_may_change(linked: Setup) -> None:
    """API:ResourceChange, Replacement: ALWAYS and DYNAMIC is CONDITIONAL; a Ref to what stays is no change."""
    launched = linked.launch()
    found = changes(linked, made(linked, launched["Name"], ProvisioningParameters=parameters(Days="30")))

    assert set(found) == {"Logs", "ByArn", "Alarm"}
    assert found["ByArn"]["Replacement"] == "CONDITIONAL"
    assert details(found["ByArn"]) == {("LogGroupName", "ALWAYS", "DYNAMIC", "Logs.Arn")}
    assert found["Alarm"]["Replacement"] == "FALSE"
    assert details(found["Alarm"]) == {("AlarmDescription", "NEVER", "DYNAMIC", "ByArn")}


def test_what_refers_to_a_replaced_resource_changes_for_certain(linked: Setup) -> None:
    """The README of go-cfn: a policy of a bucket that is replaced has a STATIC cause and is replaced itself."""
    launched = linked.launch()
    found = changes(linked, made(linked, launched["Name"], ProvisioningParameters=parameters(Suffix="b")))

    assert found["Logs"]["Replacement"] == found["ByName"]["Replacement"] == found["ByArn"]["Replacement"] == "TRUE"
    assert details(found["Logs"]) == {
        ("LogGroupName", "ALWAYS", "DYNAMIC", None),
        ("LogGroupName", "ALWAYS", "STATIC", "Suffix"),
    }
    assert details(found["ByName"]) == {("LogGroupName", "ALWAYS", "STATIC", "Logs")}
    assert details(found["ByArn"]) == {("LogGroupName", "ALWAYS", "STATIC", "Logs.Arn")}
    assert details(found["Alarm"]) == {("AlarmDescription", "NEVER", "STATIC", "ByArn")}


def test_a_condition_that_no_longer_holds_removes(linked: Setup) -> None:
    """API:ResourceChange, Action Remove, with the physical id."""
    launched = linked.launch()
    found = changes(linked, made(linked, launched["Name"], ProvisioningParameters=parameters(Extra="no")))

    assert list(found) == ["Extras"]
    assert found["Extras"]["Action"] == "REMOVE"
    assert found["Extras"]["PhysicalResourceId"].endswith("-extra")
    assert "Replacement" not in found["Extras"]


def test_a_new_version_shows_what_its_template_changes(linked: Setup) -> None:
    """API:ResourceChangeDetail: a DirectModification has no cause; API:ResourceTargetDefinition, Attribute."""
    launched = linked.launch()
    text = TEMPLATE.replace("Threshold: 3", "Threshold: 4").replace("  Extras:", "  Others:")
    linked.version = linked.add_version("next", text.replace("  Alarm:\n", "  Alarm:\n    DeletionPolicy: Retain\n"))
    found = changes(linked, made(linked, launched["Name"]))

    assert {("Threshold", "NEVER", "STATIC", None), ("DELETIONPOLICY", "NEVER", "STATIC", None)} < details(
        found["Alarm"]
    )
    assert {name: found[name]["Action"] for name in ("Others", "Extras")} == {"Others": "ADD", "Extras": "REMOVE"}


def test_a_plan_that_changes_nothing_fails(linked: Setup) -> None:
    """aws-service-catalog-puppet, provision_product_with_plan: CREATE_FAILED with CloudFormation's words."""
    launched = linked.launch()
    plan = settled(linked, create(linked, launched["Name"])["PlanId"])

    assert plan["Status"] == "CREATE_FAILED"
    assert plan["StatusMessage"].startswith("The submitted information didn't contain changes.")
    assert linked.settled(launched["Id"])["Status"] == "AVAILABLE"


@pytest.mark.sandbox_only
def test_a_new_model_replaces_the_configuration_and_keeps_the_endpoint(setup: Setup) -> None:
    """CloudFormation Template Reference, AWS::SageMaker::Model, EndpointConfig and Endpoint: "Update requires"."""
    setup.version = setup.add_version("endpoint", ENDPOINT)
    roles = [setup.role(RESEARCH, f"{name}-{setup.name}", "sagemaker.amazonaws.com") for name in ("one", "two")]
    launched = setup.open().launch(ProvisioningParameters=parameters(RoleArn=roles[0], Scaling="on"))
    wanted = parameters(RoleArn=roles[1], Scaling="on")
    found = changes(setup, made(setup, launched["Name"], ProvisioningParameters=wanted))

    assert {name: change["Replacement"] for name, change in found.items()} == {
        "Model": "TRUE",
        "Config": "TRUE",
        "Endpoint": "FALSE",
        "Target": "CONDITIONAL",
        "Policy": "CONDITIONAL",
        "Alarm": "FALSE",
    }
    assert details(found["Endpoint"]) == {("EndpointConfigName", "NEVER", "STATIC", "Config.EndpointConfigName")}
    assert details(found["Policy"]) == {("ScalingTargetId", "ALWAYS", "DYNAMIC", "Target")}


def test_what_was_planned_is_what_happens(linked: Setup) -> None:
    """API:ResourceChange, Replacement: a resource that is made anew has another physical id."""
    launched = linked.launch()
    cloudformation = linked.client("cloudformation", ACCOUNTS.research)
    stack = {"StackName": f"SC-{ACCOUNTS.research}-{launched['Id']}"}

    def physical() -> dict[str, str]:
        resources = cloudformation.list_stack_resources(**stack)["StackResourceSummaries"]
        return {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in resources}

    before = physical()
    plan = made(linked, launched["Name"], ProvisioningParameters=parameters(Suffix="b", Extra="no"))
    planned = changes(linked, plan)
    assert executed(linked, plan)["Status"] == "EXECUTE_SUCCESS"
    linked.settled(launched["Id"])
    after = physical()

    assert {name for name in before if name not in after} == {"Extras"}
    assert {name for name in after if after[name] != before[name]} == {
        name for name, change in planned.items() if change.get("Replacement") == "TRUE"
    }
    assert {name: change["PhysicalResourceId"] for name, change in planned.items()}.items() <= before.items()
