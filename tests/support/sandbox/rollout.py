"""A hub that rolls a role out to accounts by a service-managed stack set."""

import json
from typing import Any

from tests.support.sandbox.accounts import ACCOUNTS, HUB, MANAGEMENT
from tests.support.sandbox.process import Client, Sandbox

STACK_SETS = "member.org.stacksets.cloudformation.amazonaws.com"
NAMED = ["CAPABILITY_NAMED_IAM"]
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"Service": "servicecatalog.amazonaws.com"},
            "Condition": {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
        }
    ],
}


def template(description: str = "first") -> str:
    properties = {
        "RoleName": "launch",
        "Description": {"Fn::Sub": f"{description} of ${{AWS::AccountId}}"},
        "AssumeRolePolicyDocument": TRUST,
    }
    return json.dumps({"Resources": {"Role": {"Type": "AWS::IAM::Role", "Properties": properties}}})


class Rollout:
    """The hub as a delegate of StackSets, with a set called launch-roles once `create` was called."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.hub: Client = sandbox.client("cloudformation", HUB)
        self.organizations: Client = sandbox.client("organizations", MANAGEMENT)
        sandbox.client("cloudformation", MANAGEMENT).activate_organizations_access()
        self.organizations.register_delegated_administrator(AccountId=HUB, ServicePrincipal=STACK_SETS)
        self.root: str = self.organizations.list_roots()["Roots"][0]["Id"]
        self.name = {"StackSetName": "launch-roles", "CallAs": "DELEGATED_ADMIN"}

    def create(self, **more: Any) -> str:  # noqa: ANN401 - the members of the call
        automatic = {"Enabled": True, "RetainStacksOnAccountRemoval": False}
        given = {"TemplateBody": template(), "PermissionModel": "SERVICE_MANAGED", "AutoDeployment": automatic}
        return self.hub.create_stack_set(**{**self.name, **given, "Capabilities": NAMED, **more})["StackSetId"]

    def unit(self, *path: str) -> str:
        parent = self.root
        for name in path:
            units = self.organizations.list_organizational_units_for_parent(ParentId=parent)["OrganizationalUnits"]
            parent = next(unit["Id"] for unit in units if unit["Name"] == name)
        return parent

    def deploy(self, *units: str, regions: tuple[str, ...] = ("eu-central-1",), **more: Any) -> dict[str, str]:  # noqa: ANN401 - as above
        """Roll out to units and wait; returns the status of each account."""
        preferences = more.pop("OperationPreferences", {})
        targets = {"OrganizationalUnitIds": list(units or [self.unit("Workloads")]), **more}
        begun = self.hub.create_stack_instances(
            **self.name, DeploymentTargets=targets, Regions=list(regions), OperationPreferences=preferences
        )
        self.end(begun["OperationId"])
        return self.accounts()

    def withdraw(self, *, retain: bool = False) -> str:
        targets = {"OrganizationalUnitIds": [self.unit("Workloads")]}
        begun = self.hub.delete_stack_instances(
            **self.name, DeploymentTargets=targets, Regions=["eu-central-1"], RetainStacks=retain
        )
        return self.end(begun["OperationId"])

    def end(self, operation: str) -> str:
        def look() -> str | None:
            found = self.hub.describe_stack_set_operation(**self.name, OperationId=operation)["StackSetOperation"]
            return None if found["Status"] in ("RUNNING", "QUEUED") else found["Status"]

        return ACCOUNTS.until(look, "the operation")

    def settled(self) -> None:
        for each in self.hub.list_stack_set_operations(**self.name)["Summaries"]:
            self.end(each["OperationId"])

    def accounts(self) -> dict[str, str]:
        listed = self.hub.list_stack_instances(**self.name)["Summaries"]
        return {each["Account"]: each["Status"] for each in listed}

    def role(self, account: str) -> str | None:
        """The description of the role in an account."""
        roles = self.sandbox.client("iam", account).list_roles()["Roles"]
        return next((each["Description"] for each in roles if each["RoleName"] == "launch"), None)

    def move(self, account: str, source: str, destination: str) -> None:
        self.organizations.move_account(AccountId=account, SourceParentId=source, DestinationParentId=destination)
        self.settled()
