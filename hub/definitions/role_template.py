"""The template that makes the roles of all products in whatever account it is deployed to."""

import json
from collections.abc import Sequence
from typing import Any, Final

from hub.definitions.model import CatalogProduct
from hub.definitions.permissions import execution_permissions, launch_permissions
from shared.aws.policies import execution_trust, for_cloudformation, launch_trust
from shared.errors import ContentError
from shared.stack.names import execution_role_name, launch_role_name

_LONGEST: Final = 1_048_576
"""Bytes of a template in a bucket (source: CloudFormation User Guide, "Quotas")."""


def roles_template(products: Sequence[CatalogProduct], *, boundary: str | None, where: str) -> str:
    """Write the template.

    Args:
        products: Those whose roles it makes.
        boundary: The name of a policy of each account that limits the roles there.
        where: The stack's settings file, for messages.

    Raises:
        ContentError: two products would share a role, or there are too many products for one template.
    """
    _refuse_one_id_for_two(products, where)
    resources: dict[str, Any] = {}
    for product in products:
        key = product.file.original_key
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
    if len(body.encode()) > _LONGEST:
        raise ContentError(
            f"the roles of {len(products)} products make a template of {len(body.encode())} bytes, and CloudFormation "
            f"takes {_LONGEST}. Divide the catalog over two hub stacks, or let the spokes make the roles.",
            code="role-template-too-long",
            place=f"{where}: launchRoles",
        )
    return body


def _refuse_one_id_for_two(products: Sequence[CatalogProduct], where: str) -> None:
    """Refuse keys that differ in a hyphen before a digit alone.

    An id for one of them that is made otherwise would be another one's tomorrow, and whatever has another id is
    made anew, under what runs.
    """
    owners: dict[str, str] = {}
    for product in products:
        key = product.file.original_key
        other = owners.setdefault(_pascal(key), key)
        if other != key:
            raise ContentError(
                f"the products {other} and {key} have the same logical ID in the roles' template, {_pascal(key)}. "
                f"Publish one of them from another hub stack, or under a key that differs in a letter, or let the "
                f"spokes make the roles.",
                code="logical-ids-collide",
                place=f"{where}: launchRoles",
            )


def _role(name: str, description: str, trust: str, policy: dict[str, Any], boundary: str | None) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "RoleName": name,
        "Path": "/",
        "Description": description,
        "AssumeRolePolicyDocument": for_cloudformation(json.loads(trust)),
        "Policies": [{"PolicyName": "catalog", "PolicyDocument": for_cloudformation(policy)}],
    }
    if boundary:
        arn = "arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/" + boundary
        properties["PermissionsBoundary"] = {"Fn::Sub": arn}
    return {"Type": "AWS::IAM::Role", "Properties": properties}


def _pascal(key: str) -> str:
    return "".join(word.capitalize() for word in key.split("-"))
