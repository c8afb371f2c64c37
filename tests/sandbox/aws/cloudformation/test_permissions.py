"""What a policy has to say for a call: the action, and the resource that the service gives it."""

from typing import Any

import pytest

from tests.support.sandbox.accounts import ACCOUNTS
from tests.support.sandbox.expecting import Expect
from tests.support.sandbox.process import Client
from tests.support.sandbox.setup import Setup


def role_with(setup: Setup, account: str, *statements: dict[str, Any]) -> str:
    """Make a role of an account that may do what the statements allow."""
    trust = {"Effect": "Allow", "Principal": {"AWS": account}, "Action": "sts:AssumeRole"}
    return setup.make_role(
        account, f"limited-{setup.name}", trust, [{"Effect": "Allow", **each} for each in statements]
    )


def as_limited(setup: Setup, service: str, account: str, *statements: dict[str, Any]) -> Client:
    """Make a client of somebody who may do what the statements allow."""
    credentials = setup.sandbox.assume(role_with(setup, account, *statements), account)
    return setup.sandbox.client_with(service, credentials, setup.region)


def test_portfolios_and_products_are_allowed_by_arn_and_constraints_only_all_together(
    setup: Setup, api_error: Expect
) -> None:
    """Service Authorization Reference, "AWS Service Catalog": DescribeConstraint has no resource type."""
    constraint = setup.constrain(
        "RESOURCE_UPDATE", Version="2.0", Properties={"TagUpdateOnProvisionedProduct": "ALLOWED"}
    )
    own = f"arn:aws:catalog:*:{ACCOUNTS.hub}"
    somebody = as_limited(
        setup,
        "servicecatalog",
        ACCOUNTS.hub,
        {"Action": "servicecatalog:DescribePortfolio", "Resource": f"{own}:portfolio/{setup.portfolio}"},
        {"Action": "servicecatalog:DescribeProductAsAdmin", "Resource": f"{own}:portfolio/*"},
        {"Action": "servicecatalog:DescribeConstraint", "Resource": [f"{own}:portfolio/*", f"{own}:product/*"]},
    )

    assert somebody.describe_portfolio(Id=setup.portfolio)["PortfolioDetail"]["Id"] == setup.portfolio
    with api_error("AccessDeniedException", "DescribeProductAsAdmin"):
        somebody.describe_product_as_admin(Id=setup.product)
    with api_error("AccessDeniedException", "DescribeConstraint"):
        somebody.describe_constraint(Id=constraint)


@pytest.mark.sandbox_only
def test_deleting_many_objects_takes_permission_on_each_and_tagging_one_that_of_tagging(
    setup: Setup, api_error: Expect
) -> None:
    """Amazon S3 API reference, DeleteObjects and PutObject. AWS refuses the one object; the sandbox, the whole call."""
    somebody = as_limited(
        setup,
        "s3",
        ACCOUNTS.hub,
        {"Action": ["s3:PutObject", "s3:DeleteObject"], "Resource": f"arn:aws:s3:::{setup.name}/mine/*"},
    )
    somebody.put_object(Bucket=setup.name, Key="mine/a", Body=b"")

    with api_error("AccessDenied"):
        somebody.put_object(Bucket=setup.name, Key="mine/b", Body=b"", Tagging="team=ml")
    with api_error("AccessDenied"):
        somebody.delete_objects(Bucket=setup.name, Delete={"Objects": [{"Key": "mine/a"}, {"Key": "other"}]})
    somebody.delete_objects(Bucket=setup.name, Delete={"Objects": [{"Key": "mine/a"}]})


@pytest.mark.sandbox_only
def test_the_sandbox_tells_which_actions_policies_have_allowed(setup: Setup, api_error: Expect) -> None:
    somebody = as_limited(
        setup, "servicecatalog", ACCOUNTS.hub, {"Action": "servicecatalog:ListPortfolios", "Resource": "*"}
    )
    somebody.list_portfolios()
    with api_error("AccessDeniedException"):
        somebody.list_tag_options()

    allowed = setup.sandbox.ask("permissions")

    assert allowed[f"arn:aws:iam::{ACCOUNTS.hub}:role/limited-{setup.name}"] == ["servicecatalog:ListPortfolios"]
