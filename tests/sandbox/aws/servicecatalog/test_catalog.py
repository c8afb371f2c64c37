"""Portfolios, products, versions, associations: the administrator's side of the catalog."""

import pytest

from tests.support.sandbox.accounts import ACCOUNTS
from tests.support.sandbox.expecting import Expect
from tests.support.sandbox.process import Sandbox
from tests.support.sandbox.setup import TEMPLATE, Setup


def test_a_portfolio_lives_from_create_to_delete(setup: Setup, api_error: Expect) -> None:
    """API:CreatePortfolio, UpdatePortfolio, DeletePortfolio."""
    made = setup.hub.create_portfolio(
        DisplayName=f"{setup.name}-a",
        ProviderName="b",
        Tags=[{"Key": "k", "Value": "1"}, {"Key": "gone", "Value": "x"}],
    )["PortfolioDetail"]
    changed = setup.hub.update_portfolio(
        Id=made["Id"], DisplayName=f"{setup.name}-c", AddTags=[{"Key": "k", "Value": "2"}], RemoveTags=["k", "gone"]
    )

    assert made["Id"].startswith("port-")
    assert made["ARN"] == f"arn:aws:catalog:{setup.region}:{ACCOUNTS.hub}:portfolio/{made['Id']}"
    assert (changed["PortfolioDetail"]["DisplayName"], changed["PortfolioDetail"]["ProviderName"]) == (
        f"{setup.name}-c",
        "b",
    )
    assert changed["Tags"] == [{"Key": "k", "Value": "2"}]
    assert setup.hub.describe_portfolio(Id=made["Id"])["PortfolioDetail"] == changed["PortfolioDetail"]

    setup.hub.delete_portfolio(Id=made["Id"])
    with api_error("ResourceNotFoundException", made["Id"]):
        setup.hub.describe_portfolio(Id=made["Id"])


def test_another_account_and_another_region_do_not_have_it(setup: Setup, api_error: Expect) -> None:
    """Administrator Guide, "Infrastructure security": catalogs are regional, and each account's own."""
    elsewhere = "us-east-1" if setup.region != "us-east-1" else "eu-west-1"
    with api_error("ResourceNotFoundException"):
        setup.research.describe_portfolio(Id=setup.portfolio)
    with api_error("ResourceNotFoundException"):
        setup.sandbox.client("servicecatalog", ACCOUNTS.hub, elsewhere).describe_portfolio(Id=setup.portfolio)
    with api_error("ResourceNotFoundException"):
        setup.research.describe_product_as_admin(Id=setup.product)


def test_a_product_is_created_and_stays_so(setup: Setup) -> None:
    """Terraform provider, product_test.go; AWS CLI's example of search-products-as-admin."""
    made = setup.hub.create_product(
        Name=f"{setup.name}-p",
        Owner="o",
        Description="d",
        SupportEmail="a@example.com",
        ProductType="CLOUD_FORMATION_TEMPLATE",
        ProvisioningArtifactParameters={"Name": "v1", "Info": setup.info(TEMPLATE)},
    )
    summary = made["ProductViewDetail"]["ProductViewSummary"]
    described = setup.hub.describe_product_as_admin(Id=summary["ProductId"])

    assert made["ProductViewDetail"]["Status"] == "CREATED"
    assert described["ProductViewDetail"]["Status"] == "CREATED"
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
    setup: Setup, api_error: Expect, template: str, reason: str
) -> None:
    """API:CreateProvisioningArtifact: InvalidParametersException."""
    with api_error("InvalidParametersException", reason):
        setup.add_version("bad", template)


def test_a_template_must_be_readable_by_the_caller(setup: Setup, api_error: Expect) -> None:
    """API:ProvisioningArtifactProperties, Info: LoadTemplateFromURL is fetched from S3."""
    info = setup.info(TEMPLATE)
    with api_error("InvalidParametersException", "may not read"):
        setup.research.create_product(
            Name=f"{setup.name}-p",
            Owner="o",
            ProductType="CLOUD_FORMATION_TEMPLATE",
            ProvisioningArtifactParameters={"Name": "v1", "Info": info},
        )
    missing = {"LoadTemplateFromURL": info["LoadTemplateFromURL"] + "x"}
    with api_error("InvalidParametersException", "no object"):
        setup.hub.create_provisioning_artifact(ProductId=setup.product, Parameters={"Name": "v", "Info": missing})


@pytest.mark.parametrize(
    "info", [{"Body": "Resources: {}"}, {"LoadTemplateFromURL": "http://b.s3.amazonaws.com/t.template"}]
)
def test_a_template_comes_by_https(setup: Setup, api_error: Expect, info: dict[str, str]) -> None:
    """API:ProvisioningArtifactProperties, Info: a URL of the form https://..."""
    with api_error("InvalidParametersException"):
        setup.hub.create_provisioning_artifact(ProductId=setup.product, Parameters={"Name": "v", "Info": info})


def test_a_version_keeps_its_template_whatever_becomes_of_the_object(setup: Setup) -> None:
    """Administrator Guide, "Launch constraints": the template is read from a service-owned bucket."""
    version = setup.add_version("v2", TEMPLATE)
    s3 = setup.s3
    for item in s3.list_objects_v2(Bucket=setup.name)["Contents"]:
        s3.delete_object(Bucket=setup.name, Key=item["Key"])
    setup.open()

    assert setup.launch(ProvisioningArtifactId=version)["Status"] == "AVAILABLE"


def test_a_version_changes_in_name_description_activity_and_guidance(setup: Setup) -> None:
    """API:UpdateProvisioningArtifact."""
    setup.hub.update_provisioning_artifact(
        ProductId=setup.product, ProvisioningArtifactId=setup.version, Name="w", Active=False, Guidance="DEPRECATED"
    )
    (found,) = setup.hub.list_provisioning_artifacts(ProductId=setup.product)["ProvisioningArtifactDetails"]

    assert (found["Name"], found["Active"], found["Guidance"]) == ("w", False, "DEPRECATED")


def test_versions_of_one_name_cannot_be_told_apart(setup: Setup, api_error: Expect) -> None:
    """terraform-provider-aws issue 24362."""
    setup.add_version("v1", TEMPLATE)

    with api_error("InvalidParametersException", "Multiple Provisioning Artifact with name v1 found"):
        setup.hub.describe_provisioning_artifact(ProductId=setup.product, ProvisioningArtifactName="v1")


def test_the_last_version_stays(setup: Setup, api_error: Expect) -> None:
    """API:DeleteProvisioningArtifact."""
    with api_error("ResourceInUseException"):
        setup.hub.delete_provisioning_artifact(ProductId=setup.product, ProvisioningArtifactId=setup.version)
    second = setup.add_version("v2", TEMPLATE)
    setup.hub.delete_provisioning_artifact(ProductId=setup.product, ProvisioningArtifactId=setup.version)

    (left,) = setup.hub.list_provisioning_artifacts(ProductId=setup.product)["ProvisioningArtifactDetails"]
    assert left["Id"] == second


def test_what_hangs_on_a_portfolio_keeps_it_from_being_deleted(setup: Setup, api_error: Expect) -> None:
    """API:DeletePortfolio, API:DeleteProduct."""
    setup.grant(ACCOUNTS.hub)
    with api_error("ResourceInUseException", "Products, Principals"):
        setup.hub.delete_portfolio(Id=setup.portfolio)
    with api_error("ResourceInUseException", "portfolio"):
        setup.hub.delete_product(Id=setup.product)

    setup.hub.disassociate_product_from_portfolio(ProductId=setup.product, PortfolioId=setup.portfolio)
    setup.hub.disassociate_principal_from_portfolio(
        PortfolioId=setup.portfolio, PrincipalARN=ACCOUNTS.administrator(ACCOUNTS.hub)
    )
    setup.hub.delete_portfolio(Id=setup.portfolio)
    setup.hub.delete_product(Id=setup.product)
    with api_error("ResourceNotFoundException"):
        setup.hub.describe_product_as_admin(Id=setup.product)


def test_constraints_shares_and_tag_options_keep_a_portfolio_too(setup: Setup, api_error: Expect) -> None:
    """API:DeletePortfolio: "if it was shared with other accounts or if it has associated ... constraints"."""
    setup.constrain("RESOURCE_UPDATE", Version="2.0", Properties={"TagUpdateOnProvisionedProduct": "ALLOWED"})
    with api_error("ResourceInUseException", "Products, Constraints"):
        setup.hub.delete_portfolio(Id=setup.portfolio)
    shared = setup.hub.create_portfolio(DisplayName=f"{setup.name}-shared", ProviderName="x")["PortfolioDetail"]["Id"]
    setup.hub.create_portfolio_share(PortfolioId=shared, AccountId=ACCOUNTS.research)
    with api_error("ResourceInUseException", "Shares"):
        setup.hub.delete_portfolio(Id=shared)
    setup.hub.delete_portfolio_share(PortfolioId=shared, AccountId=ACCOUNTS.research)
    setup.hub.delete_portfolio(Id=shared)

    with api_error("ResourceNotFoundException"):
        setup.hub.describe_portfolio(Id=shared)


def test_a_product_with_constraints_stays_in_its_portfolio(setup: Setup, api_error: Expect) -> None:
    """API:DisassociateProductFromPortfolio: ResourceInUseException."""
    setup.constrain("RESOURCE_UPDATE", Version="2.0", Properties={"TagUpdateOnProvisionedProduct": "ALLOWED"})

    with api_error("ResourceInUseException", "constraints"):
        setup.hub.disassociate_product_from_portfolio(ProductId=setup.product, PortfolioId=setup.portfolio)


@pytest.mark.sandbox_only
def test_listings_come_in_pages(sandbox: Sandbox, api_error: Expect) -> None:
    """API:ListPortfolios: PageSize and PageToken."""
    catalog = sandbox.client("servicecatalog", ACCOUNTS.research, "sa-east-1")
    made = {catalog.create_portfolio(DisplayName=f"p{n}", ProviderName="x")["PortfolioDetail"]["Id"] for n in range(5)}
    pages = list(catalog.get_paginator("list_portfolios").paginate(PaginationConfig={"PageSize": 2}))

    assert [len(page["PortfolioDetails"]) for page in pages] == [2, 2, 1]
    assert {portfolio["Id"] for page in pages for portfolio in page["PortfolioDetails"]} == made
    with api_error("InvalidParametersException", "page token"):
        catalog.list_portfolios(PageToken="nonsense")


def test_one_idempotency_token_acts_once(setup: Setup, api_error: Expect) -> None:
    """API:CreatePortfolio, IdempotencyToken."""
    asked = {"DisplayName": f"{setup.name}-once", "ProviderName": "x", "IdempotencyToken": setup.name}
    first = setup.hub.create_portfolio(**asked)["PortfolioDetail"]

    assert setup.hub.create_portfolio(**asked)["PortfolioDetail"] == first
    with api_error("InvalidParametersException", "token"):
        setup.hub.create_portfolio(**{**asked, "DisplayName": "twice"})


def test_products_are_found_by_filter_and_portfolio(setup: Setup) -> None:
    """API:SearchProductsAsAdmin."""
    (found,) = setup.hub.search_products_as_admin(PortfolioId=setup.portfolio)["ProductViewDetails"]
    (same,) = setup.hub.search_products_as_admin(Filters={"FullTextSearch": [setup.name]})["ProductViewDetails"]

    assert found["ProductViewSummary"]["ProductId"] == same["ProductViewSummary"]["ProductId"] == setup.product
    assert setup.hub.search_products_as_admin(Filters={"Owner": [setup.name]})["ProductViewDetails"] == []


@pytest.mark.sandbox_only
def test_quotas_end_in_limit_exceeded(sandbox: Sandbox, api_error: Expect) -> None:
    """AWS General Reference, "Service Catalog endpoints and quotas"."""
    catalog = sandbox.client("servicecatalog", ACCOUNTS.research, "ca-central-1")
    tags = [{"Key": f"k{n}", "Value": "v"} for n in range(21)]
    made = catalog.create_portfolio(DisplayName="p", ProviderName="x", Tags=tags[:20])["PortfolioDetail"]
    with api_error("LimitExceededException", "20"):
        catalog.update_portfolio(Id=made["Id"], AddTags=tags[20:])
    for _ in range(99):
        catalog.create_portfolio(DisplayName="p", ProviderName="x")
    with api_error("LimitExceededException", "100"):
        catalog.create_portfolio(DisplayName="p", ProviderName="x")


@pytest.mark.sandbox_only
def test_quotas_of_a_product_end_in_limit_exceeded(setup: Setup, api_error: Expect) -> None:
    """AWS General Reference, "Service Catalog endpoints and quotas": versions, constraints, tag options."""
    info = setup.info(TEMPLATE)

    def add_version(number: int) -> None:
        parameters = {"Name": f"v{number}", "Info": info}
        setup.hub.create_provisioning_artifact(ProductId=setup.product, Parameters=parameters)

    def add_tag_option(number: int) -> None:
        option = setup.hub.create_tag_option(Key=setup.name, Value=str(number))["TagOptionDetail"]["Id"]
        setup.hub.associate_tag_option_with_resource(ResourceId=setup.product, TagOptionId=option)

    def add_constraint(number: int) -> None:
        rule = {"Assertions": [{"Assert": {"Fn::Equals": [str(number), "a"]}}]}
        setup.constrain("TEMPLATE", Rules={"R": rule})

    for present, quota, add in (
        (1, 100, add_version),
        (0, 100, add_constraint),
        (0, 25, add_tag_option),
    ):
        for number in range(present, quota):
            add(number)
        with api_error("LimitExceededException", str(quota)):
            add(quota)


def test_tag_options_are_kept_apart_by_key_and_value(setup: Setup, api_error: Expect) -> None:
    """API:CreateTagOption, UpdateTagOption, DeleteTagOption, AssociateTagOptionWithResource."""
    option = setup.hub.create_tag_option(Key=setup.name, Value="a")["TagOptionDetail"]
    with api_error("DuplicateResourceException"):
        setup.hub.create_tag_option(Key=setup.name, Value="a")
    setup.hub.associate_tag_option_with_resource(ResourceId=setup.portfolio, TagOptionId=option["Id"])
    with api_error("ResourceInUseException"):
        setup.hub.delete_tag_option(Id=option["Id"])
    (bearer,) = setup.hub.list_resources_for_tag_option(TagOptionId=option["Id"])["ResourceDetails"]

    assert option["Id"].startswith("tag-")
    assert bearer["Id"] == setup.portfolio
    setup.hub.disassociate_tag_option_from_resource(ResourceId=setup.portfolio, TagOptionId=option["Id"])
    setup.hub.update_tag_option(Id=option["Id"], Active=False)
    (left,) = setup.hub.list_tag_options(Filters={"Key": setup.name, "Active": False})["TagOptionDetails"]
    assert left["Id"] == option["Id"]
    setup.hub.delete_tag_option(Id=option["Id"])
    assert setup.hub.list_tag_options(Filters={"Key": setup.name})["TagOptionDetails"] == []


@pytest.mark.sandbox_only
def test_what_is_not_emulated_says_so_by_name(setup: Setup, api_error: Expect) -> None:
    with api_error("NotImplementedException", "servicecatalog:ListStackInstancesForProvisionedProduct"):
        setup.hub.list_stack_instances_for_provisioned_product(ProvisionedProductId="pp-x")
