"""What becomes of a launch: updates, failures, termination."""

from tests.sandbox.conftest import Refused
from tests.support.sandbox.accounts import ACCOUNTS
from tests.support.sandbox.building import CLOUDFORMATION, LOGS, groups
from tests.support.sandbox.stage import TEMPLATE, Stage, parameters, policy


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
    name = f"SC-{ACCOUNTS.research}-{launched['Id']}"
    (stack,) = stage.client("cloudformation", ACCOUNTS.research).describe_stacks(StackName=name)["Stacks"]
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
    iam = stage.sandbox.client("iam", ACCOUNTS.research)
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
    iam = stage.sandbox.client("iam", ACCOUNTS.research)
    iam.put_role_policy(RoleName=role, PolicyName="p", PolicyDocument=policy(*CLOUDFORMATION))

    assert not stage.terminated(launched["Id"])
    assert stage.settled(launched["Id"])["Status"] == "TAINTED"
    assert stage.terminated(launched["Id"], IgnoreErrors=True)
    assert [group for group in groups(stage) if launched["Id"] in group]


def test_a_deleted_launch_role_strands_its_products(stage: Stage) -> None:
    """API:UpdateProvisionedProductProperties: the role is kept with the provisioned product."""
    role = stage.launch_role()
    launched = stage.open().launch()
    iam = stage.sandbox.client("iam", ACCOUNTS.research)
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


def test_tags_stay_where_a_constraint_says_so(stage: Stage, refused: Refused) -> None:
    """API:CreateConstraint, RESOURCE_UPDATE: NOT_ALLOWED."""
    stage.constrain("RESOURCE_UPDATE", Version="2.0", Properties={"TagUpdateOnProvisionedProduct": "NOT_ALLOWED"})
    launched = stage.open().launch()

    with refused("InvalidParametersException", "Tags cannot be updated"):
        stage.update(launched["Id"], Tags=[{"Key": "team", "Value": "b"}])


def test_a_product_that_left_its_portfolio_and_came_back_has_another_path(stage: Stage, refused: Refused) -> None:
    """terraform-provider-aws issue 31705, comments: "Invalid PathId" on an update."""
    launched = stage.open().launch()
    before = stage.wait_for_path(stage.research)
    stage.hub.disassociate_product_from_portfolio(ProductId=stage.product, PortfolioId=stage.portfolio)
    stage.hub.associate_product_with_portfolio(ProductId=stage.product, PortfolioId=stage.portfolio)
    after = stage.wait_for_path(stage.research)

    assert after != before
    with refused("InvalidParametersException", f"Invalid PathId: {before}"):
        stage.update(launched["Id"], PathId=before)
    assert stage.update(launched["Id"], PathId=after)["Status"] == "AVAILABLE"


def test_another_product_swaps_the_template_under_the_same_name(stage: Stage) -> None:
    """Administrator Guide, "Updating provisioned products": resources go, and others come."""
    launched = stage.open().launch()
    first = stage.product
    stage.add_product("other", TEMPLATE.replace("StackName}-${Suffix}", "StackName}-other"))
    stage.wait_for_path(stage.research)
    changed = stage.update(launched["Id"], ProductId=stage.product, ProvisioningArtifactId=stage.version)

    assert first != stage.product
    assert (changed["Status"], changed["Name"], changed["ProductId"]) == ("AVAILABLE", launched["Name"], stage.product)
    assert {name.rpartition("-")[2] for name in groups(stage) if launched["Id"] in name} == {"other"}


def test_a_launch_in_error_can_be_terminated_but_not_updated(stage: Stage) -> None:
    """CloudFormation User Guide, "Stack status codes": a stack in ROLLBACK_COMPLETE can only be deleted."""
    role = stage.launch_role(CLOUDFORMATION)
    failed = stage.open().launch()
    iam = stage.sandbox.client("iam", ACCOUNTS.research)
    iam.put_role_policy(RoleName=role, PolicyName="p", PolicyDocument=policy(*CLOUDFORMATION, LOGS))

    assert failed["Status"] == "ERROR"
    assert stage.update(failed["Id"])["Status"] == "ERROR"
    assert stage.terminated(failed["Id"])


def test_the_launch_role_is_kept_with_what_it_built(stage: Stage) -> None:
    """API:UpdateProvisionedProductProperties, LAUNCH_ROLE: the role stands whatever becomes of the constraint."""
    role = stage.launch_role()
    launched = stage.open().launch()
    for constraint in stage.hub.list_constraints_for_portfolio(PortfolioId=stage.portfolio)["ConstraintDetails"]:
        stage.hub.delete_constraint(Id=constraint["ConstraintId"])

    assert stage.settled(launched["Id"])["LaunchRoleArn"].endswith(f":role/{role}")
    assert stage.terminated(launched["Id"])
