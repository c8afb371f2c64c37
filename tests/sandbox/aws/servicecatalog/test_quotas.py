"""Quotas that need many objects: the last one that fits is taken, and the next one is refused."""

from typing import cast

import pytest

from sandbox.aws.backend import Identifiers
from sandbox.aws.iam.callers import Caller
from sandbox.aws.organization import Organization, OrganizationFile
from sandbox.aws.servicecatalog.call import Call, CatalogBackend
from sandbox.aws.servicecatalog.errors import LimitExceededException
from sandbox.aws.servicecatalog.model import Json, Share
from sandbox.aws.servicecatalog.portfolios import create_portfolio
from sandbox.aws.servicecatalog.shares import create_portfolio_share
from sandbox.clock import Clock
from tests.support.sandbox.accounts import ACCOUNTS
from tests.support.sandbox.expecting import Expect
from tests.support.sandbox.process import Sandbox
from tests.support.sandbox.setup import TEMPLATE, Setup

pytestmark = pytest.mark.sandbox_only  # on AWS they would take hours, and use up what others need


def test_a_region_holds_350_products_and_a_portfolio_150_of_them(sandbox: Sandbox, api_error: Expect) -> None:
    """AWS General Reference, "Service Catalog endpoints and quotas"."""
    region = "ap-south-1"  # of its own: it is full afterwards
    catalog, s3 = (sandbox.client(service, ACCOUNTS.research, region) for service in ("servicecatalog", "s3"))
    s3.create_bucket(Bucket="many-products", CreateBucketConfiguration={"LocationConstraint": region})
    s3.put_object(Bucket="many-products", Key="t.template", Body=TEMPLATE.encode())
    info = {"LoadTemplateFromURL": f"https://many-products.s3.{region}.amazonaws.com/t.template"}

    def create(number: int) -> str:
        made = catalog.create_product(
            Name=f"product-{number}",
            Owner="ml",
            ProductType="CLOUD_FORMATION_TEMPLATE",
            ProvisioningArtifactParameters={"Name": "v1", "Info": info},
        )
        return made["ProductViewDetail"]["ProductViewSummary"]["ProductId"]

    products = [create(number) for number in range(350)]
    with api_error("LimitExceededException", "350 products"):
        create(350)

    portfolio = catalog.create_portfolio(DisplayName="p", ProviderName="x")["PortfolioDetail"]["Id"]
    for product in products[:150]:
        catalog.associate_product_with_portfolio(PortfolioId=portfolio, ProductId=product)
    with api_error("LimitExceededException", "150 products per portfolio"):
        catalog.associate_product_with_portfolio(PortfolioId=portfolio, ProductId=products[150])


def test_a_portfolio_takes_100_principals(setup: Setup, api_error: Expect) -> None:
    """AWS General Reference, "Service Catalog endpoints and quotas"."""
    iam = setup.client("iam", ACCOUNTS.hub)
    users = [iam.create_user(UserName=f"{setup.name}-{number}")["User"]["Arn"] for number in range(101)]
    for user in users[:100]:
        setup.grant(ACCOUNTS.hub, user)
    with api_error("LimitExceededException", "100 principals per portfolio"):
        setup.grant(ACCOUNTS.hub, users[100])

    setup.grant(ACCOUNTS.hub, users[0])  # who is there already takes no room


def test_a_portfolio_is_shared_with_5000_accounts_at_most() -> None:
    """AWS General Reference, "Service Catalog endpoints and quotas". In this process: 5,000 calls would take long."""
    hub, *others = "999988880000", "999988880001", "999988880002"
    accounts = [{"id": each, "name": each, "ou": "Many"} for each in others]
    organization = OrganizationFile.model_validate({"management": hub, "accounts": accounts})
    arn = f"arn:aws:iam::{hub}:user/administrator"
    call = Call(
        CatalogBackend(Clock(), Identifiers(0), Organization(organization, 0)),
        Caller(hub, arn, arn, hub, "eu-central-1"),
    )
    made = cast("Json", create_portfolio(call, {"DisplayName": "p", "ProviderName": "x"}))
    portfolio = made["PortfolioDetail"]
    shared = [Share("ACCOUNT", f"{number:012}", accepted=False) for number in range(4999)]
    portfolio.shares.extend(shared)

    create_portfolio_share(call, {"PortfolioId": portfolio.id, "AccountId": others[0]})
    with pytest.raises(LimitExceededException, match="5000 shares per portfolio"):
        create_portfolio_share(call, {"PortfolioId": portfolio.id, "AccountId": others[1]})

    assert 5000 == len(portfolio.shares)
