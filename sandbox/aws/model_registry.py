"""The model registry as SageMaker keeps it, over moto's: who changed what, between accounts, with a page at a time.

Sources: SageMaker API reference, CreateModelPackage, UpdateModelPackage, DescribeModelPackage and ListModelPackages;
SageMaker Developer Guide, "Deploy a Model in Registry from a different account", for policies of groups.
"""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from moto.s3.models import s3_backends

from sandbox.aws.errors import ApiError
from sandbox.aws.iam.callers import Caller
from sandbox.aws.s3 import owner_of
from sandbox.aws.wire import Request, Response, json_response

if TYPE_CHECKING:
    from moto.sagemaker.models import ModelPackage, SageMakerModelBackend

_OWN = (
    *("CreateModelPackage", "DescribeModelPackage", "ListModelPackages", "UpdateModelPackage", "DeleteModelPackage"),
    "DeleteModelPackageGroup",
)
_NAMED = ("ModelPackageArn", "ModelPackageName", "ModelPackageGroupName")
_KEPT = ("ModelCard", "ModelLifeCycle", "SourceUri")
"""What a package may have and moto does not know."""
_MOST = 100
"""Packages on a page."""


def resource_of(request: Request) -> str | None:
    """Give the ARN that a call names its package or group by; None for plain names, and for calls about others."""
    named = next((str(request.json[key]) for key in _NAMED if key in request.json), "")
    return named if named.startswith("arn:") else None


class ModelRegistry:
    """Answers what is about packages, and leads all other calls to moto."""

    def __init__(self) -> None:
        self._kept: dict[str, dict[str, Any]] = {}
        self._policies: dict[tuple[str, str, str], str] = {}

    def respond(self, request: Request, caller: Caller, moto: Callable[[Request], Response]) -> Response:
        """Answer a call.

        Raises:
            ApiError: there is no such package or group, or it is another account's that does not let the caller in.
        """
        operation = request.operation
        if operation.endswith("ModelPackageGroupPolicy"):
            return json_response(self._policy(request, caller))
        if operation not in _OWN:
            return moto(request)
        owner = self._owner(request, caller)
        request.act_as(owner, caller.access_key)
        if operation == "CreateModelPackage":
            return self._create(request, caller, moto)
        return json_response(self._answer(request, _backend(owner, caller.region), caller))

    def _answer(self, request: Request, backend: "SageMakerModelBackend", caller: Caller) -> dict[str, Any]:
        """Answer what is about packages that are there, and about their group."""
        match request.operation:
            case "ListModelPackages":
                return _list(backend, request.json)
            case "DeleteModelPackageGroup":
                return _delete_group(backend, request.json)
            case "DeleteModelPackage":
                del backend.model_packages[_find(backend, request).arn]
                return {}
            case "UpdateModelPackage":
                return self._update(_find(backend, request), request.json, caller)
            case _:
                return self._description(_find(backend, request), request.json)

    def _owner(self, request: Request, caller: Caller) -> str:
        resource = resource_of(request)
        account = resource.split(":")[4] if resource else caller.account
        if not resource or account == caller.account:
            return caller.account
        group = resource.split("/")[1]
        action, policy = f"sagemaker:{request.operation}", self._policies.get((account, caller.region, group))
        if not caller.judged_by(policy, action, resource):
            raise ApiError("AccessDeniedException", caller.refusal(action, resource, "resource"), 400)
        return account

    def _policy(self, request: Request, caller: Caller) -> dict[str, Any]:
        group = str(request.json.get("ModelPackageGroupName", "")).rpartition("/")[2]
        known = _backend(caller.account, caller.region).model_package_groups
        if group not in known:
            raise _missing("group", group)
        key = (caller.account, caller.region, group)
        if request.operation.startswith("Put"):
            self._policies[key] = str(request.json["ResourcePolicy"])
            return {"ModelPackageGroupArn": known[group].arn}
        if key not in self._policies:
            raise ApiError("ValidationException", f"Cannot find resource policy for: {known[group].arn}", 400)
        if request.operation.startswith("Delete"):
            del self._policies[key]
            return {}
        return {"ResourcePolicy": self._policies[key]}

    def _create(self, request: Request, caller: Caller, moto: Callable[[Request], Response]) -> Response:
        """Let moto make it, and add who did it, and the ETag of each archive."""
        answer = moto(request)
        arn = json.loads(answer.body).get("ModelPackageArn")
        if arn:
            package = _backend(caller.account, caller.region).model_packages[arn]
            package.created_by = _user(caller)
            self._keep(arn, request.json)
            specification: Mapping[str, Any] = package.inference_specification or {}
            for container in specification.get("Containers", []):
                if (etag := _etag(container.get("ModelDataUrl", ""))) and "ModelDataETag" not in container:
                    container["ModelDataETag"] = etag
        return answer

    def _update(self, package: "ModelPackage", given: Mapping[str, Any], caller: Caller) -> dict[str, Any]:
        """Change what is given, and nothing else."""
        if "ModelApprovalStatus" in given:
            package.set_model_approval_status(given["ModelApprovalStatus"])
        if "ApprovalDescription" in given:
            package.approval_description = given["ApprovalDescription"]
        if "InferenceSpecification" in given:
            package.inference_specification = given["InferenceSpecification"]
        properties: dict[str, str] = {
            **(package.customer_metadata_properties or {}),
            **given.get("CustomerMetadataProperties", {}),
        }
        for name in given.get("CustomerMetadataPropertiesToRemove", []):
            properties.pop(name, None)
        package.customer_metadata_properties = properties or None
        package.add_additional_inference_specifications(given.get("AdditionalInferenceSpecificationsToAdd"))
        self._keep(package.arn, given)
        package.modifications_done()
        package.last_modified_by = _user(caller)
        return {"ModelPackageArn": package.arn}

    def _keep(self, arn: str, given: Mapping[str, Any]) -> None:
        self._kept.setdefault(arn, {}).update({key: given[key] for key in _KEPT if key in given})

    def _description(self, package: "ModelPackage", given: Mapping[str, Any]) -> dict[str, Any]:
        kept = dict(self._kept.get(package.arn, {}))
        if given.get("IncludedData") == "MetadataOnly" and "ModelCard" in kept:
            # The content alone is left out: it may be encrypted (API reference, DescribeModelPackage, IncludedData).
            kept["ModelCard"] = {"ModelCardStatus": kept["ModelCard"].get("ModelCardStatus", "Draft")}
        return {**package.gen_response_object(), **kept}


def _backend(account: str, region: str) -> "SageMakerModelBackend":
    from moto.sagemaker.models import sagemaker_backends  # noqa: PLC0415 - it takes a while to load

    return sagemaker_backends[account][region]


def _find(backend: "SageMakerModelBackend", request: Request) -> "ModelPackage":
    name = str(request.json.get("ModelPackageArn") or request.json.get("ModelPackageName"))
    package = backend.model_packages.get(backend.model_package_name_mapping.get(name, name))
    if package is None:
        raise _missing("", name)
    return package


def _delete_group(backend: "SageMakerModelBackend", given: Mapping[str, Any]) -> dict[str, Any]:
    """Delete a group that holds no package any more (API reference, DeleteModelPackageGroup: ConflictException)."""
    name = str(given.get("ModelPackageGroupName", "")).rpartition("/")[2]
    if name not in backend.model_package_groups:
        raise _missing("group", name)
    if any(package.model_package_group_name == name for package in backend.model_packages.values()):
        raise ApiError(
            "ConflictException",
            "Model Package Group cannot be deleted because it still contains Model Packages.",
            400,
        )
    del backend.model_package_groups[name]
    return {}


def _missing(kind: str, name: str) -> ApiError:
    return ApiError("ValidationException", f"ModelPackage{kind.capitalize()} {name} does not exist.", 400)


def _list(backend: "SageMakerModelBackend", given: Mapping[str, Any]) -> dict[str, Any]:
    group = str(given.get("ModelPackageGroupName", "")).rpartition("/")[2]
    if group and group not in backend.model_package_groups:
        raise _missing("group", group)
    found, token = backend.list_model_packages(
        creation_time_after=_time(given.get("CreationTimeAfter")),
        creation_time_before=_time(given.get("CreationTimeBefore")),
        max_results=min(int(given.get("MaxResults", _MOST)), _MOST),
        name_contains=given.get("NameContains"),
        model_approval_status=given.get("ModelApprovalStatus"),
        model_package_group_name=group or None,
        model_package_type=given.get("ModelPackageType", "Unversioned"),
        next_token=given.get("NextToken"),
        sort_by=given.get("SortBy"),
        sort_order=given.get("SortOrder"),
    )
    return {
        "ModelPackageSummaryList": [package.gen_response_object() for package in found],
        **({"NextToken": token} if token else {}),
    }


def _time(given: float | None) -> datetime | None:
    """Read a moment as moto keeps those of packages: in UTC, and without saying so."""
    return None if given is None else datetime.fromtimestamp(given, UTC).replace(tzinfo=None)


def _etag(url: str) -> str:
    bucket, _, key = url.removeprefix("s3://").partition("/")
    owner = owner_of(bucket)
    found = s3_backends[owner]["aws"].get_object(bucket, key) if owner else None
    return found.etag.strip('"') if found else ""


def _user(caller: Caller) -> dict[str, Any]:
    return {"IamIdentity": {"Arn": caller.arn, "PrincipalId": caller.arn.rpartition("/")[2]}}
