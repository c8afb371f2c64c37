"""The roles of a product in a spoke: made as the hub publishes them, or expected to be there."""

import json
from collections.abc import Callable
from typing import Any

import pulumi_aws as aws
import pytest

from shared.errors import LaunchError
from tests.support.recorder import Mocks

each_kind = pytest.mark.parametrize(
    ("kind", "name"), [("launch", "ModelCatalogLaunch-scorer"), ("execution", "ModelCatalogExecution-scorer")]
)
ALL = ["ModelCatalogLaunch-scorer", "ModelCatalogExecution-scorer", "ModelCatalogLaunch-embedder"]


@each_kind
def test_a_role_has_the_name_that_the_hub_publishes(deployed: Mocks, kind: str, name: str) -> None:
    role = deployed.one(aws.iam.Role, f"scorer-{kind}")

    assert name == role.inputs["name"]
    assert "/" == role.inputs["path"]


@each_kind
def test_a_role_may_do_what_the_hub_publishes_in_this_account(deployed: Mocks, kind: str, name: str) -> None:
    policy = deployed.one(aws.iam.RolePolicy, f"scorer-{kind}")
    [statement] = json.loads(policy.inputs["policy"])["Statement"]

    assert name == policy.inputs["role"]
    assert "arn:aws:s3:::models-333344445555/*" == statement["Resource"]
    assert "s3:GetObject" == statement["Action"]


@each_kind
def test_a_role_is_limited_by_the_boundary_that_the_settings_name(
    deploy: Callable[..., Mocks], kind: str, name: str
) -> None:
    boundary = "arn:aws:iam::333344445555:policy/ModelCatalogBoundary"

    role = deploy(permissionsBoundary=boundary).one(aws.iam.Role, f"scorer-{kind}")

    assert (name, boundary) == (role.inputs["name"], role.inputs["permissionsBoundary"])


def test_service_catalog_may_assume_the_launch_role_for_this_account_alone(deployed: Mocks) -> None:
    [statement] = trust(deployed, "scorer-launch")

    assert {"Service": "servicecatalog.amazonaws.com"} == statement["Principal"]
    assert {
        "StringEquals": {"aws:SourceAccount": "333344445555"},
        "ArnLike": {"aws:SourceArn": "arn:aws:servicecatalog:*:333344445555:*"},
    } == statement["Condition"]


def test_the_products_services_may_assume_the_execution_role_for_this_account_alone(
    deploy: Callable[..., Mocks], offer: dict[str, Any]
) -> None:
    product = offer["eu-central-1"]["products"]["scorer"]
    product["execution_role"]["services"] = ["sagemaker.amazonaws.com", "states.amazonaws.com"]

    [statement] = trust(deploy(), "scorer-execution")

    assert {"Service": ["sagemaker.amazonaws.com", "states.amazonaws.com"]} == statement["Principal"]
    assert {"StringEquals": {"aws:SourceAccount": "333344445555"}} == statement["Condition"]


def test_a_role_in_another_partition_is_written_for_it(deploy: Callable[..., Mocks], offer: dict[str, Any]) -> None:
    offer["us-gov-west-1"] = offer["eu-central-1"]

    mocks = deploy(region="us-gov-west-1")

    assert (
        "arn:aws-us-gov:s3:::models-333344445555/*" in mocks.one(aws.iam.RolePolicy, "scorer-launch").inputs["policy"]
    )
    assert "arn:aws-us-gov:servicecatalog:" in mocks.one(aws.iam.Role, "scorer-launch").inputs["assumeRolePolicy"]


def test_every_product_of_a_portfolio_in_use_has_its_roles(deployed: Mocks) -> None:
    """Whoever may launch from the portfolio may launch all of it."""
    assert {"scorer-launch", "scorer-execution", "embedder-launch", "embedder-execution"} == {
        role.name for role in deployed.all(aws.iam.Role)
    }


def test_roles_are_global(deployed: Mocks) -> None:
    assert [] == [role.name for role in deployed.all(aws.iam.Role) if "region" in role.inputs]


def test_a_launch_waits_for_the_roles_and_what_they_may_do(deployed: Mocks) -> None:
    launch = deployed.one(aws.servicecatalog.ProvisionedProduct)
    needed = {
        resource.urn
        for kind in (aws.iam.Role, aws.iam.RolePolicy)
        for resource in deployed.all(kind)
        if resource.name.startswith("scorer-")
    }

    assert 4 == len(needed)
    assert needed <= deployed.before(launch)


def test_roles_that_somebody_else_makes_are_not_made_again(deploy: Callable[..., Mocks], mocks: Mocks) -> None:
    mocks.answers["getRoles"] = lambda _: {"names": [*ALL, "ModelCatalogExecution-embedder"], "arns": []}

    deploy(launchRoles="existing")

    assert [] == mocks.all(aws.iam.Role)
    assert 1 == len(mocks.all(aws.servicecatalog.ProvisionedProduct))


def test_the_roles_are_looked_for_by_their_exact_names(deploy: Callable[..., Mocks], mocks: Mocks) -> None:
    mocks.answers["getRoles"] = lambda _: {"names": [*ALL, "ModelCatalogExecution-embedder"], "arns": []}

    deploy(launchRoles="existing")
    [asked] = mocks.called("getRoles")

    assert asked["nameRegex"].startswith("^(ModelCatalog")
    assert asked["nameRegex"].endswith(")$")
    assert {*ALL, "ModelCatalogExecution-embedder"} == set(asked["nameRegex"].strip("^()$").split("|"))


def test_a_role_that_nobody_made_is_refused_before_anything_is_made(deploy: Callable[..., Mocks], mocks: Mocks) -> None:
    mocks.answers["getRoles"] = lambda _: {"names": ALL, "arns": []}

    with pytest.raises(
        LaunchError,
        match=r"Pulumi\.spoke-research\.yaml: launchRoles: found 'existing', but the account 333344445555 has no role "
        r"ModelCatalogExecution-embedder, which embedder needs\. Have it made .* or set launchRoles to create",
    ):
        deploy(launchRoles="existing")

    assert ["pulumi:providers:aws"] == [resource.type for resource in mocks.resources]


def test_nothing_is_looked_for_where_nothing_is_used(deploy: Callable[..., Mocks]) -> None:
    mocks = deploy(launchRoles="existing", launches=[])

    assert [] == mocks.called("getRoles")


def trust(mocks: Mocks, name: str) -> list[dict[str, Any]]:
    """Give the statements that say who may assume a role."""
    return json.loads(mocks.one(aws.iam.Role, name).inputs["assumeRolePolicy"])["Statement"]
