"""Service-managed stack sets: a role in each account of some units, made by the hub as a delegate."""

import json
from typing import Any

import pytest

from tests.support.sandbox.accounts import HUB, MANAGEMENT, PRODUCTION, RESEARCH, SUSPENDED
from tests.support.sandbox.expecting import Expect
from tests.support.sandbox.process import Sandbox
from tests.support.sandbox.rollout import NAMED, STACK_SETS, TRUST, Rollout, template

pytestmark = pytest.mark.sandbox_only


@pytest.fixture
def rollout(own_sandbox: Sandbox) -> Rollout:
    return Rollout(own_sandbox)


def test_the_hub_rolls_a_role_out_to_the_accounts_of_a_unit_and_takes_it_back(rollout: Rollout) -> None:
    """API:CreateStackInstances, UpdateStackSet, DeleteStackInstances, DeleteStackSet."""
    rollout.create()
    assert rollout.deploy() == {RESEARCH: "CURRENT", PRODUCTION: "CURRENT"}
    assert rollout.role(RESEARCH) == f"first of {RESEARCH}"
    assert rollout.role(HUB) is None
    stacks = rollout.sandbox.client("cloudformation", RESEARCH).describe_stacks()["Stacks"]
    assert [stack["StackName"].startswith("StackSet-launch-roles-") for stack in stacks] == [True]

    changed = rollout.hub.update_stack_set(**rollout.name, TemplateBody=template("second"), Capabilities=NAMED)
    assert rollout.end(changed["OperationId"]) == "SUCCEEDED"
    assert rollout.role(PRODUCTION) == f"second of {PRODUCTION}"

    with pytest.raises(rollout.hub.exceptions.StackSetNotEmptyException):
        rollout.hub.delete_stack_set(**rollout.name)
    assert rollout.withdraw() == "SUCCEEDED"
    assert rollout.role(PRODUCTION) is None
    rollout.hub.delete_stack_set(**rollout.name)
    with pytest.raises(rollout.hub.exceptions.StackSetNotFoundException):
        rollout.hub.describe_stack_set(**rollout.name)


def test_stacks_that_are_retained_stay_and_leave_the_set(rollout: Rollout) -> None:
    """API:DeleteStackInstances, RetainStacks."""
    rollout.create()
    rollout.deploy()
    rollout.withdraw(retain=True)
    assert rollout.accounts() == {}
    assert rollout.role(RESEARCH) == f"first of {RESEARCH}"


def test_a_delegate_has_to_say_that_it_is_one(rollout: Rollout, api_error: Expect) -> None:
    """Terraform-provider-aws issues 22867 and 32536, cdk-stacksets issue 265."""
    with api_error("ValidationError", "You must be the management account or delegated admin account"):
        rollout.create(CallAs="SELF")
    rollout.create()
    with api_error("StackSetNotFoundException"):
        rollout.hub.describe_stack_set(StackSetName="launch-roles")
    management = rollout.sandbox.client("cloudformation", MANAGEMENT)
    assert (
        management.describe_stack_set(StackSetName="launch-roles")["StackSet"]["PermissionModel"] == "SERVICE_MANAGED"
    )
    with api_error("ValidationError", "Account used is not a delegated administrator"):
        management.describe_stack_set(StackSetName="launch-roles", CallAs="DELEGATED_ADMIN")
    with api_error("ValidationError", "Account used is not a delegated administrator"):
        rollout.sandbox.client("cloudformation", RESEARCH).list_stack_sets(CallAs="DELEGATED_ADMIN")


def test_a_delegate_needs_permission_to_list_the_delegates(rollout: Rollout, api_error: Expect) -> None:
    """Terraform-provider-aws pull request 37069."""
    iam = rollout.sandbox.client("iam", HUB)
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": HUB}}
    role = iam.create_role(RoleName="deployer", AssumeRolePolicyDocument=json.dumps({"Statement": [trust]}))["Role"]
    calls = rollout.sandbox.client_with("cloudformation", rollout.sandbox.assume(role["Arn"], HUB))

    def allow(*actions: str) -> None:
        statement = {"Effect": "Allow", "Action": actions, "Resource": "*"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        iam.put_role_policy(RoleName="deployer", PolicyName="it", PolicyDocument=document)

    allow("cloudformation:*")
    with api_error("ValidationError", "Account used is not a delegated administrator"):
        calls.list_stack_sets(CallAs="DELEGATED_ADMIN")
    allow("cloudformation:*", "organizations:ListDelegatedAdministrators")
    assert calls.list_stack_sets(CallAs="DELEGATED_ADMIN")["Summaries"] == []


def test_trusted_access_has_to_be_activated_by_cloudformation(own_sandbox: Sandbox, api_error: Expect) -> None:
    """API:ActivateOrganizationsAccess; cdk-organizations issue 1718."""
    organizations = own_sandbox.client("organizations", MANAGEMENT)
    with api_error("ConstraintViolationException", "trusted access"):
        organizations.register_delegated_administrator(AccountId=HUB, ServicePrincipal=STACK_SETS)
    organizations.enable_aws_service_access(ServicePrincipal=STACK_SETS)
    organizations.register_delegated_administrator(AccountId=HUB, ServicePrincipal=STACK_SETS)
    management, hub = (own_sandbox.client("cloudformation", account) for account in (MANAGEMENT, HUB))
    wanted: dict[str, Any] = {
        "StackSetName": "launch-roles",
        "TemplateBody": template(),
        "PermissionModel": "SERVICE_MANAGED",
        "AutoDeployment": {"Enabled": False},
        "Capabilities": NAMED,
        "CallAs": "DELEGATED_ADMIN",
    }

    assert management.describe_organizations_access()["Status"] == "DISABLED"
    with api_error("ValidationError", "You must enable organizations access"):
        hub.create_stack_set(**wanted)
    with api_error("InvalidOperationException"):
        hub.activate_organizations_access()
    management.activate_organizations_access()
    assert management.describe_organizations_access()["Status"] == "ENABLED"
    assert hub.create_stack_set(**wanted)


def test_a_named_role_needs_the_capability_for_names(rollout: Rollout, api_error: Expect) -> None:
    """API:CreateStackSet, Capabilities."""
    with api_error("InsufficientCapabilitiesException", "[CAPABILITY_NAMED_IAM]"):
        rollout.create(Capabilities=["CAPABILITY_IAM"])
    rollout.create()
    with api_error("InsufficientCapabilitiesException"):
        rollout.hub.update_stack_set(**rollout.name, UsePreviousTemplate=True)


def test_neither_the_management_account_nor_a_suspended_one_gets_a_stack(rollout: Rollout) -> None:
    """API:DeploymentTargets; API:StackInstanceComprehensiveStatus."""
    rollout.create()
    found = rollout.deploy(rollout.root)
    assert found == {HUB: "CURRENT", RESEARCH: "CURRENT", PRODUCTION: "CURRENT", SUSPENDED: "OUTDATED"}
    skipped = rollout.hub.describe_stack_instance(
        **rollout.name, StackInstanceAccount=SUSPENDED, StackInstanceRegion="eu-central-1"
    )["StackInstance"]
    assert skipped["StackInstanceStatus"]["DetailedStatus"] == "SKIPPED_SUSPENDED_ACCOUNT"
    assert rollout.role(MANAGEMENT) is None


@pytest.mark.parametrize(
    ("chosen", "found"), [("DIFFERENCE", {PRODUCTION}), ("INTERSECTION", {RESEARCH}), ("NONE", {RESEARCH, PRODUCTION})]
)
def test_a_filter_narrows_a_unit_down(rollout: Rollout, chosen: str, found: set[str]) -> None:
    """API:DeploymentTargets, AccountFilterType."""
    rollout.create()
    assert set(rollout.deploy(AccountFilterType=chosen, Accounts=[RESEARCH])) == found


def test_a_role_in_a_second_region_collides_with_the_first(rollout: Rollout) -> None:
    """IAM is global; API:StackInstance, Status; API:StackSetOperationPreferences."""
    rollout.create()
    rollout.deploy(regions=("eu-central-1", "eu-west-1"))
    listed = rollout.hub.list_stack_instances(**rollout.name)["Summaries"]
    found = {
        (each["Account"], each["Region"]): (each["Status"], each["StackInstanceStatus"]["DetailedStatus"])
        for each in listed
    }
    assert found == {
        (RESEARCH, "eu-central-1"): ("CURRENT", "SUCCEEDED"),
        (PRODUCTION, "eu-central-1"): ("CURRENT", "SUCCEEDED"),
        (RESEARCH, "eu-west-1"): ("OUTDATED", "FAILED"),
        (PRODUCTION, "eu-west-1"): ("OUTDATED", "CANCELLED"),
    }
    (operation,) = rollout.hub.list_stack_set_operations(**rollout.name)["Summaries"]
    assert operation["Status"] == "FAILED"
    results = rollout.hub.list_stack_set_operation_results(**rollout.name, OperationId=operation["OperationId"])
    assert "already exists" in next(each for each in results["Summaries"] if each["Status"] == "FAILED")["StatusReason"]
    assert rollout.role(RESEARCH) == f"first of {RESEARCH}"


def test_failures_within_the_tolerance_stop_nothing(rollout: Rollout) -> None:
    """API:StackSetOperationPreferences, FailureToleranceCount."""
    iam = rollout.sandbox.client("iam", RESEARCH)
    iam.create_role(RoleName="launch", AssumeRolePolicyDocument=json.dumps(TRUST), Description="own")
    rollout.create()
    tolerant = {"FailureToleranceCount": 1}
    assert rollout.deploy(OperationPreferences=tolerant) == {RESEARCH: "OUTDATED", PRODUCTION: "CURRENT"}
    assert rollout.role(RESEARCH) == "own"

    iam.delete_role(RoleName="launch")
    assert rollout.deploy() == {RESEARCH: "CURRENT", PRODUCTION: "CURRENT"}
    assert rollout.role(RESEARCH) == f"first of {RESEARCH}"


def test_one_operation_at_a_time(rollout: Rollout, api_error: Expect) -> None:
    """API:CreateStackInstances, OperationInProgressException."""
    rollout.create()
    targets = {"OrganizationalUnitIds": [rollout.unit("Workloads")]}
    with rollout.sandbox.standing_still():
        begun = rollout.hub.create_stack_instances(**rollout.name, DeploymentTargets=targets, Regions=["eu-central-1"])
        with api_error("OperationInProgressException", "Another Operation on StackSet"):
            rollout.hub.update_stack_set(**rollout.name, UsePreviousTemplate=True, Capabilities=NAMED)
        assert rollout.accounts() == {RESEARCH: "OUTDATED", PRODUCTION: "OUTDATED"}
    assert rollout.end(begun["OperationId"]) == "SUCCEEDED"


@pytest.mark.parametrize("retain", [False, True])
def test_accounts_that_join_a_unit_get_the_role_and_lose_it_when_they_leave(rollout: Rollout, *, retain: bool) -> None:
    """User Guide, "Enable or disable automatic deployments"; API:AutoDeployment."""
    rollout.create(AutoDeployment={"Enabled": True, "RetainStacksOnAccountRemoval": retain})
    infrastructure, research = rollout.unit("Infrastructure"), rollout.unit("Workloads", "Research")
    rollout.deploy(AccountFilterType="DIFFERENCE", Accounts=[RESEARCH])
    made = rollout.organizations.create_account(AccountName="joined", Email="joined@example.com")
    joined = made["CreateAccountStatus"]["AccountId"]
    assert rollout.role(joined) is None

    rollout.move(joined, rollout.root, research)
    assert rollout.accounts() == {PRODUCTION: "CURRENT", joined: "CURRENT"}
    assert rollout.role(joined) == f"first of {joined}"
    rollout.move(joined, research, infrastructure)
    assert rollout.accounts() == {PRODUCTION: "CURRENT"}
    assert (rollout.role(joined) is not None) == retain
    # The filter excluded it from the first deployment only.
    rollout.move(RESEARCH, research, infrastructure)
    rollout.move(RESEARCH, infrastructure, research)
    assert rollout.accounts() == {PRODUCTION: "CURRENT", RESEARCH: "CURRENT"}


def test_without_automatic_deployment_nothing_follows_the_accounts(rollout: Rollout) -> None:
    """API:AutoDeployment."""
    rollout.create(AutoDeployment={"Enabled": False})
    rollout.deploy()
    rollout.move(RESEARCH, rollout.unit("Workloads", "Research"), rollout.unit("Infrastructure"))
    assert rollout.accounts() == {RESEARCH: "CURRENT", PRODUCTION: "CURRENT"}
    assert rollout.role(RESEARCH)


def test_managed_execution_queues_what_comes_meanwhile(rollout: Rollout) -> None:
    """API:ManagedExecution."""
    rollout.create(ManagedExecution={"Active": True})
    targets = {"OrganizationalUnitIds": [rollout.unit("Workloads")]}
    with rollout.sandbox.standing_still():
        rollout.hub.create_stack_instances(**rollout.name, DeploymentTargets=targets, Regions=["eu-central-1"])
        rollout.hub.update_stack_set(**rollout.name, TemplateBody=template("second"), Capabilities=NAMED)
        listed = rollout.hub.list_stack_set_operations(**rollout.name)["Summaries"]
        assert [each["Status"] for each in listed] == ["QUEUED", "RUNNING"]
    rollout.settled()
    assert rollout.role(RESEARCH) == f"second of {RESEARCH}"
