"""IAM: Role, RolePolicy, Policy, RolePolicyAttachment."""

import json
from typing import Any

from .failure import Failure, doing, tolerating
from .properties import as_list, as_map, changes, pick, same_policy, stored_policy
from .schema import (
    TAGS,
    Operation,
    Property,
    Resource,
    between,
    length,
    matching,
    optional,
    outputs,
    required,
    settled,
)
from .waits import passing, retry
from .wire import State, Value

_PROPAGATION = 120
"""Seconds that IAM may take to know a new object everywhere."""
_MISSING = "NoSuchEntity"
_MOST_VERSIONS = 5
_arn = matching(r"|arn:[^:]+:[^:]+:[^:]*:[^:]*:.+", "is an invalid ARN: arn: invalid prefix")


def _policy_text(key: str, value: Value) -> str | None:
    if not value:
        return f'"{key}" is an empty string, which is not a valid JSON value'
    try:
        document = json.loads(value)
    except ValueError as error:
        return f'"{key}" contains an invalid JSON policy: {error}'
    if isinstance(document, dict):
        return None
    what = {list: "a JSON array, not a JSON object", str: "a JSON-encoded string, not a JSON-encoded object"}
    return f'"{key}" contains an invalid JSON policy: ' + (
        f"contains {what[type(document)]}" if type(document) in what else "not a JSON object"
    )


def _policy(**traits: Any) -> Property:  # noqa: ANN401 - the traits of Property
    return required(same=same_policy, check=_policy_text, **traits)


def _get(op: Operation, method: str, **parameters: str) -> dict[str, Any]:
    unknown_yet = passing(*([_MISSING] if op.creating else []))  # one of IAM's servers may not know a new object
    return retry(op.clock, _PROPAGATION, lambda: op.call("iam", method, **parameters), on=unknown_yet)


class Role(Resource, of="iam"):
    """A role."""

    properties = {
        "assumeRolePolicy": _policy(),
        "name": settled(replaces=True, check=matching(r"[\w+=,.@-]{1,64}", "is not a valid role name")),
        "path": optional(default="/", replaces=True),
        "description": optional(check=length(0, 1000)),
        "maxSessionDuration": optional(kind=int, default=3600, check=between(3600, 43200)),
        "permissionsBoundary": optional(check=_arn),
        "forceDetachPolicies": optional(kind=bool, default=False),
        **TAGS,
        **outputs("arn", "createDate", "uniqueId", "inlinePolicies", "managedPolicyArns"),
    }
    autonamed = ("name", 64)

    def create(self, op: Operation) -> None:
        name = op.new["name"]
        named = {"RoleName": name, "AssumeRolePolicyDocument": op.new["assumeRolePolicy"]}
        wished = op.arguments("iam", "create_role", **named)
        with doing(f"creating IAM Role ({name})"):
            retry(
                op.clock,
                _PROPAGATION,
                lambda: op.call("iam", "create_role", **wished),
                on=lambda error: (
                    passing("MalformedPolicyDocument", saying="Invalid principal in policy")(error)
                    or passing("ConcurrentModification")(error)
                ),
            )
        op.id = name

    def locate(self, op: Operation) -> None:
        op.new["forceDetachPolicies"] = False  # the one thing that an import of a role makes up

    def read(self, op: Operation) -> State:
        with doing(f"reading IAM Role ({op.id})", gone=[_MISSING]):
            role = _get(op, "get_role", RoleName=op.id)["Role"]
            inline = [
                {"name": name, "policy": _inline(op, op.id, name)}
                for name in op.pages("iam", "list_role_policies", "PolicyNames", RoleName=op.id)
            ]
            attached = op.pages("iam", "list_attached_role_policies", "AttachedPolicies", RoleName=op.id)
            managed = [policy["PolicyArn"] for policy in attached]
        return {
            **pick(role, "arn", "createDate", "description", "path", name="RoleName", uniqueId="RoleId"),
            "assumeRolePolicy": stored_policy(_text(role["AssumeRolePolicyDocument"]), op.new.get("assumeRolePolicy")),
            "inlinePolicies": inline,
            "managedPolicyArns": managed,
            "maxSessionDuration": role.get("MaxSessionDuration", 3600),
            "permissionsBoundary": role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn", ""),
            "tagsAll": as_map(role.get("Tags", [])),
        }

    def update(self, op: Operation) -> None:
        name, new = op.id, op.new
        if "tagsAll" in op.changed:
            with doing(f"updating tags for IAM Role ({name})"):
                added, removed = changes(op.old.get("tagsAll", {}), new["tagsAll"])
                if removed:
                    op.call("iam", "untag_role", RoleName=name, TagKeys=removed)
                if added:
                    op.call("iam", "tag_role", RoleName=name, Tags=as_list(added))
        with doing(f"updating IAM Role ({name})"):
            if "assumeRolePolicy" in op.changed:
                retry(
                    op.clock,
                    _PROPAGATION,
                    lambda: op.call(
                        "iam", "update_assume_role_policy", RoleName=name, PolicyDocument=new["assumeRolePolicy"]
                    ),
                    on=passing("MalformedPolicyDocument", saying="Invalid principal"),
                )
            if "description" in op.changed:
                op.call("iam", "update_role_description", RoleName=name, Description=new.get("description", ""))
            if "maxSessionDuration" in op.changed:
                op.call("iam", "update_role", RoleName=name, MaxSessionDuration=new["maxSessionDuration"])
            if "permissionsBoundary" in op.changed:
                if boundary := new.get("permissionsBoundary"):
                    op.call("iam", "put_role_permissions_boundary", RoleName=name, PermissionsBoundary=boundary)
                else:
                    op.call("iam", "delete_role_permissions_boundary", RoleName=name)

    def delete(self, op: Operation) -> None:
        name = op.id
        with doing(f"deleting IAM Role ({name})"), tolerating(_MISSING):
            for profile in op.pages("iam", "list_instance_profiles_for_role", "InstanceProfiles", RoleName=name):
                op.call(
                    "iam",
                    "remove_role_from_instance_profile",
                    RoleName=name,
                    InstanceProfileName=profile["InstanceProfileName"],
                )
            force = op.old.get("forceDetachPolicies")
            if force or op.old.get("managedPolicyArns"):
                for policy in list(op.pages("iam", "list_attached_role_policies", "AttachedPolicies", RoleName=name)):
                    op.call("iam", "detach_role_policy", RoleName=name, PolicyArn=policy["PolicyArn"])
            if force or op.old.get("inlinePolicies"):
                for policy in list(op.pages("iam", "list_role_policies", "PolicyNames", RoleName=name)):
                    op.call("iam", "delete_role_policy", RoleName=name, PolicyName=policy)
            retry(
                op.clock,
                _PROPAGATION,
                lambda: op.call("iam", "delete_role", RoleName=name),
                on=passing("DeleteConflict"),
            )


def _text(document: Value) -> str:
    """A policy document as text: botocore has decoded and parsed it already."""
    return document if isinstance(document, str) else json.dumps(document)


def _inline(op: Operation, role: str, name: str) -> str:
    found = _get(op, "get_role_policy", RoleName=role, PolicyName=name)
    return stored_policy(_text(found["PolicyDocument"]), op.new.get("policy"))


class RolePolicy(Resource, of="iam"):
    """A policy inside a role."""

    properties = {
        "policy": _policy(),
        "role": required(replaces=True, check=matching(r"[^:]+", "must be the role's name not its ARN")),
        "name": settled(replaces=True, check=length(1, 128)),
    }
    autonamed = ("name", 128)

    def locate(self, op: Operation) -> None:
        if op.id.count(":") != 1:
            raise Failure(f"unexpected format of ID ({op.id}), expected role-name:role-policy-name")

    def create(self, op: Operation) -> None:
        role, name = op.new["role"], op.new["name"]
        with doing(f"creating IAM Role Policy ({name})"):
            self._put(op, role, name)
        op.id = f"{role}:{name}"

    def read(self, op: Operation) -> State:
        role, name = op.id.split(":")
        with doing(f"reading IAM Role Policy ({op.id})", gone=[_MISSING]):
            return {"role": role, "name": name, "policy": _inline(op, role, name)}

    def update(self, op: Operation) -> None:
        with doing(f"updating IAM Role Policy ({op.id})"):
            self._put(op, *op.id.split(":"))

    def delete(self, op: Operation) -> None:
        role, name = op.id.split(":")
        with doing(f"deleting IAM Role Policy ({op.id})"), tolerating(_MISSING):
            op.call("iam", "delete_role_policy", RoleName=role, PolicyName=name)

    def _put(self, op: Operation, role: str, name: str) -> None:
        op.call("iam", "put_role_policy", RoleName=role, PolicyName=name, PolicyDocument=op.new["policy"])
