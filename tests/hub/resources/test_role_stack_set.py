"""The roles that the hub rolls out: one template for every account."""

import json
import re
from collections.abc import Callable
from typing import Any

import pulumi_aws as aws
import pytest

from hub.definitions.load import read_catalog
from hub.resources.role_stack_set import LONGEST, roles_template
from shared.errors import ConfigError, ContentError
from tests.support.catalog_copy import DAY, CatalogCopy
from tests.support.recorder import Mocks

TEXT = "products/text-embedder-serverless"


def template(catalog: CatalogCopy, *, boundary: str | None = None) -> dict[str, Any]:
    """Write the template of a catalog."""
    written: dict[str, Any] = json.loads(roles_template(read_catalog(catalog.folder, DAY).products, boundary=boundary))
    return written


def test_each_product_has_its_two_roles_in_whatever_account_it_is(catalog_copy: CatalogCopy) -> None:
    resources = template(catalog_copy)["Resources"]

    launch = resources["TextEmbedderServerlessLaunch"]["Properties"]
    assert 6 == len(resources)
    assert ("ModelCatalogLaunch-text-embedder-serverless", "/") == (launch["RoleName"], launch["Path"])
    condition = launch["AssumeRolePolicyDocument"]["Statement"][0]["Condition"]
    assert {"Fn::Sub": "${AWS::AccountId}"} == condition["StringEquals"]["aws:SourceAccount"]
    assert [] == re.findall(r"\$\{(?:Partition|AccountId)\}", json.dumps(resources))
    assert "PermissionsBoundary" not in launch


def test_the_variables_of_iam_are_left_to_iam(catalog_copy: CatalogCopy) -> None:
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:${Partition}:s3:::a/${aws:username}/*"}
    catalog_copy.write(f"{TEXT}/launch-policy.json", json.dumps([statement]))

    policies = template(catalog_copy)["Resources"]["TextEmbedderServerlessLaunch"]["Properties"]["Policies"]

    last = policies[0]["PolicyDocument"]["Statement"][-1]
    assert {"Fn::Sub": "arn:${AWS::Partition}:s3:::a/${!aws:username}/*"} == last["Resource"]


def test_a_boundary_is_one_of_each_account(catalog_copy: CatalogCopy) -> None:
    role = template(catalog_copy, boundary="Limit")["Resources"]["TextEmbedderServerlessExecution"]["Properties"]

    assert {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/Limit"} == role["PermissionsBoundary"]


def test_more_than_cloudformation_takes_is_refused(catalog_copy: CatalogCopy) -> None:
    products = read_catalog(catalog_copy.folder, DAY).products

    with pytest.raises(ContentError, match=rf"the roles of \d+ products make a template of \d+ bytes.*takes {LONGEST}"):
        roles_template(
            [
                product.__class__(
                    file=product.file.model_copy(update={"key": f"{product.file.key}-{number}"}),
                    launch_statements=product.launch_statements,
                    execution_statements=product.execution_statements,
                    versions=product.versions,
                )
                for product in products
                for number in range(10)
            ],
            boundary=None,
        )


def test_every_trap_of_stack_sets_is_avoided(deploy: Callable[..., Mocks]) -> None:
    mocks = deploy(launchRoles={"units": ["Workloads/Research", "ou-a1b2-c3d4e5f6"]}, regions=["eu-west-1"])
    stack_set = mocks.one(aws.cloudformation.StackSet).inputs
    instances = mocks.one(aws.cloudformation.StackInstances)

    assert ["eu-central-1"] == instances.inputs["regions"]
    assert ["CAPABILITY_NAMED_IAM"] == stack_set["capabilities"]
    assert {"DELEGATED_ADMIN"} == {stack_set["callAs"], instances.inputs["callAs"]}
    assert {"enabled": True, "retainStacksOnAccountRemoval": True} == stack_set["autoDeployment"]
    assert instances.inputs["retainStacks"] is True
    assert {"organizationalUnitIds": ["ou-research", "ou-a1b2-c3d4e5f6"]} == instances.inputs["deploymentTargets"]
    first = mocks.all(aws.servicecatalog.PortfolioShare)[0]
    assert instances.urn in mocks.before(first)


def test_roles_go_only_when_protection_is_off(deploy: Callable[..., Mocks]) -> None:
    mocks = deploy(launchRoles={"units": ["Workloads"]}, protect="false")

    assert mocks.one(aws.cloudformation.StackInstances).inputs["retainStacks"] is False


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"units": []}, r"launchRoles\.units: found a list. Expected a list of units"),
        ({"units": ["Nowhere"]}, "launchRoles: the organization has no unit 'Nowhere'"),
        ({}, r"launchRoles\.units is missing. Expected a list of units"),
        (
            {"units": ["Workloads"], "boundary": "a b"},
            r"launchRoles\.boundary: found 'a b'. Expected the name of an IAM",
        ),
    ],
)
def test_a_rollout_that_makes_no_sense_is_refused(
    deploy: Callable[..., Mocks], setting: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigError, match=rf"Pulumi\.hub\.yaml: {message}"):
        deploy(launchRoles=setting)
