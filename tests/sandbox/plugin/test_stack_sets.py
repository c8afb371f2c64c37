"""Stack sets under the real Pulumi CLI, rolled out by the hub as a delegated administrator."""

import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest

from sandbox.plugin.failure import AWSError, Failure
from sandbox.plugin.registry import RESOURCES
from tests.support.sandbox.plugin_project import Project
from tests.support.sandbox.plugin_scripted import Script

SET, INSTANCES, ACCESS = (
    "aws:cloudformation/stackSet:StackSet",
    "aws:cloudformation/stackInstances:StackInstances",
    "aws:organizations/awsServiceAccess:AwsServiceAccess",
)
STACK_SETS = "member.org.stacksets.cloudformation.amazonaws.com"
MANAGEMENT, RESEARCH = "111122223333", "333344445555"

PROGRAM = """
    import json, os

    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "servicecatalog.amazonaws.com"}}
        ],
    }
    role = {"RoleName": "rolled-out", "Description": os.environ["DESCRIPTION"], "AssumeRolePolicyDocument": trust}
    roles = aws.cloudformation.StackSet(
        "roles",
        name="roles",
        permission_model="SERVICE_MANAGED",
        call_as="DELEGATED_ADMIN",
        capabilities=["CAPABILITY_NAMED_IAM"],
        auto_deployment={"enabled": True, "retain_stacks_on_account_removal": True},
        template_body=json.dumps({"Resources": {"Role": {"Type": "AWS::IAM::Role", "Properties": role}}}),
    )
    instances = aws.cloudformation.StackInstances(
        "instances",
        stack_set_name=roles.name,
        call_as="DELEGATED_ADMIN",
        regions=["eu-central-1"],
        deployment_targets={"organizational_unit_ids": [os.environ["UNIT"]]},
    )
    pulumi.export("accounts", instances.accounts)
"""


@pytest.fixture
def caller(sandbox_url: str) -> Callable[[str, str], Any]:
    """Make clients of the administrators of accounts."""

    def make(service: str, account: str) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
        return boto3.client(  # pyright: ignore[reportCallIssue, reportUnknownVariableType, reportUnknownMemberType] - any service
            service,  # pyright: ignore[reportArgumentType] - any service
            endpoint_url=sandbox_url,
            region_name="eu-central-1",
            aws_access_key_id=account,
            aws_secret_access_key="sandbox",  # noqa: S106 - the sandbox takes any
        )

    return make


def test_a_stack_set_is_rolled_out_changed_and_withdrawn(project: Project, caller: Callable[[str, str], Any]) -> None:
    organizations, iam = caller("organizations", MANAGEMENT), caller("iam", RESEARCH)
    caller("cloudformation", MANAGEMENT).activate_organizations_access()
    organizations.register_delegated_administrator(AccountId="222233334444", ServicePrincipal=STACK_SETS)
    root = organizations.list_roots()["Roots"][0]["Id"]
    units = organizations.list_organizational_units_for_parent(ParentId=root)["OrganizationalUnits"]
    project.environment["UNIT"] = next(unit["Id"] for unit in units if unit["Name"] == "Workloads")
    project.environment["DESCRIPTION"] = "first"
    project.write(PROGRAM)

    project.up()
    assert iam.get_role(RoleName="rolled-out")["Role"]["Description"] == "first"
    assert project.resources()["instances"]["outputs"]["accounts"] == [RESEARCH, "444455556666"]
    assert project.steps() == {}
    assert "3 unchanged" in project.succeed("refresh", "--yes", "--skip-preview")

    project.environment["DESCRIPTION"] = "second"
    assert project.steps() == {"roles": "update"}
    project.up()
    assert iam.get_role(RoleName="rolled-out")["Role"]["Description"] == "second"

    project.succeed("destroy", "--yes", "--skip-preview")
    assert "rolled-out" not in [role["RoleName"] for role in iam.list_roles()["Roles"]]


def operation(status: str) -> dict[str, Any]:
    return {"StackSetOperation": {"Status": status}}


def targets() -> dict[str, Any]:
    return {
        "stackSetName": "roles",
        "callAs": "DELEGATED_ADMIN",
        "regions": ["eu-central-1"],
        "deploymentTargets": {"organizationalUnitIds": ["ou-1", "ou-2"]},
    }


def test_a_roll_out_that_fails_names_account_region_and_reason() -> None:
    failed = {"Account": RESEARCH, "Region": "eu-central-1", "Status": "FAILED", "StatusReason": "it exists"}
    aws = Script(
        create_stack_instances={"OperationId": "1"},
        describe_stack_set_operation=[operation("RUNNING"), operation("FAILED")],
        list_stack_set_operation_results={"Summaries": [failed]},
    )
    op = aws.operation(INSTANCES, targets())
    with pytest.raises(Failure, match=rf"Account \({RESEARCH}\), Region \(eu-central-1\), FAILED: it exists"):
        RESOURCES[INSTANCES].create(op)
    assert op.id == "roles,DELEGATED_ADMIN,OU"
    assert aws.clock.pauses[0] == 10


def test_a_unit_that_left_is_withdrawn_before_the_others_are_deployed_to() -> None:
    aws = Script(
        delete_stack_instances={"OperationId": "1"},
        create_stack_instances={"OperationId": "2"},
        describe_stack_set_operation=operation("SUCCEEDED"),
    )
    new = {**targets(), "deploymentTargets": {"organizationalUnitIds": ["ou-2", "ou-3"]}}
    RESOURCES[INSTANCES].update(aws.operation(INSTANCES, new, targets()))
    (withdrawn,), (deployed,) = aws.said("delete_stack_instances"), aws.said("create_stack_instances")
    assert withdrawn["DeploymentTargets"] == {"OrganizationalUnitIds": ["ou-1"]}
    assert deployed["DeploymentTargets"] == {"OrganizationalUnitIds": ["ou-2", "ou-3"]}


def test_a_removal_waits_for_an_operation_in_progress_and_keeps_stacks_if_the_state_says_so() -> None:
    busy = AWSError("Another Operation on StackSet", code="OperationInProgressException")
    aws = Script(
        delete_stack_instances=[busy, {"OperationId": "1"}], describe_stack_set_operation=operation("SUCCEEDED")
    )
    RESOURCES[INSTANCES].delete(aws.operation(INSTANCES, {**targets(), "retainStacks": True}))
    assert [said["RetainStacks"] for said in aws.said("delete_stack_instances")] == [True, True]


def test_retention_is_only_sent_where_automatic_deployment_is_on() -> None:
    aws = Script(create_stack_set={})
    inputs: dict[str, Any] = {"name": "roles", "callAs": "SELF", "permissionModel": "SERVICE_MANAGED", "tagsAll": {}}
    template = json.dumps({})
    automatic = {"enabled": False, "retainStacksOnAccountRemoval": True}
    RESOURCES[SET].create(aws.operation(SET, {**inputs, "templateBody": template, "autoDeployment": automatic}))
    (said,) = aws.said("create_stack_set")
    assert said["AutoDeployment"] == {"Enabled": False}


def test_trusted_access_is_enabled_read_and_disabled() -> None:
    aws = Script(
        enable_aws_service_access={},
        list_aws_service_access_for_organization={"EnabledServicePrincipals": [{"ServicePrincipal": STACK_SETS}]},
        disable_aws_service_access={},
    )
    op = aws.operation(ACCESS, {"servicePrincipal": STACK_SETS})
    RESOURCES[ACCESS].create(op)
    assert op.id == STACK_SETS
    assert RESOURCES[ACCESS].read(op)["servicePrincipal"] == STACK_SETS
    RESOURCES[ACCESS].delete(op)
    assert list(aws.said("disable_aws_service_access")) == [{"ServicePrincipal": STACK_SETS}]
