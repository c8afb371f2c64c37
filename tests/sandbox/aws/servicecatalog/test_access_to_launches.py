"""Who may launch, on which path, and whose launches one may touch."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.conftest import Refused
from tests.support.sandbox.accounts import ACCOUNTS
from tests.support.sandbox.building import trusting_research
from tests.support.sandbox.process import Client
from tests.support.sandbox.stage import ADMINISTRATOR, TEMPLATE, Stage


def test_a_launch_without_an_associated_principal_finds_no_path(stage: Stage, refused: Refused) -> None:
    """aws-cdk issue 8404: AdministratorAccess is not enough."""
    stage.share()
    with refused("ResourceNotFoundException", f"No launch paths found for resource: {stage.product}"):
        stage.launch()
    stage.grant()
    stage.wait_for_path(stage.research)

    assert stage.launch()["Status"] == "AVAILABLE"


@pytest.mark.sandbox_only
def test_a_path_appears_a_moment_after_the_association(stage: Stage, refused: Refused) -> None:
    """aws-service-catalog-products issue 51: eventual consistency."""
    stage.share()
    with stage.sandbox.standing_still():
        stage.grant()
        with refused("ResourceNotFoundException", "No launch paths found"):
            stage.research.list_launch_paths(ProductId=stage.product)
    path = stage.wait_for_path(stage.research)

    assert path.startswith("lpv3-")


def test_with_two_paths_one_must_be_named(stage: Stage, refused: Refused) -> None:
    """API:ProvisionProduct, PathId: "required if the product has more than one path"."""
    stage.open()
    stage.take_over(stage.local_portfolio())
    path = stage.wait_for_path(stage.research, 2)
    with refused("InvalidParametersException", "More than one launch path"):
        stage.launch()
    with refused("InvalidParametersException", "Invalid PathId: lpv3-nowhere"):
        stage.launch(PathId="lpv3-nowhere")

    assert stage.launch(PathId=path)["Status"] == "AVAILABLE"
    assert stage.launch(PathName=f"{stage.name}-local")["Status"] == "AVAILABLE"


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


def offer(stage: Stage, resource: str, value: str) -> None:
    """Hang a tag option on a portfolio or product."""
    option = stage.hub.create_tag_option(Key=f"stage-{stage.name}", Value=value)["TagOptionDetail"]["Id"]
    stage.hub.associate_tag_option_with_resource(ResourceId=resource, TagOptionId=option)


def tag_options(stage: Stage) -> list[dict[str, Any]]:
    """What research is asked for."""
    asked = {"ProductId": stage.product, "ProvisioningArtifactId": stage.version}
    return stage.research.describe_provisioning_parameters(**asked)["TagOptions"]


def test_tag_options_stay_at_home_unless_they_are_shared(stage: Stage) -> None:
    """API:CreatePortfolioShare, ShareTagOptions: the default is no; API:UpdatePortfolioShare."""
    offer(stage, stage.portfolio, "dev")
    stage.open()
    assert tag_options(stage) == []
    assert stage.launch()["Status"] == "AVAILABLE"

    token = stage.hub.update_portfolio_share(
        PortfolioId=stage.portfolio, OrganizationNode=stage.workloads(), ShareTagOptions=True
    )["PortfolioShareToken"]
    assert stage.share_status(token) == "COMPLETED"
    assert tag_options(stage) == [{"Key": f"stage-{stage.name}", "Values": ["dev"]}]


def test_tag_options_of_a_product_stay_at_home_when_it_is_taken_into_a_local_portfolio(stage: Stage) -> None:
    """API:CreatePortfolioShare, ShareTagOptions: they come with the share, through whatever portfolio."""
    offer(stage, stage.product, "dev")
    stage.share()
    stage.take_over(stage.local_portfolio())
    stage.wait_for_path(stage.research)
    assert tag_options(stage) == []

    token = stage.hub.update_portfolio_share(
        PortfolioId=stage.portfolio, OrganizationNode=stage.workloads(), ShareTagOptions=True
    )["PortfolioShareToken"]
    assert stage.share_status(token) == "COMPLETED"
    assert tag_options(stage) == [{"Key": f"stage-{stage.name}", "Values": ["dev"]}]


def test_tag_options_that_contradict_each_other_leave_no_value_and_do_not_block(stage: Stage) -> None:
    """API:DescribeProvisioningParameters: an empty list of values is a conflict, and sc-tagconflict-... the tag."""
    offer(stage, stage.portfolio, "dev")
    offer(stage, stage.product, "prod")
    stage.share(ShareTagOptions=True)
    stage.grant()
    stage.wait_for_path(stage.research)
    launched = stage.launch()
    tags = stage.research.describe_record(Id=launched["LastRecordId"])["RecordDetail"]["RecordTags"]

    assert tag_options(stage) == [{"Key": f"stage-{stage.name}", "Values": []}]
    conflict = f"sc-tagconflict-{stage.portfolio}-{stage.product}"
    assert {"Key": f"stage-{stage.name}", "Value": conflict} in tags


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
    management = stage.client("servicecatalog", ACCOUNTS.management)
    assert management.search_products(Filters={"FullTextSearch": [stage.name]})["ProductViewSummaries"] == []


def test_a_pattern_grants_by_name_in_any_account(stage: Stage, refused: Refused) -> None:
    """API:AssociatePrincipalWithPortfolio, IAM_PATTERN."""
    stage.share()
    arn = stage.make_role(ACCOUNTS.research, f"{stage.name}-ml", trusting_research())
    team = stage.as_role(arn)
    with refused("InvalidParametersException", "IAM_PATTERN"):
        stage.grant(ACCOUNTS.research, f"arn:aws:iam::{ACCOUNTS.research}:role/{stage.name}*", "IAM_PATTERN")
    with refused("InvalidParametersException", "not valid"):
        stage.grant(ACCOUNTS.research, "arn:aws:iam:::*/x", "IAM_PATTERN")
    stage.grant(ACCOUNTS.research, f"arn:aws:iam:::role/{stage.name}-ml?", "IAM_PATTERN")

    assert stage.wait_for_path(team)


def test_ten_patterns_are_the_most(stage: Stage, refused: Refused) -> None:
    """API:AssociatePrincipalWithPortfolio: at most 10 IAM_PATTERN principals."""
    with refused("LimitExceededException", "10"):
        for number in range(11):
            stage.grant(ACCOUNTS.hub, f"arn:aws:iam:::role/{stage.name}{number}", "IAM_PATTERN")

    assert len(stage.hub.list_principals_for_portfolio(PortfolioId=stage.portfolio)["Principals"]) == 10


def test_a_principal_must_exist_in_the_account(stage: Stage, refused: Refused) -> None:
    """API:AssociatePrincipalWithPortfolio, IAM: an existing ARN."""
    with refused("InvalidParametersException", "existing"):
        stage.grant(ACCOUNTS.hub, f"arn:aws:iam::{ACCOUNTS.hub}:role/nobody")
    with refused("InvalidParametersException", "existing"):
        stage.grant(ACCOUNTS.hub, ACCOUNTS.administrator(ACCOUNTS.research))


def test_a_role_made_anew_is_another_principal(stage: Stage, refused: Refused) -> None:
    """aws-nuke issue 801: the association points to a dead unique id."""
    stage.share()
    trust = trusting_research()
    arn = stage.make_role(ACCOUNTS.research, stage.name, trust)
    stage.grant(ACCOUNTS.research, arn)
    iam = stage.sandbox.client("iam", ACCOUNTS.research)
    iam.delete_role_policy(RoleName=stage.name, PolicyName="p")
    iam.delete_role(RoleName=stage.name)
    stage.make_role(ACCOUNTS.research, stage.name, trust)
    team = stage.as_role(arn)
    (listed,) = stage.research.list_principals_for_portfolio(PortfolioId=stage.portfolio)["Principals"]

    assert listed["PrincipalARN"].startswith("AROA")
    with refused("ResourceNotFoundException", "No launch paths found"):
        stage.launch(team)


@pytest.mark.parametrize(
    ("level", "sees_other_session", "sees_other_role"),
    [("userLevel", False, False), ("roleLevel", True, False), ("accountLevel", True, True)],
)
def test_levels_of_access_decide_whose_launches_one_touches(
    stage: Stage, refused: Refused, level: str, *, sees_other_session: bool, sees_other_role: bool
) -> None:
    """Administrator Guide, "Example access policies for provisioned product management"."""
    launching = ["ListLaunchPaths", "ProvisionProduct"]
    managing = ["DescribeProvisionedProduct", "ScanProvisionedProducts"]
    catalog = {**ADMINISTRATOR, "Action": [f"servicecatalog:{name}" for name in launching]}
    own = {
        **ADMINISTRATOR,
        "Action": [f"servicecatalog:{name}" for name in managing],
        "Condition": {"StringEquals": {f"servicecatalog:{level}": "self"}},
    }
    build = {**ADMINISTRATOR, "Action": ["logs:*", "cloudformation:*", "s3:*"]}
    role = stage.make_role(ACCOUNTS.research, stage.name, trusting_research(), [catalog, own, build])
    stage.open()
    stage.grant(ACCOUNTS.research, role)
    stage.grant()
    ann, bob = stage.as_role(role, "ann"), stage.as_role(role, "bob")
    stage.wait_for_path(ann)
    hers, others = stage.launch(ann), stage.launch()

    assert (hers["Status"], others["Status"]) == ("AVAILABLE", "AVAILABLE")
    assert touches(ann, hers["Id"])
    assert touches(bob, hers["Id"]) is sees_other_session
    assert touches(ann, others["Id"]) is sees_other_role
    listing = {"Key": level.removesuffix("Level").capitalize(), "Value": "self"}
    listed = bob.scan_provisioned_products(AccessLevelFilter=listing)["ProvisionedProducts"]
    assert (hers["Id"] in {each["Id"] for each in listed}) is sees_other_session
    if level != "accountLevel":
        with refused("AccessDeniedException"):
            bob.scan_provisioned_products(AccessLevelFilter={"Key": "Account", "Value": "self"})


def touches(client: Client, provisioned: str) -> bool:
    try:
        client.describe_provisioned_product(Id=provisioned)
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") != "AccessDeniedException":
            raise
        return False
    return True


def test_a_new_version_is_there_for_all_who_have_access(stage: Stage) -> None:
    """Administrator Guide, "Updating products": it is automatically available, in shared portfolios too."""
    stage.open()
    second = stage.add_version("v2", TEMPLATE)
    offered = stage.research.describe_product(Id=stage.product)["ProvisioningArtifacts"]

    assert {version["Id"] for version in offered} == {stage.version, second}
    assert stage.launch(ProvisioningArtifactId=second)["ProvisioningArtifactId"] == second


def test_the_star_of_a_pattern_spans_the_path_of_a_role(stage: Stage) -> None:
    """API:AssociatePrincipalWithPortfolio: "*" also matches "/"."""
    stage.share()
    stage.grant(ACCOUNTS.research, f"arn:aws:iam:::role/*{stage.name}", "IAM_PATTERN")
    arn = stage.make_role(ACCOUNTS.research, stage.name, trusting_research(), path="/teams/ml/")

    assert arn.endswith(f":role/teams/ml/{stage.name}")
    assert stage.wait_for_path(stage.as_role(arn))


def test_portfolios_of_one_name_leave_the_path_open(stage: Stage, refused: Refused) -> None:
    """terraform-provider-controltower issue 48: "More than one launch path ids exist"."""
    stage.open()
    local = stage.local_portfolio()
    stage.research.update_portfolio(Id=local, DisplayName=stage.name)
    stage.take_over(local)
    stage.wait_for_path(stage.research, 2)

    with refused("InvalidParametersException", "More than one launch path ids exist"):
        stage.launch(PathName=stage.name)
