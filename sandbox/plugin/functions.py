"""Functions of the index, IAM, Organizations and Service Catalog modules."""

import json
import re
import urllib.parse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .failure import AWSError, doing, tolerating
from .properties import as_map, pick
from .schema import REGION, Operation, Property, each, optional, required
from .servicecatalog.calls import ACCEPT_LANGUAGE, NOT_FOUND, call, listed
from .waits import passing, retry, wait
from .wire import State

_ROLE_LIMIT = 120
"""Seconds that IAM may take to know a new role everywhere."""
_ASSUMED_ROLE_PARTS = 3


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the aws plug-in: its arguments and what answers it."""

    arguments: Mapping[str, Property]
    run: Callable[[Operation], State]


def _caller_identity(op: Operation) -> State:
    with doing("reading STS Caller Identity"):
        answer = op.call("sts", "get_caller_identity")
    return {"accountId": answer["Account"], "arn": answer["Arn"], "userId": answer["UserId"], "id": answer["Account"]}


def _region(op: Operation) -> State:
    name = op.new.get("name") or op.region
    endpoint = f"ec2.{name}.amazonaws.com"
    return {"region": name, "name": name, "id": name, "description": name, "endpoint": endpoint}


def _partition(op: Operation) -> State:
    partition = op.provider.partition
    suffix = "amazonaws.com.cn" if partition == "aws-cn" else "amazonaws.com"
    reverse = ".".join(reversed(suffix.split(".")))
    return {"partition": partition, "dnsSuffix": suffix, "reverseDnsPrefix": reverse, "id": partition}


def _session_context(op: Operation) -> State:
    arn: str = op.new["arn"]
    parts = arn.split(":", 5)[-1].split("/")
    if ":sts:" not in arn or parts[0] != "assumed-role" or len(parts) < _ASSUMED_ROLE_PARTS:
        return {"id": arn, "issuerArn": arn, "issuerId": "", "issuerName": "", "sessionName": ""}
    name, session = parts[-2:]
    with doing(f"reading IAM Role ({name})"):
        role = retry(
            op.clock, _ROLE_LIMIT, lambda: op.call("iam", "get_role", RoleName=name), on=passing("NoSuchEntity")
        )["Role"]
    return {"id": arn, **pick(role, issuerArn="Arn", issuerId="RoleId", issuerName="RoleName"), "sessionName": session}


def _got(op: Operation, kind: str, name: str) -> dict[str, Any]:
    with doing(f"reading IAM {kind} ({name})"):
        return op.call("iam", f"get_{kind.lower()}", **{f"{kind}Name": name})


def _role(op: Operation) -> State:
    role = _got(op, "Role", op.new["name"])["Role"]
    policy = role["AssumeRolePolicyDocument"]
    used: State = role.get("RoleLastUsed") or {}
    return {
        **pick(role, "arn", "createDate", "description", "path", name="RoleName", id="RoleName", uniqueId="RoleId"),
        "assumeRolePolicy": urllib.parse.unquote(policy) if isinstance(policy, str) else json.dumps(policy),
        "maxSessionDuration": role.get("MaxSessionDuration", 3600),
        "permissionsBoundary": role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn", ""),
        "roleLastUseds": [pick(used, "lastUsedDate", "region")] if used.get("LastUsedDate") else [],
        "tags": op.provider.tags.visible(as_map(role.get("Tags", []))),
    }


def _user(op: Operation) -> State:
    user = _got(op, "User", op.new["userName"])["User"]
    return {
        **pick(user, "arn", "path", id="UserId", userId="UserId", userName="UserName"),
        "permissionsBoundary": user.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn", ""),
        "tags": op.provider.tags.visible(as_map(user.get("Tags", []))),
    }


def _group(op: Operation) -> State:
    answer = _got(op, "Group", op.new["groupName"])
    users = [pick(user, "arn", "path", "userId", "userName") for user in answer["Users"]]
    group = pick(answer["Group"], "arn", "path", id="GroupId", groupId="GroupId", groupName="GroupName")
    return {**group, "users": users}


def _roles(op: Operation) -> State:
    pattern, path = op.new.get("nameRegex", ""), op.new.get("pathPrefix", "/")
    with doing("reading IAM roles"):
        found = op.pages("iam", "list_roles", "Roles", PathPrefix=path)
        roles = [role for role in found if re.search(pattern, role["RoleName"])]
    return {"id": op.region, "arns": [role["Arn"] for role in roles], "names": [role["RoleName"] for role in roles]}


def _organization(op: Operation) -> State:
    with doing("reading Organization"):
        found = op.call("organizations", "describe_organization")["Organization"]
    unread = ("accounts", "nonMasterAccounts", "roots", "enabledPolicyTypes", "awsServiceAccessPrincipals")
    state: State = {
        **pick(found, "id", "arn", "featureSet", "masterAccountArn", "masterAccountEmail", "masterAccountId"),
        "masterAccountName": "",
        **{name: [] for name in unread},
    }
    if op.new.get("returnOrganizationOnly"):
        return state
    with doing("reading Organization"):
        try:
            accounts = list(map(_account, op.pages("organizations", "list_accounts", "Accounts")))
        except AWSError as error:
            if error.code == "AccessDeniedException" and op.provider.account_id != found["MasterAccountId"]:
                return state
            raise
        roots = [_root(root) for root in op.pages("organizations", "list_roots", "Roots")]
        services: list[str] = []
        if found["FeatureSet"] == "ALL":
            principals = op.pages(
                "organizations", "list_aws_service_access_for_organization", "EnabledServicePrincipals"
            )
            services = [principal["ServicePrincipal"] for principal in principals]
    others = [account for account in accounts if account["id"] != found["MasterAccountId"]]
    return {
        **state,
        "accounts": accounts,
        "masterAccountName": next((one["name"] for one in accounts if one not in others), ""),
        "nonMasterAccounts": others,
        "roots": roots,
        "enabledPolicyTypes": [kind["type"] for kind in roots[0]["policyTypes"] if kind["status"] == "ENABLED"],
        "awsServiceAccessPrincipals": services,
    }


def _account(found: dict[str, Any]) -> State:
    known = pick(found, "arn", "email", "id", "joinedMethod", "joinedTimestamp", "name", "status")
    return {**known, "state": found.get("State", found["Status"])}


def _root(found: dict[str, Any]) -> State:
    return {
        **pick(found, "arn", "id", "name"),
        "policyTypes": [pick(kind, "type", "status") for kind in found["PolicyTypes"]],
    }


def _units(op: Operation) -> State:
    parent = op.new["parentId"]
    with doing(f"listing Organizations Organizational Units for parent ({parent})"):
        found = list(
            op.pages("organizations", "list_organizational_units_for_parent", "OrganizationalUnits", ParentId=parent)
        )
    return {"id": parent, "children": [pick(unit, "arn", "id", "name") for unit in found]}


_LIMIT = 3 * 60


def _artifacts(op: Operation) -> State:
    product = op.new["productId"]
    with doing("listing Service Catalog Provisioning Artifacts"):
        answer = call(op, "list_provisioning_artifacts", ProductId=product, AcceptLanguage=op.new["acceptLanguage"])
    details = [
        {
            **pick(one, "active", "description", "guidance", "id", "name", "type"),
            "createdTime": one["CreatedTime"].strftime("%Y-%m-%d %H:%M:%S +0000 UTC"),
        }
        for one in answer["ProvisioningArtifactDetails"]
    ]
    return {"id": product, "provisioningArtifactDetails": details}


def _launch_paths(op: Operation) -> State:
    def look() -> tuple[str, list[dict[str, Any]]] | None:
        with tolerating(NOT_FOUND):
            found = list(listed(op, "list_launch_paths", "LaunchPathSummaries"))
            return ("AVAILABLE", found) if found else None
        return None

    with doing("describing Service Catalog Launch Paths"):
        paths = wait(op.clock, _LIMIT, look, pending=(), target=("AVAILABLE",), steady=True) or []
    summaries = [
        {
            **pick(path, "name", pathId="Id"),
            "tags": op.provider.tags.visible(as_map(path.get("Tags", []))),
            "constraintSummaries": [pick(one, "type", "description") for one in path.get("ConstraintSummaries", [])],
        }
        for path in paths
    ]
    return {"id": op.new["productId"], "summaries": summaries}


_ARGUMENTS = {"productId": required(), **ACCEPT_LANGUAGE, **REGION}
_TABLE = {
    "index/getCallerIdentity": Function({"id": optional()}, _caller_identity),
    "index/getRegion": Function(each(optional(), "endpoint", "id", "name", "region"), _region),
    "index/getPartition": Function({"id": optional()}, _partition),
    "iam/getSessionContext": Function({"arn": required()}, _session_context),
    "iam/getRoles": Function({"nameRegex": optional(), "pathPrefix": optional()}, _roles),
    "iam/getRole": Function({"name": required(), "tags": optional(kind=dict)}, _role),
    "iam/getUser": Function({"userName": required(), "tags": optional(kind=dict)}, _user),
    "iam/getGroup": Function({"groupName": required()}, _group),
    "organizations/getOrganization": Function({"returnOrganizationOnly": optional(kind=bool)}, _organization),
    "organizations/getOrganizationalUnits": Function({"parentId": required()}, _units),
    "servicecatalog/getProvisioningArtifacts": Function(_ARGUMENTS, _artifacts),
    "servicecatalog/getLaunchPaths": Function(_ARGUMENTS, _launch_paths),
}
FUNCTIONS = {f"aws:{path}:{path.partition('/')[2]}": function for path, function in _TABLE.items()}
