"""Portfolios, products, versions, associations: the administrator's side of the catalog."""

import pytest

from tests.sandbox.conftest import Refused
from tests.support.sandbox.accounts import ACCOUNTS
from tests.support.sandbox.process import Sandbox
from tests.support.sandbox.stage import TEMPLATE, Stage


def test_a_portfolio_lives_from_create_to_delete(stage: Stage, refused: Refused) -> None:
    """API:CreatePortfolio, UpdatePortfolio, DeletePortfolio."""
    made = stage.hub.create_portfolio(
        DisplayName=f"{stage.name}-a",
        ProviderName="b",
        Tags=[{"Key": "k", "Value": "1"}, {"Key": "gone", "Value": "x"}],
    )["PortfolioDetail"]
    changed = stage.hub.update_portfolio(
        Id=made["Id"], DisplayName=f"{stage.name}-c", AddTags=[{"Key": "k", "Value": "2"}], RemoveTags=["k", "gone"]
    )

    assert made["Id"].startswith("port-")
    assert made["ARN"] == f"arn:aws:catalog:{stage.region}:{ACCOUNTS.hub}:portfolio/{made['Id']}"
    assert (changed["PortfolioDetail"]["DisplayName"], changed["PortfolioDetail"]["ProviderName"]) == (
        f"{stage.name}-c",
        "b",
    )
    assert changed["Tags"] == [{"Key": "k", "Value": "2"}]
    assert stage.hub.describe_portfolio(Id=made["Id"])["PortfolioDetail"] == changed["PortfolioDetail"]

    stage.hub.delete_portfolio(Id=made["Id"])
    with refused("ResourceNotFoundException", made["Id"]):
        stage.hub.describe_portfolio(Id=made["Id"])


def test_another_account_and_another_region_do_not_have_it(stage: Stage, refused: Refused) -> None:
    """Administrator Guide, "Infrastructure security": catalogs are regional, and each account's own."""
    elsewhere = "us-east-1" if stage.region != "us-east-1" else "eu-west-1"
    with refused("ResourceNotFoundException"):
        stage.research.describe_portfolio(Id=stage.portfolio)
    with refused("ResourceNotFoundException"):
        stage.sandbox.client("servicecatalog", ACCOUNTS.hub, elsewhere).describe_portfolio(Id=stage.portfolio)
    with refused("ResourceNotFoundException"):
        stage.research.describe_product_as_admin(Id=stage.product)


@pytest.mark.sandbox_only
def test_a_product_is_creating_and_then_available(stage: Stage) -> None:
    """API:CreateProduct, DescribeProductAsAdmin."""
    with stage.sandbox.standing_still():
        made = stage.hub.create_product(
            Name=f"{stage.name}-p",
            Owner="o",
            Description="d",
            SupportEmail="a@example.com",
            ProductType="CLOUD_FORMATION_TEMPLATE",
            ProvisioningArtifactParameters={"Name": "v1", "Info": stage.info(TEMPLATE)},
        )
    summary = made["ProductViewDetail"]["ProductViewSummary"]
    described = stage.hub.describe_product_as_admin(Id=summary["ProductId"])

    assert made["ProductViewDetail"]["Status"] == "CREATING"
    assert described["ProductViewDetail"]["Status"] == "AVAILABLE"
    assert summary["ProductId"].startswith("prod-")
    assert summary["Id"].startswith("prodview-")
    assert (summary["ShortDescription"], summary["SupportEmail"]) == ("d", "a@example.com")
    assert made["ProvisioningArtifactDetail"]["Id"].startswith("pa-")
    assert [a["Name"] for a in described["ProvisioningArtifactSummaries"]] == ["v1"]


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ("just: text", "Resources"),
        ("[1, 2]", "not a mapping"),
        ("a: [", "format error"),
        ("Resources: {A: {Properties: {}}}", "no Type"),
        ("Resources: {A: {Type: AWS::SNS::Topic, Properties: {TopicName: !Ref Nowhere}}}", "Nowhere"),
        ('{"Resources": {}}', "Resources"),
    ],
)
def test_a_template_that_is_not_cloudformation_is_refused(
    stage: Stage, refused: Refused, template: str, reason: str
) -> None:
    """API:CreateProvisioningArtifact: InvalidParametersException."""
    with refused("InvalidParametersException", reason):
        stage.add_version("bad", template)


def test_a_template_must_be_readable_by_the_caller(stage: Stage, refused: Refused) -> None:
    """API:ProvisioningArtifactProperties, Info: LoadTemplateFromURL is fetched from S3."""
    info = stage.info(TEMPLATE)
    with refused("InvalidParametersException", "may not read"):
        stage.research.create_product(
            Name=f"{stage.name}-p",
            Owner="o",
            ProductType="CLOUD_FORMATION_TEMPLATE",
            ProvisioningArtifactParameters={"Name": "v1", "Info": info},
        )
    missing = {"LoadTemplateFromURL": info["LoadTemplateFromURL"] + "x"}
    with refused("InvalidParametersException", "no object"):
        stage.hub.create_provisioning_artifact(ProductId=stage.product, Parameters={"Name": "v", "Info": missing})


@pytest.mark.parametrize(
    "info", [{"Body": "Resources: {}"}, {"LoadTemplateFromURL": "http://b.s3.amazonaws.com/t.template"}]
)
def test_a_template_comes_by_https(stage: Stage, refused: Refused, info: dict[str, str]) -> None:
    """API:ProvisioningArtifactProperties, Info: a URL of the form https://..."""
    with refused("InvalidParametersException"):
        stage.hub.create_provisioning_artifact(ProductId=stage.product, Parameters={"Name": "v", "Info": info})


def test_a_version_keeps_its_template_whatever_becomes_of_the_object(stage: Stage) -> None:
    """Administrator Guide, "Launch constraints": the template is read from a service-owned bucket."""
    version = stage.add_version("v2", TEMPLATE)
    s3 = stage.s3
    for item in s3.list_objects_v2(Bucket=stage.name)["Contents"]:
        s3.delete_object(Bucket=stage.name, Key=item["Key"])
    stage.open()

    assert stage.launch(ProvisioningArtifactId=version)["Status"] == "AVAILABLE"


def test_a_version_changes_in_name_description_activity_and_guidance(stage: Stage) -> None:
    """API:UpdateProvisioningArtifact."""
    stage.hub.update_provisioning_artifact(
        ProductId=stage.product, ProvisioningArtifactId=stage.version, Name="w", Active=False, Guidance="DEPRECATED"
    )
    (found,) = stage.hub.list_provisioning_artifacts(ProductId=stage.product)["ProvisioningArtifactDetails"]

    assert (found["Name"], found["Active"], found["Guidance"]) == ("w", False, "DEPRECATED")


def test_versions_of_one_name_cannot_be_told_apart(stage: Stage, refused: Refused) -> None:
    """terraform-provider-aws issue 24362."""
    stage.add_version("v1", TEMPLATE)

    with refused("InvalidParametersException", "Multiple Provisioning Artifact with name v1 found"):
        stage.hub.describe_provisioning_artifact(ProductId=stage.product, ProvisioningArtifactName="v1")


def test_the_last_version_stays(stage: Stage, refused: Refused) -> None:
    """API:DeleteProvisioningArtifact."""
    with refused("ResourceInUseException"):
        stage.hub.delete_provisioning_artifact(ProductId=stage.product, ProvisioningArtifactId=stage.version)
    second = stage.add_version("v2", TEMPLATE)
    stage.hub.delete_provisioning_artifact(ProductId=stage.product, ProvisioningArtifactId=stage.version)

    (left,) = stage.hub.list_provisioning_artifacts(ProductId=stage.product)["ProvisioningArtifactDetails"]
    assert left["Id"] == second


def test_what_hangs_on_a_portfolio_keeps_it_from_being_deleted(stage: Stage, refused: Refused) -> None:
    """API:DeletePortfolio, API:DeleteProduct."""
    stage.grant(ACCOUNTS.hub)
    with refused("ResourceInUseException", "Products, Principals"):
        stage.hub.delete_portfolio(Id=stage.portfolio)
    with refused("ResourceInUseException", "portfolio"):
        stage.hub.delete_product(Id=stage.product)

    stage.hub.disassociate_product_from_portfolio(ProductId=stage.product, PortfolioId=stage.portfolio)
    stage.hub.disassociate_principal_from_portfolio(
        PortfolioId=stage.portfolio, PrincipalARN=ACCOUNTS.administrator(ACCOUNTS.hub)
    )
    stage.hub.delete_portfolio(Id=stage.portfolio)
    stage.hub.delete_product(Id=stage.product)
    with refused("ResourceNotFoundException"):
        stage.hub.describe_product_as_admin(Id=stage.product)


def test_constraints_shares_and_tag_options_keep_a_portfolio_too(stage: Stage, refused: Refused) -> None:
    """API:DeletePortfolio: "if it was shared with other accounts or if it has associated ... constraints"."""
    stage.constrain("RESOURCE_UPDATE", Version="2.0", Properties={"TagUpdateOnProvisionedProduct": "ALLOWED"})
    with refused("ResourceInUseException", "Products, Constraints"):
        stage.hub.delete_portfolio(Id=stage.portfolio)
    shared = stage.hub.create_portfolio(DisplayName=f"{stage.name}-shared", ProviderName="x")["PortfolioDetail"]["Id"]
    stage.hub.create_portfolio_share(PortfolioId=shared, AccountId=ACCOUNTS.research)
    with refused("ResourceInUseException", "Shares"):
        stage.hub.delete_portfolio(Id=shared)
    stage.hub.delete_portfolio_share(PortfolioId=shared, AccountId=ACCOUNTS.research)
    stage.hub.delete_portfolio(Id=shared)

    with refused("ResourceNotFoundException"):
        stage.hub.describe_portfolio(Id=shared)


def test_a_product_with_constraints_stays_in_its_portfolio(stage: Stage, refused: Refused) -> None:
    """API:DisassociateProductFromPortfolio: ResourceInUseException."""
    stage.constrain("RESOURCE_UPDATE", Version="2.0", Properties={"TagUpdateOnProvisionedProduct": "ALLOWED"})

    with refused("ResourceInUseException", "constraints"):
        stage.hub.disassociate_product_from_portfolio(ProductId=stage.product, PortfolioId=stage.portfolio)


@pytest.mark.sandbox_only
def test_listings_come_in_pages(sandbox: Sandbox, refused: Refused) -> None:
    """API:ListPortfolios: PageSize and PageToken."""
    catalog = sandbox.client("servicecatalog", ACCOUNTS.research, "sa-east-1")
    made = {catalog.create_portfolio(DisplayName=f"p{n}", ProviderName="x")["PortfolioDetail"]["Id"] for n in range(5)}
    pages = list(catalog.get_paginator("list_portfolios").paginate(PaginationConfig={"PageSize": 2}))

    assert [len(page["PortfolioDetails"]) for page in pages] == [2, 2, 1]
    assert {portfolio["Id"] for page in pages for portfolio in page["PortfolioDetails"]} == made
    with refused("InvalidParametersException", "page token"):
        catalog.list_portfolios(PageToken="nonsense")


def test_one_idempotency_token_acts_once(stage: Stage, refused: Refused) -> None:
    """API:CreatePortfolio, IdempotencyToken."""
    asked = {"DisplayName": f"{stage.name}-once", "ProviderName": "x", "IdempotencyToken": stage.name}
    first = stage.hub.create_portfolio(**asked)["PortfolioDetail"]

    assert stage.hub.create_portfolio(**asked)["PortfolioDetail"] == first
    with refused("InvalidParametersException", "token"):
        stage.hub.create_portfolio(**{**asked, "DisplayName": "twice"})


def test_products_are_found_by_filter_and_portfolio(stage: Stage) -> None:
    """API:SearchProductsAsAdmin."""
    (found,) = stage.hub.search_products_as_admin(PortfolioId=stage.portfolio)["ProductViewDetails"]
    (same,) = stage.hub.search_products_as_admin(Filters={"FullTextSearch": [stage.name]})["ProductViewDetails"]

    assert found["ProductViewSummary"]["ProductId"] == same["ProductViewSummary"]["ProductId"] == stage.product
    assert stage.hub.search_products_as_admin(Filters={"Owner": [stage.name]})["ProductViewDetails"] == []


@pytest.mark.sandbox_only
def test_quotas_end_in_limit_exceeded(sandbox: Sandbox, refused: Refused) -> None:
    """AWS General Reference, "Service Catalog endpoints and quotas"."""
    catalog = sandbox.client("servicecatalog", ACCOUNTS.research, "ca-central-1")
    tags = [{"Key": f"k{n}", "Value": "v"} for n in range(21)]
    made = catalog.create_portfolio(DisplayName="p", ProviderName="x", Tags=tags[:20])["PortfolioDetail"]
    with refused("LimitExceededException", "20"):
        catalog.update_portfolio(Id=made["Id"], AddTags=tags[20:])
    for _ in range(99):
        catalog.create_portfolio(DisplayName="p", ProviderName="x")
    with refused("LimitExceededException", "100"):
        catalog.create_portfolio(DisplayName="p", ProviderName="x")


@pytest.mark.sandbox_only
def test_quotas_of_a_product_end_in_limit_exceeded(stage: Stage, refused: Refused) -> None:
    """AWS General Reference, "Service Catalog endpoints and quotas": versions, constraints, tag options."""
    info = stage.info(TEMPLATE)

    def add_version(number: int) -> None:
        parameters = {"Name": f"v{number}", "Info": info}
        stage.hub.create_provisioning_artifact(ProductId=stage.product, Parameters=parameters)

    def add_tag_option(number: int) -> None:
        option = stage.hub.create_tag_option(Key=stage.name, Value=str(number))["TagOptionDetail"]["Id"]
        stage.hub.associate_tag_option_with_resource(ResourceId=stage.product, TagOptionId=option)

    def add_constraint(number: int) -> None:
        rule = {"Assertions": [{"Assert": {"Fn::Equals": [str(number), "a"]}}]}
        stage.constrain("TEMPLATE", Rules={"R": rule})

    for present, quota, add in (
        (1, 100, add_version),
        (0, 100, add_constraint),
        (0, 25, add_tag_option),
    ):
        for number in range(present, quota):
            add(number)
        with refused("LimitExceededException", str(quota)):
            add(quota)


def test_tag_options_are_kept_apart_by_key_and_value(stage: Stage, refused: Refused) -> None:
    """API:CreateTagOption, UpdateTagOption, DeleteTagOption, AssociateTagOptionWithResource."""
    option = stage.hub.create_tag_option(Key=stage.name, Value="a")["TagOptionDetail"]
    with refused("DuplicateResourceException"):
        stage.hub.create_tag_option(Key=stage.name, Value="a")
    stage.hub.associate_tag_option_with_resource(ResourceId=stage.portfolio, TagOptionId=option["Id"])
    with refused("ResourceInUseException"):
        stage.hub.delete_tag_option(Id=option["Id"])
    (bearer,) = stage.hub.list_resources_for_tag_option(TagOptionId=option["Id"])["ResourceDetails"]

    assert option["Id"].startswith("tag-")
    assert bearer["Id"] == stage.portfolio
    stage.hub.disassociate_tag_option_from_resource(ResourceId=stage.portfolio, TagOptionId=option["Id"])
    stage.hub.update_tag_option(Id=option["Id"], Active=False)
    (left,) = stage.hub.list_tag_options(Filters={"Key": stage.name, "Active": False})["TagOptionDetails"]
    assert left["Id"] == option["Id"]
    stage.hub.delete_tag_option(Id=option["Id"])
    assert stage.hub.list_tag_options(Filters={"Key": stage.name})["TagOptionDetails"] == []


@pytest.mark.sandbox_only
def test_what_is_not_emulated_says_so_by_name(stage: Stage, refused: Refused) -> None:
    with refused("NotImplementedException", "servicecatalog:CopyProduct"):
        stage.hub.copy_product(SourceProductArn="arn:aws:catalog:eu-central-1:222233334444:product/prod-x")
