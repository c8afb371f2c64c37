"""What becomes of a launch: updates, failures, termination."""

from tests.support.sandbox.accounts import ACCOUNTS
from tests.support.sandbox.building import CLOUDFORMATION, LOGS, groups
from tests.support.sandbox.expecting import Expect
from tests.support.sandbox.setup import TEMPLATE, Setup, parameters, policy


def test_a_deprecated_version_updates_but_does_not_launch(setup: Setup, api_error: Expect) -> None:
    """API:UpdateProvisioningArtifact, Guidance."""
    launched = setup.open().launch()
    second = setup.add_version("v2", TEMPLATE.replace("the group", "the log group"))
    setup.hub.update_provisioning_artifact(
        ProductId=setup.product, ProvisioningArtifactId=second, Guidance="DEPRECATED"
    )
    with api_error("InvalidParametersException", "deprecated"):
        setup.launch(ProvisioningArtifactId=second)
    setup.research.update_provisioned_product(ProvisionedProductId=launched["Id"], ProvisioningArtifactId=second)

    assert setup.settled(launched["Id"])["ProvisioningArtifactId"] == second


def test_an_inactive_version_neither_launches_nor_updates(setup: Setup, api_error: Expect) -> None:
    """Administrator Guide, "Managing versions"."""
    launched = setup.open().launch()
    second = setup.add_version("v2", TEMPLATE)
    setup.hub.update_provisioning_artifact(ProductId=setup.product, ProvisioningArtifactId=second, Active=False)

    with api_error("ResourceNotFoundException", second):
        setup.launch(ProvisioningArtifactId=second)
    with api_error("ResourceNotFoundException", second):
        setup.research.update_provisioned_product(ProvisionedProductId=launched["Id"], ProvisioningArtifactId=second)
    assert [v["Name"] for v in setup.research.describe_product(Id=setup.product)["ProvisioningArtifacts"]] == ["v1"]


def test_an_update_changes_the_stack_in_place(setup: Setup) -> None:
    """API:UpdateProvisionedProduct."""
    launched = setup.open().launch(ProvisioningParameters=parameters(Suffix="a"))
    setup.research.update_provisioned_product(
        ProvisionedProductId=launched["Id"], ProvisioningParameters=parameters(Suffix="b")
    )
    changed = setup.settled(launched["Id"])
    outputs = setup.research.get_provisioned_product_outputs(ProvisionedProductId=launched["Id"], OutputKeys=["Name"])

    assert changed["Status"] == "AVAILABLE"
    assert outputs["Outputs"][0]["OutputValue"].endswith("-b")
    assert {name[-2:] for name in groups(setup) if launched["Id"] in name} == {"-b"}


def test_a_failed_launch_is_in_error_and_leaves_nothing(setup: Setup) -> None:
    """API:ProvisionedProductDetail, Status: ERROR; a ROLLBACK_COMPLETE stack remains."""
    setup.launch_role([*CLOUDFORMATION, {**LOGS, "Action": ["logs:CreateLogGroup", "logs:DescribeLogGroups"]}])
    launched = setup.open().launch()
    name = f"SC-{ACCOUNTS.research}-{launched['Id']}"
    (stack,) = setup.client("cloudformation", ACCOUNTS.research).describe_stacks(StackName=name)["Stacks"]
    record = setup.research.describe_record(Id=launched["LastRecordId"])["RecordDetail"]

    assert launched["Status"] == "ERROR"
    assert "is not authorized to perform: logs:TagResource" in launched["StatusMessage"]
    assert "LastSuccessfulProvisioningRecordId" not in launched
    assert (record["Status"], record["RecordErrors"][0]["Description"]) == ("FAILED", launched["StatusMessage"])
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert not [group for group in groups(setup) if launched["Id"] in group]


def test_a_failed_update_is_tainted_and_the_old_state_stands(setup: Setup) -> None:
    """API:ProvisionedProductDetail, Status: TAINTED."""
    role = setup.launch_role([*CLOUDFORMATION, LOGS])
    launched = setup.open().launch()
    iam = setup.sandbox.client("iam", ACCOUNTS.research)
    less = {**LOGS, "Action": ["logs:DescribeLogGroups", "logs:DeleteLogGroup", "logs:CreateLogGroup"]}
    iam.put_role_policy(RoleName=role, PolicyName="p", PolicyDocument=policy(*CLOUDFORMATION, less))
    setup.research.update_provisioned_product(
        ProvisionedProductId=launched["Id"], ProvisioningParameters=parameters(Suffix="b")
    )
    changed = setup.settled(launched["Id"])

    assert changed["Status"] == "TAINTED"
    assert "logs:TagResource" in changed["StatusMessage"]
    assert changed["LastSuccessfulProvisioningRecordId"] == launched["LastRecordId"]
    assert {name[-2:] for name in groups(setup) if launched["Id"] in name} == {"-a"}

    iam.put_role_policy(RoleName=role, PolicyName="p", PolicyDocument=policy(*CLOUDFORMATION, LOGS))
    setup.research.update_provisioned_product(
        ProvisionedProductId=launched["Id"], ProvisioningParameters=parameters(Suffix="b")
    )
    assert setup.settled(launched["Id"])["Status"] == "AVAILABLE"


def test_termination_takes_everything_down(setup: Setup, api_error: Expect) -> None:
    """API:TerminateProvisionedProduct."""
    launched = setup.open().launch()

    assert setup.terminated(launched["Id"])
    assert not [group for group in groups(setup) if launched["Id"] in group]
    with api_error("ResourceNotFoundException"):
        setup.research.describe_provisioned_product(Id=launched["Id"])
    history = setup.research.list_record_history(SearchFilter={"Key": "provisionedproduct", "Value": launched["Id"]})
    assert [record["RecordType"] for record in history["RecordDetails"]] == [
        "TERMINATE_PROVISIONED_PRODUCT",
        "PROVISION_PRODUCT",
    ]


def test_a_failed_termination_is_tainted_unless_errors_are_ignored(setup: Setup) -> None:
    """API:TerminateProvisionedProduct, IgnoreErrors."""
    role = setup.launch_role([*CLOUDFORMATION, LOGS])
    launched = setup.open().launch()
    iam = setup.sandbox.client("iam", ACCOUNTS.research)
    iam.put_role_policy(RoleName=role, PolicyName="p", PolicyDocument=policy(*CLOUDFORMATION))

    assert not setup.terminated(launched["Id"])
    assert setup.settled(launched["Id"])["Status"] == "TAINTED"
    assert setup.terminated(launched["Id"], IgnoreErrors=True)
    assert [group for group in groups(setup) if launched["Id"] in group]


def test_a_deleted_launch_role_strands_its_products(setup: Setup) -> None:
    """API:UpdateProvisionedProductProperties: the role is kept with the provisioned product."""
    role = setup.launch_role()
    launched = setup.open().launch()
    iam = setup.sandbox.client("iam", ACCOUNTS.research)
    iam.delete_role_policy(RoleName=role, PolicyName="p")
    iam.delete_role(RoleName=role)

    assert not setup.terminated(launched["Id"])
    assert "does not exist" in setup.settled(launched["Id"])["StatusMessage"]


def test_physical_resources_can_be_retained(setup: Setup) -> None:
    """API:TerminateProvisionedProduct, RetainPhysicalResources."""
    launched = setup.open().launch()

    assert setup.terminated(launched["Id"], RetainPhysicalResources=True)
    assert [group for group in groups(setup) if launched["Id"] in group]


def test_tags_change_only_where_a_constraint_allows_it(setup: Setup, api_error: Expect) -> None:
    """API:UpdateProvisionedProduct, Tags: requires a RESOURCE_UPDATE constraint."""
    tags = [{"Key": "team", "Value": "a"}]
    launched = setup.open().launch(Tags=tags)
    with api_error("InvalidParametersException", "RESOURCE_UPDATE"):
        setup.research.update_provisioned_product(ProvisionedProductId=launched["Id"], Tags=[])
    setup.constrain("RESOURCE_UPDATE", Version="2.0", Properties={"TagUpdateOnProvisionedProduct": "ALLOWED"})
    changed = [{"Key": "team", "Value": "b"}]
    setup.research.update_provisioned_product(ProvisionedProductId=launched["Id"], Tags=changed)
    assert setup.settled(launched["Id"])["Status"] == "AVAILABLE"

    (found,) = setup.research.search_provisioned_products(Filters={"SearchQuery": [f"id:{launched['Id']}"]})[
        "ProvisionedProducts"
    ]
    assert [tag for tag in found["Tags"] if not tag["Key"].startswith("aws:")] == changed


def test_tags_stay_where_a_constraint_says_so(setup: Setup, api_error: Expect) -> None:
    """API:CreateConstraint, RESOURCE_UPDATE: NOT_ALLOWED."""
    setup.constrain("RESOURCE_UPDATE", Version="2.0", Properties={"TagUpdateOnProvisionedProduct": "NOT_ALLOWED"})
    launched = setup.open().launch()

    with api_error("InvalidParametersException", "Tags cannot be updated"):
        setup.update(launched["Id"], Tags=[{"Key": "team", "Value": "b"}])


def test_a_product_that_went_to_another_portfolio_has_another_path(setup: Setup, api_error: Expect) -> None:
    """terraform-provider-aws issue 31705, comments: "Invalid PathId" on an update; AWS CLI, list-launch-paths."""
    launched = setup.open().launch()
    before, first = setup.wait_for_path(setup.research), setup.portfolio
    setup.hub.disassociate_product_from_portfolio(ProductId=setup.product, PortfolioId=setup.portfolio)
    made = setup.hub.create_portfolio(DisplayName=f"{setup.name}-other", ProviderName="platform")
    setup.portfolio = made["PortfolioDetail"]["Id"]
    setup.hub.associate_product_with_portfolio(ProductId=setup.product, PortfolioId=setup.portfolio)
    setup.open()
    after = setup.wait_for_path(setup.research)

    assert (before, after) == (first.replace("port-", "lpv3-"), setup.portfolio.replace("port-", "lpv3-"))
    with api_error("InvalidParametersException", f"Invalid PathId: {before}"):
        setup.update(launched["Id"], PathId=before)
    assert setup.update(launched["Id"], PathId=after)["Status"] == "AVAILABLE"


def test_another_product_swaps_the_template_under_the_same_name(setup: Setup) -> None:
    """Administrator Guide, "Updating provisioned products": resources go, and others come."""
    launched = setup.open().launch()
    first = setup.product
    setup.add_product("other", TEMPLATE.replace("StackName}-${Suffix}", "StackName}-other"))
    setup.wait_for_path(setup.research)
    changed = setup.update(launched["Id"], ProductId=setup.product, ProvisioningArtifactId=setup.version)

    assert first != setup.product
    assert (changed["Status"], changed["Name"], changed["ProductId"]) == ("AVAILABLE", launched["Name"], setup.product)
    assert {name.rpartition("-")[2] for name in groups(setup) if launched["Id"] in name} == {"other"}


def test_a_launch_in_error_can_be_terminated_but_not_updated(setup: Setup) -> None:
    """CloudFormation User Guide, "Stack status codes": a stack in ROLLBACK_COMPLETE can only be deleted."""
    role = setup.launch_role(CLOUDFORMATION)
    failed = setup.open().launch()
    iam = setup.sandbox.client("iam", ACCOUNTS.research)
    iam.put_role_policy(RoleName=role, PolicyName="p", PolicyDocument=policy(*CLOUDFORMATION, LOGS))

    assert failed["Status"] == "ERROR"
    assert setup.update(failed["Id"])["Status"] == "ERROR"
    assert setup.terminated(failed["Id"])


def test_the_launch_role_is_kept_with_what_it_built(setup: Setup) -> None:
    """API:UpdateProvisionedProductProperties, LAUNCH_ROLE: the role stands whatever becomes of the constraint."""
    role = setup.launch_role()
    launched = setup.open().launch()
    for constraint in setup.hub.list_constraints_for_portfolio(PortfolioId=setup.portfolio)["ConstraintDetails"]:
        setup.hub.delete_constraint(Id=constraint["ConstraintId"])

    assert setup.settled(launched["Id"])["LaunchRoleArn"].endswith(f":role/{role}")
    assert setup.terminated(launched["Id"])
