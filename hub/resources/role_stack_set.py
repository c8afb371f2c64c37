"""Rolls the products' roles out to the accounts of units, where spokes do not make them themselves."""

import json
import re
from collections.abc import Sequence
from typing import Any, Final, cast

import pulumi
import pulumi_aws as aws

from hub.config import RoleRolloutSetting
from hub.definitions.model import CatalogProduct
from hub.definitions.permissions import execution_permissions, launch_permissions
from shared.aws.policies import execution_trust, launch_trust
from shared.errors import ContentError
from shared.stack.names import execution_role_name, launch_role_name

LONGEST: Final = 51_200
"""Bytes of a template that is handed over as text (source: CloudFormation User Guide, "Quotas")."""


class RoleRollout(pulumi.ComponentResource):
    """A service-managed stack set with the launch and execution roles of all products.

    What goes wrong elsewhere is settled here (source of each: CloudFormation User Guide, "Working with StackSets"):
    IAM is global, so one region only; named roles need their capability; the hub acts as a delegated administrator;
    the roles stay where an account leaves its unit, because without them what it runs can neither be updated nor
    terminated; the template has no parameters. Shares wait for the roles, so that nobody sees a product first.

    Type: modelcatalog:hub:RoleRollout
    """

    def __init__(
        self,
        name: str,
        *,
        products: Sequence[CatalogProduct],
        setting: RoleRolloutSetting,
        units: Sequence[str],
        region: str,
        keep: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("modelcatalog:hub:RoleRollout", name, None, opts)
        roles = aws.cloudformation.StackSet(
            name,
            # Each stack of a divided catalog has one of its own.
            name=f"model-catalog-roles{pulumi.get_stack().removeprefix('hub')}",
            description="The launch and execution roles of the model catalog.",
            permission_model="SERVICE_MANAGED",
            call_as="DELEGATED_ADMIN",
            capabilities=["CAPABILITY_NAMED_IAM"],
            auto_deployment={"enabled": True, "retain_stacks_on_account_removal": True},
            managed_execution={"active": True},
            template_body=roles_template(products, boundary=setting.boundary),
            region=region,
            opts=pulumi.ResourceOptions(
                parent=self,
                # The service has its own roles; AWS answers with a value for the field all the same.
                ignore_changes=["administrationRoleArn"],
            ),
        )
        _ = aws.cloudformation.StackInstances(
            name,
            stack_set_name=roles.name,
            call_as="DELEGATED_ADMIN",
            regions=[region],
            deployment_targets={"organizational_unit_ids": list(units)},
            # While it is protected, taking a unit off the list leaves the roles where models run.
            retain_stacks=keep,
            # Many at a time, and still no failure that nobody hears of.
            operation_preferences={
                "concurrency_mode": "SOFT_FAILURE_TOLERANCE",
                "max_concurrent_percentage": 100,
                "failure_tolerance_percentage": 0,
            },
            region=region,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})


def roles_template(products: Sequence[CatalogProduct], *, boundary: str | None) -> str:
    """Write the template that makes the roles of all products in whatever account it is deployed to.

    Raises:
        ContentError: there are too many products for one template.
    """
    resources: dict[str, Any] = {}
    for product in products:
        key = product.file.origin
        services = product.file.execution_role.services
        resources[f"{_pascal(key)}Launch"] = _role(
            launch_role_name(key),
            f"Launch role of the model {key}.",
            launch_trust(partition="${Partition}", account="${AccountId}"),
            launch_permissions(product),
            boundary,
        )
        resources[f"{_pascal(key)}Execution"] = _role(
            execution_role_name(key),
            f"Execution role of the model {key}.",
            execution_trust(services, account="${AccountId}"),
            execution_permissions(product),
            boundary,
        )
    body = json.dumps({"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources}, separators=(",", ":"))
    if len(body.encode()) > LONGEST:
        raise ContentError(
            f"launchRoles: the roles of {len(products)} products make a template of {len(body.encode())} bytes, and "
            f"CloudFormation takes {LONGEST}. Divide the catalog over two hub stacks, or let the spokes make the roles."
        )
    return body


def _role(name: str, description: str, trust: str, policy: dict[str, Any], boundary: str | None) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "RoleName": name,
        "Path": "/",
        "Description": description,
        "AssumeRolePolicyDocument": _substituted(json.loads(trust)),
        "Policies": [{"PolicyName": "catalog", "PolicyDocument": _substituted(policy)}],
    }
    if boundary:
        arn = "arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/" + boundary
        properties["PermissionsBoundary"] = {"Fn::Sub": arn}
    return {"Type": "AWS::IAM::Role", "Properties": properties}


def _substituted(node: object) -> object:
    """Let CloudFormation fill in account and partition, and leave IAM's own variables to IAM."""
    match node:
        case str() if "${" in node:
            text = re.sub(r"\$\{(?!Partition\}|AccountId\})", "${!", node)
            text = text.replace("${Partition}", "${AWS::Partition}").replace("${AccountId}", "${AWS::AccountId}")
            return {"Fn::Sub": text}
        case list():
            return [_substituted(item) for item in cast("list[object]", node)]
        case dict():
            return {key: _substituted(value) for key, value in cast("dict[str, object]", node).items()}
        case _:
            return node


def _pascal(key: str) -> str:
    return "".join(word.capitalize() for word in key.split("-"))
