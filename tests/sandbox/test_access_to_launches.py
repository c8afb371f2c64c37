"""Who may launch, and whose launches one may touch."""

from typing import Any

from tests.sandbox.conftest import Refused
from tests.sandbox.stage import (
    ADMINISTRATOR,
    HUB,
    PRODUCTION,
    RESEARCH,
    Stage,
)


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
