"""Who may launch, on which path, and whose launches one may touch."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.sandbox.accounts import ACCOUNTS
from tests.support.sandbox.building import trusting_research
from tests.support.sandbox.expecting import Expect
from tests.support.sandbox.process import Client
from tests.support.sandbox.setup import ADMINISTRATOR, TEMPLATE, Setup


def test_a_launch_without_an_associated_principal_finds_no_path(setup: Setup, api_error: Expect) -> None:
    """aws-cdk issue 8404: AdministratorAccess is not enough."""
    setup.share()
    with api_error("ResourceNotFoundException", f"No launch paths found for resource: {setup.product}"):
        setup.launch()
    setup.grant()
    setup.wait_for_path(setup.research)

    assert setup.launch()["Status"] == "AVAILABLE"


@pytest.mark.sandbox_only
def test_a_path_appears_a_moment_after_the_association(setup: Setup, api_error: Expect) -> None:
    """aws-service-catalog-products issue 51: eventual consistency."""
    setup.share()
    with setup.sandbox.standing_still():
        setup.grant()
        with api_error("ResourceNotFoundException", "No launch paths found"):
            setup.research.list_launch_paths(ProductId=setup.product)
    path = setup.wait_for_path(setup.research)

    assert path.startswith("lpv3-")


def test_with_two_paths_one_must_be_named(setup: Setup, api_error: Expect) -> None:
    """API:ProvisionProduct, PathId: "required if the product has more than one path"."""
    setup.open()
    setup.take_over(setup.local_portfolio())
    path = setup.wait_for_path(setup.research, 2)
    with api_error("InvalidParametersException", "More than one launch path"):
        setup.launch()
    with api_error("InvalidParametersException", "Invalid PathId: lpv3-nowhere"):
        setup.launch(PathId="lpv3-nowhere")

    assert setup.launch(PathId=path)["Status"] == "AVAILABLE"
    assert setup.launch(PathName=f"{setup.name}-local")["Status"] == "AVAILABLE"


def test_shared_tag_options_ask_for_a_value(setup: Setup, api_error: Expect) -> None:
    """Administrator Guide, "TagOption Library": single values are enforced, others must be chosen."""
    for key, value in (("cost", "one"), ("stage", "dev"), ("stage", "prod")):
        option = setup.hub.create_tag_option(Key=f"{key}-{setup.name}", Value=value)["TagOptionDetail"]["Id"]
        setup.hub.associate_tag_option_with_resource(ResourceId=setup.portfolio, TagOptionId=option)
    setup.share(ShareTagOptions=True)
    setup.grant()
    setup.wait_for_path(setup.research)
    offered = setup.research.describe_provisioning_parameters(
        ProductId=setup.product, ProvisioningArtifactId=setup.version
    )["TagOptions"]
    with api_error("InvalidParametersException", f"stage-{setup.name}"):
        setup.launch()
    launched = setup.launch(Tags=[{"Key": f"stage-{setup.name}", "Value": "dev"}])
    tags = setup.research.describe_record(Id=launched["LastRecordId"])["RecordDetail"]["RecordTags"]

    assert {option["Key"]: option["Values"] for option in offered} == {
        f"cost-{setup.name}": ["one"],
        f"stage-{setup.name}": ["dev", "prod"],
    }
    assert {"Key": f"cost-{setup.name}", "Value": "one"} in tags


def offer(setup: Setup, resource: str, value: str) -> None:
    """Hang a tag option on a portfolio or product."""
    option = setup.hub.create_tag_option(Key=f"stage-{setup.name}", Value=value)["TagOptionDetail"]["Id"]
    setup.hub.associate_tag_option_with_resource(ResourceId=resource, TagOptionId=option)


def tag_options(setup: Setup) -> list[dict[str, Any]]:
    """What research is asked for."""
    asked = {"ProductId": setup.product, "ProvisioningArtifactId": setup.version}
    return setup.research.describe_provisioning_parameters(**asked)["TagOptions"]


def test_tag_options_stay_at_home_unless_they_are_shared(setup: Setup) -> None:
    """API:CreatePortfolioShare, ShareTagOptions: the default is no; API:UpdatePortfolioShare."""
    offer(setup, setup.portfolio, "dev")
    setup.open()
    assert tag_options(setup) == []
    assert setup.launch()["Status"] == "AVAILABLE"

    token = setup.hub.update_portfolio_share(
        PortfolioId=setup.portfolio, OrganizationNode=setup.workloads(), ShareTagOptions=True
    )["PortfolioShareToken"]
    assert setup.share_status(token) == "COMPLETED"
    assert tag_options(setup) == [{"Key": f"stage-{setup.name}", "Values": ["dev"]}]


def test_tag_options_of_a_product_stay_at_home_when_it_is_taken_into_a_local_portfolio(setup: Setup) -> None:
    """API:CreatePortfolioShare, ShareTagOptions: they come with the share, through whatever portfolio."""
    offer(setup, setup.product, "dev")
    setup.share()
    setup.take_over(setup.local_portfolio())
    setup.wait_for_path(setup.research)
    assert tag_options(setup) == []

    token = setup.hub.update_portfolio_share(
        PortfolioId=setup.portfolio, OrganizationNode=setup.workloads(), ShareTagOptions=True
    )["PortfolioShareToken"]
    assert setup.share_status(token) == "COMPLETED"
    assert tag_options(setup) == [{"Key": f"stage-{setup.name}", "Values": ["dev"]}]


def test_tag_options_that_contradict_each_other_leave_no_value_and_do_not_block(setup: Setup) -> None:
    """API:DescribeProvisioningParameters: an empty list of values is a conflict, and sc-tagconflict-... the tag."""
    offer(setup, setup.portfolio, "dev")
    offer(setup, setup.product, "prod")
    setup.share(ShareTagOptions=True)
    setup.grant()
    setup.wait_for_path(setup.research)
    launched = setup.launch()
    tags = setup.research.describe_record(Id=launched["LastRecordId"])["RecordDetail"]["RecordTags"]

    assert tag_options(setup) == [{"Key": f"stage-{setup.name}", "Values": []}]
    conflict = f"sc-tagconflict-{setup.portfolio}-{setup.product}"
    assert {"Key": f"stage-{setup.name}", "Value": conflict} in tags


def test_end_users_see_what_they_can_launch(setup: Setup, api_error: Expect) -> None:
    """API:SearchProducts, DescribeProduct, DescribeProductView, DescribeProvisioningParameters."""
    with api_error("ResourceNotFoundException"):
        setup.research.describe_product(Id=setup.product)
    setup.open()
    (found,) = setup.research.search_products(Filters={"FullTextSearch": [setup.name]})["ProductViewSummaries"]
    product = setup.research.describe_product(Name=setup.name)
    view = setup.research.describe_product_view(Id=found["Id"])
    asked = setup.research.describe_provisioning_parameters(
        ProductId=setup.product, ProvisioningArtifactName="v1", PathName=setup.name
    )
    days = asked["ProvisioningArtifactParameters"][0]

    assert found["ProductId"] == setup.product
    assert product["LaunchPaths"][0]["Name"] == setup.name
    assert view["ProvisioningArtifacts"][0]["Id"] == setup.version
    assert (days["ParameterKey"], days["DefaultValue"]) == ("Days", "7")
    assert days["ParameterConstraints"]["AllowedValues"] == ["7", "30"]
    assert asked["ProvisioningArtifactOutputKeys"] == [{"Key": "Name", "Description": "the group"}]
    management = setup.client("servicecatalog", ACCOUNTS.management)
    assert management.search_products(Filters={"FullTextSearch": [setup.name]})["ProductViewSummaries"] == []


def test_a_pattern_grants_by_name_in_any_account(setup: Setup, api_error: Expect) -> None:
    """API:AssociatePrincipalWithPortfolio, IAM_PATTERN."""
    setup.share()
    arn = setup.make_role(ACCOUNTS.research, f"{setup.name}-ml", trusting_research())
    team = setup.as_role(arn)
    with api_error("InvalidParametersException", "IAM_PATTERN"):
        setup.grant(ACCOUNTS.research, f"arn:aws:iam::{ACCOUNTS.research}:role/{setup.name}*", "IAM_PATTERN")
    with api_error("InvalidParametersException", "not valid"):
        setup.grant(ACCOUNTS.research, "arn:aws:iam:::*/x", "IAM_PATTERN")
    setup.grant(ACCOUNTS.research, f"arn:aws:iam:::role/{setup.name}-ml?", "IAM_PATTERN")

    assert setup.wait_for_path(team)


def test_ten_patterns_are_the_most(setup: Setup, api_error: Expect) -> None:
    """API:AssociatePrincipalWithPortfolio: at most 10 IAM_PATTERN principals."""
    with api_error("LimitExceededException", "10"):
        for number in range(11):
            setup.grant(ACCOUNTS.hub, f"arn:aws:iam:::role/{setup.name}{number}", "IAM_PATTERN")

    assert len(setup.hub.list_principals_for_portfolio(PortfolioId=setup.portfolio)["Principals"]) == 10


def test_a_principal_must_exist_in_the_account(setup: Setup, api_error: Expect) -> None:
    """API:AssociatePrincipalWithPortfolio, IAM: an existing ARN."""
    with api_error("InvalidParametersException", "existing"):
        setup.grant(ACCOUNTS.hub, f"arn:aws:iam::{ACCOUNTS.hub}:role/nobody")
    with api_error("InvalidParametersException", "existing"):
        setup.grant(ACCOUNTS.hub, ACCOUNTS.administrator(ACCOUNTS.research))


def test_a_role_made_anew_is_another_principal(setup: Setup, api_error: Expect) -> None:
    """aws-nuke issue 801: the association points to a dead unique id."""
    setup.share()
    trust = trusting_research()
    arn = setup.make_role(ACCOUNTS.research, setup.name, trust)
    setup.grant(ACCOUNTS.research, arn)
    iam = setup.sandbox.client("iam", ACCOUNTS.research)
    iam.delete_role_policy(RoleName=setup.name, PolicyName="p")
    iam.delete_role(RoleName=setup.name)
    setup.make_role(ACCOUNTS.research, setup.name, trust)
    team = setup.as_role(arn)
    (listed,) = setup.research.list_principals_for_portfolio(PortfolioId=setup.portfolio)["Principals"]

    assert listed["PrincipalARN"].startswith("AROA")
    with api_error("ResourceNotFoundException", "No launch paths found"):
        setup.launch(team)


@pytest.mark.parametrize(
    ("level", "sees_other_session", "sees_other_role"),
    [("userLevel", False, False), ("roleLevel", True, False), ("accountLevel", True, True)],
)
def test_levels_of_access_decide_whose_launches_one_touches(
    setup: Setup, api_error: Expect, level: str, *, sees_other_session: bool, sees_other_role: bool
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
    role = setup.make_role(ACCOUNTS.research, setup.name, trusting_research(), [catalog, own, build])
    setup.open()
    setup.grant(ACCOUNTS.research, role)
    setup.grant()
    ann, bob = setup.as_role(role, "ann"), setup.as_role(role, "bob")
    setup.wait_for_path(ann)
    hers, others = setup.launch(ann), setup.launch()

    assert (hers["Status"], others["Status"]) == ("AVAILABLE", "AVAILABLE")
    assert touches(ann, hers["Id"])
    assert touches(bob, hers["Id"]) is sees_other_session
    assert touches(ann, others["Id"]) is sees_other_role
    listing = {"Key": level.removesuffix("Level").capitalize(), "Value": "self"}
    listed = bob.scan_provisioned_products(AccessLevelFilter=listing)["ProvisionedProducts"]
    assert (hers["Id"] in {each["Id"] for each in listed}) is sees_other_session
    if level != "accountLevel":
        with api_error("AccessDeniedException"):
            bob.scan_provisioned_products(AccessLevelFilter={"Key": "Account", "Value": "self"})


def touches(client: Client, provisioned: str) -> bool:
    try:
        client.describe_provisioned_product(Id=provisioned)
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") != "AccessDeniedException":
            raise
        return False
    return True


def test_a_new_version_is_there_for_all_who_have_access(setup: Setup) -> None:
    """Administrator Guide, "Updating products": it is automatically available, in shared portfolios too."""
    setup.open()
    second = setup.add_version("v2", TEMPLATE)
    offered = setup.research.describe_product(Id=setup.product)["ProvisioningArtifacts"]

    assert {version["Id"] for version in offered} == {setup.version, second}
    assert setup.launch(ProvisioningArtifactId=second)["ProvisioningArtifactId"] == second


def test_the_star_of_a_pattern_spans_the_path_of_a_role(setup: Setup) -> None:
    """API:AssociatePrincipalWithPortfolio: "*" also matches "/"."""
    setup.share()
    setup.grant(ACCOUNTS.research, f"arn:aws:iam:::role/*{setup.name}", "IAM_PATTERN")
    arn = setup.make_role(ACCOUNTS.research, setup.name, trusting_research(), path="/teams/ml/")

    assert arn.endswith(f":role/teams/ml/{setup.name}")
    assert setup.wait_for_path(setup.as_role(arn))


def test_portfolios_of_one_name_leave_the_path_open(setup: Setup, api_error: Expect) -> None:
    """terraform-provider-controltower issue 48: "More than one launch path ids exist"."""
    setup.open()
    local = setup.local_portfolio()
    setup.research.update_portfolio(Id=local, DisplayName=setup.name)
    setup.take_over(local)
    setup.wait_for_path(setup.research, 2)

    with api_error("InvalidParametersException", "More than one launch path ids exist"):
        setup.launch(PathName=setup.name)


def test_a_search_shows_what_the_account_launched_and_a_scan_what_the_user_did(setup: Setup) -> None:
    """API:SearchProvisionedProducts, AccessLevelFilter: the default is Account; API:ScanProvisionedProducts: User."""
    setup.open()
    other = setup.as_role(setup.make_role(ACCOUNTS.research, f"looks-{setup.name}", trusting_research()))
    launched = setup.launch()["Id"]
    found = other.search_provisioned_products(Filters={"SearchQuery": [f"id:{launched}"]})["ProvisionedProducts"]
    scanned = other.scan_provisioned_products()["ProvisionedProducts"]

    assert [each["Id"] for each in found] == [launched]
    assert launched not in [each["Id"] for each in scanned]
