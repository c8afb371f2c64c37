"""Launching, updating and terminating: what is asked, checked before anything begins."""

from dataclasses import dataclass

from sandbox.servicecatalog.artifacts import find_artifact
from sandbox.servicecatalog.call import Call, operation, tags_in
from sandbox.servicecatalog.constraints import parameters_of
from sandbox.servicecatalog.errors import (
    DuplicateResourceException,
    InvalidParametersException,
    LimitExceededException,
    not_found,
)
from sandbox.servicecatalog.execution import start_provisioning, start_termination, start_update
from sandbox.servicecatalog.launch_paths import LaunchPath, choose_path, launchable_product
from sandbox.servicecatalog.launch_roles import Builder, require_launch_role
from sandbox.servicecatalog.model import Artifact, Json, Product, ProvisionedProduct, Record
from sandbox.servicecatalog.parameters import resolve_parameters
from sandbox.servicecatalog.provisioned_products import find_provisioned
from sandbox.servicecatalog.records import show_record
from sandbox.servicecatalog.template_rules import apply_rules

_LARGEST_TAGS = 50


@dataclass(frozen=True)
class Order:
    """A launch or update that has passed every check."""

    product: Product
    artifact: Artifact
    path: LaunchPath
    builder: Builder
    parameters: dict[str, str]
    tags: dict[str, str]


def check_order(call: Call, request: Json, *, current: ProvisionedProduct | None = None) -> Order:
    """Check a launch, or with `current` an update, as AWS does before it makes a record.

    Raises:
        ServiceCatalogError: whatever is wrong first.
    """
    if current and not (request.get("ProductId") or request.get("ProductName")):
        request = {**request, "ProductId": current.product}
    if current and not (request.get("ProvisioningArtifactId") or request.get("ProvisioningArtifactName")):
        request = {**request, "ProvisioningArtifactId": current.artifact}
    product = launchable_product(call, request)
    path = choose_path(call, product, request)
    artifact = find_artifact(product, request)
    _check_version(artifact, current)
    parameters = _parameters(artifact, path, request, current)
    return Order(product, artifact, path, _builder(call, path), parameters, _tags(call, path, request, current))


def _check_version(artifact: Artifact, current: ProvisionedProduct | None) -> None:
    """Inactive: neither launch nor update; deprecated: update alone (API:UpdateProvisioningArtifact)."""
    if not artifact.active or artifact.status != "AVAILABLE":
        raise not_found("ProvisioningArtifact", artifact.id)
    if artifact.guidance == "DEPRECATED" and current is None:
        raise InvalidParametersException(f"ProvisioningArtifact {artifact.id} is deprecated and cannot be launched")


def _parameters(
    artifact: Artifact, path: LaunchPath, request: Json, current: ProvisionedProduct | None
) -> dict[str, str]:
    given: dict[str, str] = {}
    for parameter in request.get("ProvisioningParameters") or ():
        key = parameter.get("Key", "")
        if parameter.get("UsePreviousValue") and current and key in current.parameters:
            given[key] = current.parameters[key]
        else:
            given[key] = parameter.get("Value", "")
    values = resolve_parameters(artifact.template, given)
    apply_rules(artifact.template.get("Rules") or {}, values)
    for constraint in path.constraints:
        if constraint.type == "TEMPLATE":
            apply_rules(parameters_of(constraint)["Rules"], values)
    return values


def _builder(call: Call, path: LaunchPath) -> Builder:
    """The launch role, or without a launch constraint the caller (Administrator Guide, "Launch constraints")."""
    if path.constraint("STACKSET"):
        raise InvalidParametersException("The sandbox does not emulate launches with a STACKSET constraint")
    if launch := path.constraint("LAUNCH"):
        return require_launch_role(call, parameters_of(launch))
    return Builder(call.account, call.caller.principal, call.caller.arn)


def _tags(call: Call, path: LaunchPath, request: Json, current: ProvisionedProduct | None) -> dict[str, str]:
    tags = tags_in(request)
    if current and "Tags" in request and tags != current.tags:
        update = path.constraint("RESOURCE_UPDATE")
        if not update or parameters_of(update)["Properties"]["TagUpdateOnProvisionedProduct"] != "ALLOWED":
            raise InvalidParametersException(
                "Tags cannot be updated: the product has no RESOURCE_UPDATE constraint that allows it"
            )
    if current and "Tags" not in request:
        tags = dict(current.tags)
    if len(tags) > _LARGEST_TAGS:
        raise LimitExceededException(f"You have reached the limit of {_LARGEST_TAGS} tags per provisioned product")
    for key, values in path.tag_values(call).items():
        if len(values) == 1:
            tags.setdefault(key, values[0])
        if values and tags.get(key) not in values:
            raise InvalidParametersException(f"Tag {key} must have one of the values [{', '.join(values)}]")
    return tags


@operation
def provision_product(call: Call, request: Json) -> Json:
    return {"RecordDetail": show_record(launch(call, request))}


def launch(call: Call, request: Json) -> Record:
    """Check a launch and begin it."""
    order = check_order(call, request)
    name = request["ProvisionedProductName"]
    if any(pp.name == name and pp.account == call.account for pp in call.state.provisioned.values()):
        raise DuplicateResourceException(f"A provisioned product named {name} already exists")
    provisioned = ProvisionedProduct(
        id=call.new_id("pp-"),
        name=name,
        account=call.account,
        region=call.region,
        created=call.now,
        token=request.get("ProvisionToken", ""),
        product=order.product.id,
        artifact=order.artifact.id,
        path=order.path.id,
        role=order.builder.principal if order.path.constraint("LAUNCH") else None,
        principal=call.caller.principal,
        session=call.caller.arn,
        parameters=order.parameters,
        tags=order.tags,
        notification_arns=_topics(order.path, request),
    )
    call.state.provisioned[provisioned.id] = provisioned
    return start_provisioning(call, provisioned, order)


def _topics(path: LaunchPath, request: Json) -> list[str]:
    constrained = [parameters_of(c)["NotificationArns"] for c in path.constraints if c.type == "NOTIFICATION"]
    return [*request.get("NotificationArns", []), *(topic for topics in constrained for topic in topics)]


@operation
def update_provisioned_product(call: Call, request: Json) -> Json:
    provisioned = _settled(
        call, request.get("ProvisionedProductId"), request.get("ProvisionedProductName"), "UpdateProvisionedProduct"
    )
    order = check_order(call, request, current=provisioned)
    return {"RecordDetail": show_record(start_update(call, provisioned, order))}


@operation
def terminate_provisioned_product(call: Call, request: Json) -> Json:
    provisioned = _settled(
        call,
        request.get("ProvisionedProductId"),
        request.get("ProvisionedProductName"),
        "TerminateProvisionedProduct",
    )
    record = start_termination(
        call,
        provisioned,
        ignore_errors=request.get("IgnoreErrors", False),
        retain=request.get("RetainPhysicalResources", False),
    )
    return {"RecordDetail": show_record(record)}


def _settled(call: Call, product_id: str | None, name: str | None, operation_name: str) -> ProvisionedProduct:
    """A provisioned product that nothing is happening to."""
    provisioned = find_provisioned(call, product_id, name)
    if provisioned.status in ("UNDER_CHANGE", "PLAN_IN_PROGRESS"):
        raise InvalidParametersException(
            f"{operation_name} isn't supported while the provisioned product is {provisioned.status}"
        )
    return provisioned
