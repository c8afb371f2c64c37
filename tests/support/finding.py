"""Searches of an account of the sandbox, and what there is to be found."""

import json
import os
from collections.abc import Callable, Collection, Mapping
from functools import cache
from typing import Final

from cli.rehearsal.deployers import POLICIES, rendered
from fleet.recover.search import Search
from shared.aws.session import AccountSession
from shared.stack.settings import AccountSettings
from tests.support.sandbox.accounts import HUB, MANAGEMENT, REGION
from tests.support.sandbox.process import Client, Sandbox
from tests.support.sandbox.setup import TEMPLATE, policy

TAGS = {"model-catalog-hub": "hub"}
TAGGED = [{"Key": "model-catalog-hub", "Value": "hub"}, {"Key": "team", "Value": "x"}]
OTHERS = [{"Key": "model-catalog-hub", "Value": "hub-b"}]
TRUST = json.dumps({"Version": "2012-10-17", "Statement": []})
STACK_SETS = "member.org.stacksets.cloudformation.amazonaws.com"

PORTFOLIO = "aws:servicecatalog/portfolio:Portfolio"
PRODUCT = "aws:servicecatalog/product:Product"
VERSION = "aws:servicecatalog/provisioningArtifact:ProvisioningArtifact"
ASSOCIATION = "aws:servicecatalog/productPortfolioAssociation:ProductPortfolioAssociation"
CONSTRAINT = "aws:servicecatalog/constraint:Constraint"
SHARE = "aws:servicecatalog/portfolioShare:PortfolioShare"
PRINCIPAL = "aws:servicecatalog/principalPortfolioAssociation:PrincipalPortfolioAssociation"
TAG_OPTION = "aws:servicecatalog/tagOption:TagOption"
ON_RESOURCE = "aws:servicecatalog/tagOptionResourceAssociation:TagOptionResourceAssociation"
ACTION = "aws:servicecatalog/serviceAction:ServiceAction"
BUDGET = "aws:servicecatalog/budgetResourceAssociation:BudgetResourceAssociation"
LAUNCH = "aws:servicecatalog/provisionedProduct:ProvisionedProduct"
ROLE = "aws:iam/role:Role"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
BUCKET = "aws:s3/bucket:Bucket"
OBJECT = "aws:s3/bucketObjectv2:BucketObjectv2"
STACK = "aws:cloudformation/stack:Stack"
STACK_SET = "aws:cloudformation/stackSet:StackSet"
INSTANCES = "aws:cloudformation/stackInstances:StackInstances"
Find = Callable[..., str]


def search_in(
    account: str,
    *,
    known: Mapping[str, Collection[str]] | None = None,
    planned: bool = False,
    pause: Callable[[float], None] = lambda _: None,
) -> Search:
    """Make a search of an account, that does not wait."""
    session = signed_in(account, os.environ["AWS_ENDPOINT_URL"])
    return Search(account=session, tags=TAGS, known=known or {}, planned=planned, pause=pause)


@cache
def signed_in(account: str, url: str) -> AccountSession:
    """Sign in once at each sandbox, as who may do what docs/iam lets a deployer and a recovery do, and nothing else."""
    iam = Sandbox(url).client("iam", account)
    trusted = {"AWS": f"arn:aws:iam::{MANAGEMENT}:user/administrator"}
    trust = {"Effect": "Allow", "Principal": trusted, "Action": "sts:AssumeRole"}
    iam.create_role(RoleName=_ROLE, AssumeRolePolicyDocument=policy(trust))
    for name in ("organization-deployer", "hub-deployer", "spoke-deployer", "recovery"):
        document = json.loads((POLICIES / f"{name}.json").read_text())
        iam.put_role_policy(RoleName=_ROLE, PolicyName=name, PolicyDocument=rendered(document, account))
    settings = {"accountId": account, "assumeRole": f"arn:aws:iam::{account}:role/{_ROLE}", "aws:region": REGION}
    return AccountSession(AccountSettings.model_validate(settings), where="Pulumi.hub.yaml")


_ROLE: Final = "Recovery"


def make_portfolio(catalog: Client, name: str, tags: list[dict[str, str]] = TAGGED) -> str:
    """Make a portfolio."""
    return catalog.create_portfolio(DisplayName=name, ProviderName="p", Tags=tags)["PortfolioDetail"]["Id"]


def make_product(aws: Sandbox, name: str, tags: list[dict[str, str]] = TAGGED) -> str:
    """Make a product with a version of that name."""
    s3 = aws.client("s3", HUB)
    bucket = f"templates-{name}"
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket=bucket, Key="t", Body=TEMPLATE.encode())
    made = aws.client("servicecatalog", HUB).create_product(
        Name=name,
        Owner="ml",
        ProductType="CLOUD_FORMATION_TEMPLATE",
        Tags=tags,
        ProvisioningArtifactParameters={
            "Name": "1.0.0",
            "Info": {"LoadTemplateFromURL": f"https://{bucket}.s3.{REGION}.amazonaws.com/t"},
        },
    )
    return made["ProductViewDetail"]["ProductViewSummary"]["ProductId"]
