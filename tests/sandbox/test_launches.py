"""Launching: paths, roles, parameters, stacks, and what becomes of them."""

from typing import Any

import pytest

from tests.sandbox.conftest import Refused
from tests.sandbox.stage import (
    ADMINISTRATOR,
    HUB,
    PRODUCTION,
    RESEARCH,
    TEMPLATE,
    Stage,
    parameters,
    policy,
)

CLOUDFORMATION: list[dict[str, Any]] = [
    {"Effect": "Allow", "Action": "cloudformation:*", "Resource": f"arn:aws:cloudformation:*:{RESEARCH}:stack/SC-*"},
    {"Effect": "Allow", "Action": "cloudformation:GetTemplateSummary", "Resource": "*"},
    {
        "Effect": "Allow",
        "Action": "s3:GetObject",
        "Resource": "*",
        "Condition": {"StringEquals": {"s3:ExistingObjectTag/servicecatalog:provisioning": "true"}},
    },
]
LOGS = {"Effect": "Allow", "Action": "logs:*", "Resource": f"arn:aws:logs:*:{RESEARCH}:log-group:SC-*"}


def groups(stage: Stage, account: str = RESEARCH) -> set[str]:
    found = stage.client("logs", account).describe_log_groups()["logGroups"]
    return {group["logGroupName"] for group in found}


def test_a_launch_without_an_associated_principal_finds_no_path(stage: Stage, refused: Refused) -> None:
    """aws-cdk issue 8404: AdministratorAccess is not enough."""
    stage.share()
    with refused("ResourceNotFoundException", f"No launch paths found for resource: {stage.product}"):
        stage.launch()
    stage.grant()
    stage.wait_for_path(stage.research)

    assert stage.launch()["Status"] == "AVAILABLE"


def test_a_path_appears_a_moment_after_the_association(stage: Stage, refused: Refused) -> None:
    """aws-service-catalog-products issue 51: eventual consistency."""
    stage.share()
    with stage.sandbox.standing_still():
        stage.grant()
        with refused("ResourceNotFoundException", "No launch paths found"):
            stage.research.list_launch_paths(ProductId=stage.product)
    path = stage.wait_for_path(stage.research)

    assert path.startswith("lpv3-")


def test_a_launch_builds_a_stack_in_the_launching_account(stage: Stage) -> None:
    """API:ProvisionProduct; stack names as aws-account-vending-machine issue 7 has them."""
    launched = stage.open().launch(Tags=[{"Key": "team", "Value": "x"}], ProvisioningParameters=parameters(Days="30"))
    name = f"SC-{RESEARCH}-{launched['Id']}"
    (stack,) = stage.client("cloudformation", RESEARCH).describe_stacks(StackName=name)["Stacks"]
    record = stage.research.describe_record(Id=launched["LastRecordId"])
    outputs = {output["OutputKey"]: output["OutputValue"] for output in record["RecordOutputs"]}
    tags = {tag["Key"]: tag["Value"] for tag in stack["Tags"]}

    assert (
        launched["Arn"] == f"arn:aws:servicecatalog:{stage.region}:{RESEARCH}:stack/{launched['Name']}/{launched['Id']}"
    )
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    assert outputs == {"CloudformationStackARN": stack["StackId"], "Name": f"{name}-a"}
    assert tags["team"] == "x"
    assert tags["aws:servicecatalog:provisionedProductArn"] == launched["Arn"]
    assert record["RecordDetail"]["Status"] == "SUCCEEDED"
    assert record["RecordDetail"]["RecordType"] == "PROVISION_PRODUCT"
    assert f"{name}-a" in groups(stage)
    assert f"{name}-a" not in groups(stage, HUB)


def test_a_record_goes_from_created_over_in_progress(stage: Stage, refused: Refused) -> None:
    """API:RecordDetail, Status; API:ProvisionedProductDetail, Status."""
    stage.open()
    with stage.sandbox.standing_still():
        record = stage.research.provision_product(
            ProductId=stage.product, ProvisioningArtifactId=stage.version, ProvisionedProductName=stage.name
        )["RecordDetail"]
        found = stage.research.describe_provisioned_product(Name=stage.name)["ProvisionedProductDetail"]
        with refused("InvalidParametersException", "UNDER_CHANGE"):
            stage.research.terminate_provisioned_product(ProvisionedProductName=stage.name)

    assert record["Status"] == "CREATED"
    assert found["Status"] == "UNDER_CHANGE"
    assert stage.settled(found["Id"])["Status"] == "AVAILABLE"


def test_two_launches_cannot_have_one_name(stage: Stage, refused: Refused) -> None:
    """API:ProvisionProduct: DuplicateResourceException."""
    stage.open().launch(name=stage.name)

    with refused("DuplicateResourceException", stage.name):
        stage.launch(name=stage.name)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"Days": "8"}, "AllowedValues [7, 30]"),
        ({"Days": "many"}, "AllowedValues"),
        ({"Suffix": "A1"}, "must match pattern [a-z]+"),
        ({"Colour": "red"}, "[Colour] do not exist in the template"),
    ],
)
def test_wrong_parameters_are_refused_before_anything_begins(
    stage: Stage, refused: Refused, given: dict[str, str], reason: str
) -> None:
    """CloudFormation User Guide, "Parameters"; API:ProvisionProduct: InvalidParametersException."""
    stage.open()
    with refused("InvalidParametersException", reason):
        stage.launch(ProvisioningParameters=parameters(**given))


def test_a_parameter_without_default_must_be_given(stage: Stage, refused: Refused) -> None:
    """CloudFormation User Guide, "Parameters"."""
    version = stage.add_version("v2", TEMPLATE.replace("Default: a, ", ""))
    stage.open()
    with refused("InvalidParametersException", "[Suffix] must have values"):
        stage.launch(ProvisioningArtifactId=version)


def test_with_two_paths_one_must_be_named(stage: Stage, refused: Refused) -> None:
    """API:ProvisionProduct, PathId: "required if the product has more than one path"."""
    stage.open()
    local = stage.research.create_portfolio(DisplayName="local", ProviderName="x")["PortfolioDetail"]["Id"]
    stage.research.associate_product_with_portfolio(
        ProductId=stage.product, PortfolioId=local, SourcePortfolioId=stage.portfolio
    )
    stage.research.associate_principal_with_portfolio(
        PortfolioId=local, PrincipalARN=f"arn:aws:iam::{RESEARCH}:user/administrator", PrincipalType="IAM"
    )
    paths: list[dict[str, Any]] = []
    while len(paths) < 2:
        paths = stage.research.list_launch_paths(ProductId=stage.product)["LaunchPathSummaries"]
    with refused("InvalidParametersException", "More than one launch path"):
        stage.launch()
    with refused("InvalidParametersException", "Invalid PathId: lpv3-nowhere"):
        stage.launch(PathId="lpv3-nowhere")

    assert stage.launch(PathId=paths[0]["Id"])["Status"] == "AVAILABLE"
    assert stage.launch(PathName="local")["Status"] == "AVAILABLE"


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


def test_shared_tag_options_ask_for_a_value(stage: Stage, refused: Refused) -> None:
    """Administrator Guide, "TagOption Library": single values are enforced, others must be chosen."""
    for key, value in (("cost", "one"), ("stage", "dev"), ("stage", "prod")):
        option = stage.hub.create_tag_option(Key=f"{key}-{stage.name}", Value=value)["TagOptionDetail"]["Id"]
        stage.hub.associate_tag_option_with_resource(ResourceId=stage.portfolio, TagOptionId=option)
    stage.share(ShareTagOptions=True)
    stage.grant()
    stage.wait_for_path(stage.research)
    offered = stage.research.describe_provisioning_parameters(
        ProductId=stage.product, ProvisioningArtifactId=stage.version
    )["TagOptions"]
    with refused("InvalidParametersException", f"stage-{stage.name}"):
        stage.launch()
    launched = stage.launch(Tags=[{"Key": f"stage-{stage.name}", "Value": "dev"}])
    tags = stage.research.describe_record(Id=launched["LastRecordId"])["RecordDetail"]["RecordTags"]

    assert {option["Key"]: option["Values"] for option in offered} == {
        f"cost-{stage.name}": ["one"],
        f"stage-{stage.name}": ["dev", "prod"],
    }
    assert {"Key": f"cost-{stage.name}", "Value": "one"} in tags


def test_end_users_see_what_they_can_launch(stage: Stage, refused: Refused) -> None:
    """API:SearchProducts, DescribeProduct, DescribeProductView, DescribeProvisioningParameters."""
    with refused("ResourceNotFoundException"):
        stage.research.describe_product(Id=stage.product)
    stage.open()
    (found,) = stage.research.search_products(Filters={"FullTextSearch": [stage.name]})["ProductViewSummaries"]
    product = stage.research.describe_product(Name=stage.name)
    view = stage.research.describe_product_view(Id=found["Id"])
    asked = stage.research.describe_provisioning_parameters(
        ProductId=stage.product, ProvisioningArtifactName="v1", PathName=stage.name
    )
    days = asked["ProvisioningArtifactParameters"][0]

    assert found["ProductId"] == stage.product
    assert product["LaunchPaths"][0]["Name"] == stage.name
    assert view["ProvisioningArtifacts"][0]["Id"] == stage.version
    assert (days["ParameterKey"], days["DefaultValue"]) == ("Days", "7")
    assert days["ParameterConstraints"]["AllowedValues"] == ["7", "30"]
    assert asked["ProvisioningArtifactOutputKeys"] == [{"Key": "Name", "Description": "the group"}]
    assert stage.production.search_products(Filters={"FullTextSearch": [stage.name]})["ProductViewSummaries"] == []


def test_a_pattern_grants_by_name_in_any_account(stage: Stage, refused: Refused) -> None:
    """API:AssociatePrincipalWithPortfolio, IAM_PATTERN."""
    stage.share()
    trust = {"Effect": "Allow", "Principal": {"AWS": RESEARCH}, "Action": "sts:AssumeRole"}
    arn = stage.make_role(RESEARCH, f"{stage.name}-ml", trust)
    team = stage.as_role(arn)
    with refused("InvalidParametersException", "IAM_PATTERN"):
        stage.grant(RESEARCH, f"arn:aws:iam::{RESEARCH}:role/{stage.name}*", "IAM_PATTERN")
    with refused("InvalidParametersException", "not valid"):
        stage.grant(RESEARCH, "arn:aws:iam:::*/x", "IAM_PATTERN")
    stage.grant(RESEARCH, f"arn:aws:iam:::role/{stage.name}-ml?", "IAM_PATTERN")

    assert stage.wait_for_path(team)


def test_ten_patterns_are_the_most(stage: Stage, refused: Refused) -> None:
    """API:AssociatePrincipalWithPortfolio: at most 10 IAM_PATTERN principals."""
    with refused("LimitExceededException", "10"):
        for number in range(11):
            stage.grant(HUB, f"arn:aws:iam:::role/{stage.name}{number}", "IAM_PATTERN")

    assert len(stage.hub.list_principals_for_portfolio(PortfolioId=stage.portfolio)["Principals"]) == 10


def test_a_principal_must_exist_in_the_account(stage: Stage, refused: Refused) -> None:
    """API:AssociatePrincipalWithPortfolio, IAM: an existing ARN."""
    with refused("InvalidParametersException", "existing"):
        stage.grant(HUB, f"arn:aws:iam::{HUB}:role/nobody")
    with refused("InvalidParametersException", "existing"):
        stage.grant(HUB, f"arn:aws:iam::{RESEARCH}:user/administrator")


def test_a_role_made_anew_is_another_principal(stage: Stage, refused: Refused) -> None:
    """aws-nuke issue 801: the association points to a dead unique id."""
    stage.share()
    trust = {"Effect": "Allow", "Principal": {"AWS": RESEARCH}, "Action": "sts:AssumeRole"}
    arn = stage.make_role(RESEARCH, stage.name, trust)
    stage.grant(RESEARCH, arn)
    iam = stage.sandbox.client("iam", RESEARCH)
    iam.delete_role_policy(RoleName=stage.name, PolicyName="p")
    iam.delete_role(RoleName=stage.name)
    stage.make_role(RESEARCH, stage.name, trust)
    team = stage.as_role(arn)
    (listed,) = stage.research.list_principals_for_portfolio(PortfolioId=stage.portfolio)["Principals"]

    assert listed["PrincipalARN"].startswith("AROA")
    with refused("ResourceNotFoundException", "No launch paths found"):
        stage.launch(team)


def test_an_account_share_is_accepted_by_a_stack_and_an_organization_share_is_not(stage: Stage) -> None:
    """CloudFormation User Guide, AWS::ServiceCatalog::AcceptedPortfolioShare; roadmap issue 1860."""
    template = (
        '{"Resources":{"A":{"Type":"AWS::ServiceCatalog::AcceptedPortfolioShare",'
        f'"Properties":{{"PortfolioId":"{stage.portfolio}"}}}}}}}}'
    )
    stacks = stage.client("cloudformation", RESEARCH)

    def status(name: str) -> dict[str, Any]:
        stacks.create_stack(StackName=name, TemplateBody=template)
        return stacks.describe_stacks(StackName=name)["Stacks"][0]

    failed = status(f"{stage.name}-1")
    stage.hub.create_portfolio_share(PortfolioId=stage.portfolio, AccountId=RESEARCH)
    made = status(f"{stage.name}-2")
    accepted = stage.research.describe_portfolio(Id=stage.portfolio)["PortfolioDetail"]
    stacks.delete_stack(StackName=f"{stage.name}-2")
    shares = stage.hub.describe_portfolio_shares(PortfolioId=stage.portfolio, Type="ACCOUNT")["PortfolioShareDetails"]

    assert failed["StackStatus"] == "ROLLBACK_COMPLETE"
    assert f"Portfolio not found: {stage.portfolio}" in failed["StackStatusReason"]
    assert made["StackStatus"] == "CREATE_COMPLETE"
    assert accepted["Id"] == stage.portfolio
    assert shares[0]["Accepted"] is False


def test_levels_of_access_decide_whose_launches_one_touches(stage: Stage, refused: Refused) -> None:
    """Administrator Guide, "Example access policies for provisioned product management"."""
    trust = {"Effect": "Allow", "Principal": {"AWS": RESEARCH}, "Action": "sts:AssumeRole"}
    own = {
        "Effect": "Allow",
        "Action": "servicecatalog:*",
        "Resource": "*",
        "Condition": {"StringEquals": {"servicecatalog:userLevel": "self"}},
    }
    role = stage.make_role(
        RESEARCH, stage.name, trust, [own, {**ADMINISTRATOR, "Action": ["logs:*", "cloudformation:*", "s3:*"]}]
    )
    stage.open()
    stage.grant(RESEARCH, role)
    mine = stage.as_role(role, "ann")
    theirs = stage.as_role(role, "bob")
    stage.wait_for_path(mine)
    launched = stage.launch(mine)

    assert launched["Status"] == "AVAILABLE"
    assert len(mine.scan_provisioned_products()["ProvisionedProducts"]) == 1
    assert theirs.scan_provisioned_products()["ProvisionedProducts"] == []
    with refused("AccessDeniedException"):
        theirs.describe_provisioned_product(Id=launched["Id"])
    with refused("AccessDeniedException"):
        theirs.scan_provisioned_products(AccessLevelFilter={"Key": "Account", "Value": "self"})
    assert PRODUCTION not in str(launched)
