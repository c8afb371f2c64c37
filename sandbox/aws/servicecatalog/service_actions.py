"""Service actions: Systems Manager documents that may be run on a launch, and their runs."""

import json
from collections.abc import Callable
from typing import Any, Final, cast

from moto.ssm.models import ssm_backends

from sandbox.aws.authorization import require
from sandbox.aws.documents import Json
from sandbox.aws.errors import ApiError
from sandbox.aws.iam.callers import Caller
from sandbox.aws.iam.principals import find_principal
from sandbox.aws.servicecatalog import errors, quotas
from sandbox.aws.servicecatalog.artifacts import find_artifact
from sandbox.aws.servicecatalog.call import Call, amend, attach, detach, operation, page
from sandbox.aws.servicecatalog.execution import progress
from sandbox.aws.servicecatalog.model import Artifact, Product, ProvisionedProduct, ServiceAction
from sandbox.aws.servicecatalog.principals import assume_launch_role
from sandbox.aws.servicecatalog.provisioned_products import find_provisioned, make_record
from sandbox.aws.servicecatalog.visibility import own_product, visible_product

LAUNCH_ROLE: Final = "LAUNCH_ROLE"
_AMAZONS: Final = ("aws", "amazon", "amzn")
"""How only AWS's documents are called, which everybody may run (Systems Manager API Reference, CreateDocument)."""
_KEYS: Final = {"Name", "Version", "AssumeRole", "Parameters"}
_CODES: Final[dict[type[errors.ServiceCatalogError], str]] = {
    errors.DuplicateResourceException: "DUPLICATE_RESOURCE",
    errors.LimitExceededException: "LIMIT_EXCEEDED",
    errors.ResourceNotFoundException: "RESOURCE_NOT_FOUND",
}


@operation
def create_service_action(call: Call, request: Json) -> Json:
    own = call.all_own(call.state.service_actions)
    quotas.room_for("service actions", len(own), quotas.SERVICE_ACTIONS)
    definition = _checked(call, request["Definition"])
    action = call.made(ServiceAction, request, id=call.new_id("act-"), definition=definition)
    call.state.service_actions[action.id] = action
    return {"ServiceActionDetail": action}


def _checked(call: Call, definition: dict[str, str]) -> dict[str, str]:
    """A definition as API:CreateServiceAction has it, of a document that there is."""
    if unknown := definition.keys() - _KEYS:
        raise errors.invalid(f"Invalid definition keys: {', '.join(sorted(unknown))}")
    if missing := {"Name", "Version"} - definition.keys():
        raise errors.invalid(f"The definition has no {', '.join(sorted(missing))}")
    _ = asked_of(definition)
    role, name = definition.get("AssumeRole", LAUNCH_ROLE), definition["Name"]
    if role != LAUNCH_ROLE and find_principal(role) is None:
        raise errors.invalid(f"Invalid AssumeRole: {role}")
    region, account = name.split(":")[3:5] if name.count(":") >= 5 else (call.region, call.account)  # noqa: PLR2004 - an ARN
    documents: dict[str, Any] = vars(ssm_backends[account][region])["_documents"] if account.isdigit() else {}
    if not name.lower().startswith(_AMAZONS) and name.rpartition("/")[2] not in documents:
        raise errors.invalid(f"Document with name {name} does not exist")
    return definition


def asked_of(definition: dict[str, str]) -> list[dict[str, str]]:
    """The parameters that whoever runs it gives, each with Name and Type."""
    try:
        listed = cast("list[dict[str, str]]", json.loads(definition.get("Parameters") or "[]"))
        fits = all(set(each) == {"Name", "Type"} and each["Type"] in ("TARGET", "TEXT_VALUE") for each in listed)
    except (ValueError, TypeError, AttributeError):
        listed, fits = [], False
    if not fits:
        raise errors.invalid("Parameters must be a JSON list of objects with Name and Type")
    return listed


def _own(call: Call, action_id: str) -> ServiceAction:
    return call.own(call.state.service_actions, "ServiceAction", action_id)


def _bearers(call: Call, action: ServiceAction) -> list[tuple[Product, Artifact]]:
    products = call.state.products.values()
    return [(p, a) for p in products for a in p.artifacts.values() if action.id in a.service_actions]


@operation
def describe_service_action(call: Call, request: Json) -> Json:
    return {"ServiceActionDetail": _own(call, request["Id"])}


@operation
def update_service_action(call: Call, request: Json) -> Json:
    action = _own(call, request["Id"])
    if "Definition" in request:
        action.definition = _checked(call, request["Definition"])
    amend(action, request, "Name", "Description")
    return {"ServiceActionDetail": action}


@operation
def delete_service_action(call: Call, request: Json) -> None:
    action = _own(call, request["Id"])
    if _bearers(call, action):
        raise errors.ResourceInUseException(f"Service action {action.id} is associated with a provisioning artifact")
    del call.state.service_actions[action.id]


@operation
def list_service_actions(call: Call, request: Json) -> Json:
    return page(request, "ServiceActionSummaries", call.all_own(call.state.service_actions))


@operation
def associate_service_action_with_provisioning_artifact(call: Call, request: Json) -> None:
    action, artifact = _own(call, request["ServiceActionId"]), _artifact(call, request)
    quota = ("service actions per version", quotas.ACTIONS_PER_VERSION)
    attach(artifact.service_actions, "Service action", action.id, artifact.id, quota)


@operation
def disassociate_service_action_from_provisioning_artifact(call: Call, request: Json) -> None:
    action, artifact = _own(call, request["ServiceActionId"]), _artifact(call, request)
    detach(artifact.service_actions, "service action", action.id)


def _artifact(call: Call, request: Json) -> Artifact:
    wanted = {"ProvisioningArtifactId": request["ProvisioningArtifactId"]}
    return find_artifact(own_product(call, request["ProductId"]), wanted)


@operation
def batch_associate_service_action_with_provisioning_artifact(call: Call, request: Json) -> Json:
    return _batch(call, request, associate_service_action_with_provisioning_artifact)


@operation
def batch_disassociate_service_action_from_provisioning_artifact(call: Call, request: Json) -> Json:
    return _batch(call, request, disassociate_service_action_from_provisioning_artifact)


def _batch(call: Call, request: Json, act: Callable[[Call, Json], object]) -> Json:
    """Each by itself: those that fail are told, the others are done."""
    failed: list[Json] = []
    for association in request["ServiceActionAssociations"]:
        try:
            act(call, association)
        except errors.ServiceCatalogError as error:
            code = _CODES.get(type(error), "INVALID_PARAMETER")
            failed.append({**association, "ErrorCode": code, "ErrorMessage": str(error)})
    return {"FailedServiceActionAssociations": failed}


@operation
def list_provisioning_artifacts_for_service_action(call: Call, request: Json) -> Json:
    found = _bearers(call, _own(call, request["ServiceActionId"]))
    views = [{"ProductViewSummary": product, "ProvisioningArtifact": artifact} for product, artifact in found]
    return page(request, "ProvisioningArtifactViews", views)


@operation
def list_service_actions_for_provisioning_artifact(call: Call, request: Json) -> Json:
    """For whoever can see the product: actions go along with a shared portfolio."""
    artifact = find_artifact(visible_product(call, request["ProductId"]), request)
    found = [call.state.service_actions[action] for action in artifact.service_actions]
    return page(request, "ServiceActionSummaries", found)


def _offered(call: Call, request: Json) -> tuple[ProvisionedProduct, ServiceAction]:
    """A launch of the caller's account, and an action that is associated with its version."""
    provisioned = find_provisioned(call, request["ProvisionedProductId"], None)
    product = call.state.products.get(provisioned.product_id)
    artifact = product.artifacts.get(provisioned.provisioning_artifact_id) if product else None
    if artifact is None or request["ServiceActionId"] not in artifact.service_actions:
        raise errors.not_found("ServiceAction", request["ServiceActionId"])
    return provisioned, call.state.service_actions[request["ServiceActionId"]]


@operation
def describe_service_action_execution_parameters(call: Call, request: Json) -> Json:
    _, action = _offered(call, request)
    return {"ServiceActionParameters": [{**each, "DefaultValues": []} for each in asked_of(action.definition)]}


@operation
def execute_provisioned_product_service_action(call: Call, request: Json) -> Json:
    """Run the document with the permissions of its role. Nothing in it is carried out here."""
    provisioned, action = _offered(call, request)
    if provisioned.status in ("UNDER_CHANGE", "PLAN_IN_PROGRESS"):
        raise errors.InvalidStateException(f"Provisioned product {provisioned.id} is {provisioned.status}")
    given: Json = request.get("Parameters") or {}
    known = {each["Name"] for each in asked_of(action.definition)}
    if given.keys() != known:
        raise errors.invalid(f"The parameters to give are [{', '.join(sorted(known))}]")
    before = provisioned.status
    record = make_record(call, provisioned, "EXECUTE_PROVISIONED_PRODUCT_SERVICE_ACTION", provisioned.tags)

    def run() -> list[Json]:
        try:
            require(_runner(call, provisioned, action), "ssm:StartAutomationExecution", None)
        except ApiError as error:
            raise errors.invalid(error.message) from error
        return []

    progress(call, provisioned, record, run, failed=before, succeeded=before)
    return {"RecordDetail": record}


def _runner(call: Call, provisioned: ProvisionedProduct, action: ServiceAction) -> Caller:
    """The role of the action; LAUNCH_ROLE is the launch's own, and without a role it is the caller."""
    role = action.definition.get("AssumeRole")
    if role == LAUNCH_ROLE:
        role = provisioned.launch_role_arn
    return assume_launch_role(call, role) if role else call.caller
