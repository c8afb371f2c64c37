"""What becomes of a launch: updates, failures, termination."""

from tests.sandbox.building import CLOUDFORMATION, LOGS, groups
from tests.sandbox.conftest import Refused
from tests.sandbox.stage import (
    RESEARCH,
    TEMPLATE,
    Stage,
    parameters,
    policy,
)


def test_a_deprecated_version_updates_but_does_not_launch(stage: Stage, refused: Refused) -> None:
    """API:UpdateProvisioningArtifact, Guidance."""
    launched = stage.open().launch()
    second = stage.add_version("v2", TEMPLATE.replace("the group", "the log group"))
    stage.hub.update_provisioning_artifact(
        ProductId=stage.product, ProvisioningArtifactId=second, Guidance="DEPRECATED"
    )
    with refused("InvalidParametersException", "deprecated"):
        stage.launch(ProvisioningArtifactId=second)
    stage.research.update_provisioned_product(ProvisionedProductId=launched["Id"], ProvisioningArtifactId=second)

    assert stage.settled(launched["Id"])["ProvisioningArtifactId"] == second


def test_an_inactive_version_neither_launches_nor_updates(stage: Stage, refused: Refused) -> None:
    """Administrator Guide, "Managing versions"."""
    launched = stage.open().launch()
    second = stage.add_version("v2", TEMPLATE)
    stage.hub.update_provisioning_artifact(ProductId=stage.product, ProvisioningArtifactId=second, Active=False)

    with refused("ResourceNotFoundException", second):
        stage.launch(ProvisioningArtifactId=second)
    with refused("ResourceNotFoundException", second):
        stage.research.update_provisioned_product(ProvisionedProductId=launched["Id"], ProvisioningArtifactId=second)
    assert [v["Name"] for v in stage.research.describe_product(Id=stage.product)["ProvisioningArtifacts"]] == ["v1"]


def test_an_update_changes_the_stack_in_place(stage: Stage) -> None:
    """API:UpdateProvisionedProduct."""
    launched = stage.open().launch(ProvisioningParameters=parameters(Suffix="a"))
    stage.research.update_provisioned_product(
        ProvisionedProductId=launched["Id"], ProvisioningParameters=parameters(Suffix="b")
    )
    changed = stage.settled(launched["Id"])
    outputs = stage.research.get_provisioned_product_outputs(ProvisionedProductId=launched["Id"], OutputKeys=["Name"])

    assert changed["Status"] == "AVAILABLE"
    assert outputs["Outputs"][0]["OutputValue"].endswith("-b")
    assert {name[-2:] for name in groups(stage) if launched["Id"] in name} == {"-b"}


def test_a_failed_launch_is_in_error_and_leaves_nothing(stage: Stage) -> None:
    """API:ProvisionedProductDetail, Status: ERROR; a ROLLBACK_COMPLETE stack remains."""
    stage.launch_role([*CLOUDFORMATION, {**LOGS, "Action": ["logs:CreateLogGroup", "logs:DescribeLogGroups"]}])
    launched = stage.open().launch()
    name = f"SC-{RESEARCH}-{launched['Id']}"
    (stack,) = stage.client("cloudformation", RESEARCH).describe_stacks(StackName=name)["Stacks"]
    record = stage.research.describe_record(Id=launched["LastRecordId"])["RecordDetail"]

    assert launched["Status"] == "ERROR"
    assert "is not authorized to perform: logs:TagResource" in launched["StatusMessage"]
    assert "LastSuccessfulProvisioningRecordId" not in launched
    assert (record["Status"], record["RecordErrors"][0]["Description"]) == ("FAILED", launched["StatusMessage"])
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert not [group for group in groups(stage) if launched["Id"] in group]


def test_a_failed_update_is_tainted_and_the_old_state_stands(stage: Stage) -> None:
    """API:ProvisionedProductDetail, Status: TAINTED."""
    role = stage.launch_role([*CLOUDFORMATION, LOGS])
    launched = stage.open().launch()
    iam = stage.sandbox.client("iam", RESEARCH)
    less = {**LOGS, "Action": ["logs:DescribeLogGroups", "logs:DeleteLogGroup", "logs:CreateLogGroup"]}
    iam.put_role_policy(RoleName=role, PolicyName="p", PolicyDocument=policy(*CLOUDFORMATION, less))
    stage.research.update_provisioned_product(
        ProvisionedProductId=launched["Id"], ProvisioningParameters=parameters(Suffix="b")
    )
    changed = stage.settled(launched["Id"])

    assert changed["Status"] == "TAINTED"
    assert "logs:PutRetentionPolicy" in changed["StatusMessage"]
    assert changed["LastSuccessfulProvisioningRecordId"] == launched["LastRecordId"]
    assert {name[-2:] for name in groups(stage) if launched["Id"] in name} == {"-a"}

    iam.put_role_policy(RoleName=role, PolicyName="p", PolicyDocument=policy(*CLOUDFORMATION, LOGS))
    stage.research.update_provisioned_product(
        ProvisionedProductId=launched["Id"], ProvisioningParameters=parameters(Suffix="b")
    )
    assert stage.settled(launched["Id"])["Status"] == "AVAILABLE"


def test_termination_takes_everything_down(stage: Stage, refused: Refused) -> None:
    """API:TerminateProvisionedProduct."""
    launched = stage.open().launch()

    assert stage.terminated(launched["Id"])
    assert not [group for group in groups(stage) if launched["Id"] in group]
    with refused("ResourceNotFoundException"):
        stage.research.describe_provisioned_product(Id=launched["Id"])
    history = stage.research.list_record_history(SearchFilter={"Key": "provisionedproduct", "Value": launched["Id"]})
    assert [record["RecordType"] for record in history["RecordDetails"]] == [
        "TERMINATE_PROVISIONED_PRODUCT",
        "PROVISION_PRODUCT",
    ]


def test_a_failed_termination_is_tainted_unless_errors_are_ignored(stage: Stage) -> None:
    """API:TerminateProvisionedProduct, IgnoreErrors."""
    role = stage.launch_role([*CLOUDFORMATION, LOGS])
    launched = stage.open().launch()
    iam = stage.sandbox.client("iam", RESEARCH)
    iam.put_role_policy(RoleName=role, PolicyName="p", PolicyDocument=policy(*CLOUDFORMATION))

    assert not stage.terminated(launched["Id"])
    assert stage.settled(launched["Id"])["Status"] == "TAINTED"
    assert stage.terminated(launched["Id"], IgnoreErrors=True)
    assert [group for group in groups(stage) if launched["Id"] in group]


def test_a_deleted_launch_role_strands_its_products(stage: Stage) -> None:
    """API:UpdateProvisionedProductProperties: the role is kept with the provisioned product."""
    role = stage.launch_role()
    launched = stage.open().launch()
    iam = stage.sandbox.client("iam", RESEARCH)
    iam.delete_role_policy(RoleName=role, PolicyName="p")
    iam.delete_role(RoleName=role)

    assert not stage.terminated(launched["Id"])
    assert "does not exist" in stage.settled(launched["Id"])["StatusMessage"]


def test_physical_resources_can_be_retained(stage: Stage) -> None:
    """API:TerminateProvisionedProduct, RetainPhysicalResources."""
    launched = stage.open().launch()

    assert stage.terminated(launched["Id"], RetainPhysicalResources=True)
    assert [group for group in groups(stage) if launched["Id"] in group]


def test_tags_change_only_where_a_constraint_allows_it(stage: Stage, refused: Refused) -> None:
    """API:UpdateProvisionedProduct, Tags: requires a RESOURCE_UPDATE constraint."""
    tags = [{"Key": "team", "Value": "a"}]
    launched = stage.open().launch(Tags=tags)
    with refused("InvalidParametersException", "RESOURCE_UPDATE"):
        stage.research.update_provisioned_product(ProvisionedProductId=launched["Id"], Tags=[])
    stage.constrain("RESOURCE_UPDATE", Version="2.0", Properties={"TagUpdateOnProvisionedProduct": "ALLOWED"})
    changed = [{"Key": "team", "Value": "b"}]
    stage.research.update_provisioned_product(ProvisionedProductId=launched["Id"], Tags=changed)
    assert stage.settled(launched["Id"])["Status"] == "AVAILABLE"

    (found,) = stage.research.search_provisioned_products(Filters={"SearchQuery": [f"id:{launched['Id']}"]})[
        "ProvisionedProducts"
    ]
    assert found["Tags"] == changed
