"""The roles of a product in a spoke: made as the hub publishes them, or expected to be there."""

import json
from collections.abc import Callable
from typing import Any

import pulumi_aws as aws

from shared.errors import LaunchError
from tests.support.recorder import Mocks
from tests.support.refused import refused
from tests.support.spoke_stack import LAUNCH

ALL = ["ModelCatalogLaunch-scorer", "ModelCatalogExecution-scorer", "ModelCatalogLaunch-embedder"]


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


def test_the_launch_role_may_tell_the_topics_of_its_launches(deploy: Callable[..., Mocks]) -> None:
    """Finding: without sns:Publish CloudFormation refuses the stack of a launch with notifications."""
    topic = "arn:aws:sns:eu-central-1:333344445555:model-catalog-launches"
    mocks = deploy(launches=[{**LAUNCH, "notifications": [topic]}])

    def topics_of(role: str) -> list[Any]:
        policy = json.loads(mocks.one(aws.iam.RolePolicy, role).inputs["policy"])
        return [each["Resource"] for each in policy["Statement"] if each["Action"] == "sns:Publish"]

    assert [[topic]] == topics_of("scorer-launch")
    assert [] == topics_of("scorer-execution") + topics_of("embedder-launch")


def test_roles_that_somebody_else_makes_are_not_made_again(deploy: Callable[..., Mocks], mocks: Mocks) -> None:
    mocks.answers["getRoles"] = lambda _: {"names": [*ALL, "ModelCatalogExecution-embedder"], "arns": []}

    deploy(launchRoles="existing")

    assert [] == mocks.all(aws.iam.Role)
    assert 1 == len(mocks.all(aws.servicecatalog.ProvisionedProduct))


def test_a_role_that_nobody_made_is_refused_before_anything_is_made(deploy: Callable[..., Mocks], mocks: Mocks) -> None:
    mocks.answers["getRoles"] = lambda _: {"names": ALL, "arns": []}

    with refused(LaunchError, "role-missing", "Pulumi.spoke-research.yaml: launchRoles") as found:
        deploy(launchRoles="existing")

    assert "no role ModelCatalogExecution-embedder, which embedder needs" in str(found.value)
    assert ["pulumi:providers:aws"] == [resource.type for resource in mocks.resources]


def test_nothing_is_looked_for_where_nothing_is_used(deploy: Callable[..., Mocks]) -> None:
    mocks = deploy(launchRoles="existing", launches=[])

    assert [] == mocks.called("getRoles")


def trust(mocks: Mocks, name: str) -> list[dict[str, Any]]:
    """Give the statements that say who may assume a role."""
    return json.loads(mocks.one(aws.iam.Role, name).inputs["assumeRolePolicy"])["Statement"]
