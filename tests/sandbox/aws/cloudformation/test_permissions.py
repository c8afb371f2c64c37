"""What a policy has to say for a call: the action, and the resource that the service gives it."""

from typing import Any

import pytest

from tests.sandbox.conftest import Refused
from tests.support.sandbox.accounts import ACCOUNTS
from tests.support.sandbox.process import Client
from tests.support.sandbox.stage import Stage


def role_with(stage: Stage, account: str, *statements: dict[str, Any]) -> str:
    """Make a role of an account that may do what the statements allow."""
    trust = {"Effect": "Allow", "Principal": {"AWS": account}, "Action": "sts:AssumeRole"}
    return stage.make_role(
        account, f"limited-{stage.name}", trust, [{"Effect": "Allow", **each} for each in statements]
    )


def as_limited(stage: Stage, service: str, account: str, *statements: dict[str, Any]) -> Client:
    """Make a client of somebody who may do what the statements allow."""
    credentials = stage.sandbox.assume(role_with(stage, account, *statements), account)
    return stage.sandbox.client_with(service, credentials, stage.region)


def test_portfolios_and_products_are_allowed_by_arn_and_constraints_only_all_together(
    stage: Stage, refused: Refused
) -> None:
    """Service Authorization Reference, "AWS Service Catalog": DescribeConstraint has no resource type."""
    constraint = stage.constrain(
        "RESOURCE_UPDATE", Version="2.0", Properties={"TagUpdateOnProvisionedProduct": "ALLOWED"}
    )
    own = f"arn:aws:catalog:*:{ACCOUNTS.hub}"
    somebody = as_limited(
        stage,
        "servicecatalog",
        ACCOUNTS.hub,
        {"Action": "servicecatalog:DescribePortfolio", "Resource": f"{own}:portfolio/{stage.portfolio}"},
        {"Action": "servicecatalog:DescribeProductAsAdmin", "Resource": f"{own}:portfolio/*"},
        {"Action": "servicecatalog:DescribeConstraint", "Resource": [f"{own}:portfolio/*", f"{own}:product/*"]},
    )

    assert somebody.describe_portfolio(Id=stage.portfolio)["PortfolioDetail"]["Id"] == stage.portfolio
    with refused("AccessDeniedException", "DescribeProductAsAdmin"):
        somebody.describe_product_as_admin(Id=stage.product)
    with refused("AccessDeniedException", "DescribeConstraint"):
        somebody.describe_constraint(Id=constraint)


@pytest.mark.sandbox_only
def test_deleting_many_objects_takes_permission_on_each_and_tagging_one_that_of_tagging(
    stage: Stage, refused: Refused
) -> None:
    """Amazon S3 API reference, DeleteObjects and PutObject. AWS refuses the one object; the sandbox, the whole call."""
    somebody = as_limited(
        stage,
        "s3",
        ACCOUNTS.hub,
        {"Action": ["s3:PutObject", "s3:DeleteObject"], "Resource": f"arn:aws:s3:::{stage.name}/mine/*"},
    )
    somebody.put_object(Bucket=stage.name, Key="mine/a", Body=b"")

    with refused("AccessDenied"):
        somebody.put_object(Bucket=stage.name, Key="mine/b", Body=b"", Tagging="team=ml")
    with refused("AccessDenied"):
        somebody.delete_objects(Bucket=stage.name, Delete={"Objects": [{"Key": "mine/a"}, {"Key": "other"}]})
    somebody.delete_objects(Bucket=stage.name, Delete={"Objects": [{"Key": "mine/a"}]})


@pytest.mark.sandbox_only
def test_the_sandbox_tells_which_actions_policies_have_allowed(stage: Stage, refused: Refused) -> None:
    somebody = as_limited(
        stage, "servicecatalog", ACCOUNTS.hub, {"Action": "servicecatalog:ListPortfolios", "Resource": "*"}
    )
    somebody.list_portfolios()
    with refused("AccessDeniedException"):
        somebody.list_tag_options()

    allowed = stage.sandbox.ask("permissions")

    assert allowed[f"arn:aws:iam::{ACCOUNTS.hub}:role/limited-{stage.name}"] == ["servicecatalog:ListPortfolios"]
