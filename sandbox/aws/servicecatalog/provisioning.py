"""Launching, updating and terminating: what is asked, checked before anything begins."""

from sandbox.aws.cloudformation.parameters import MissingError, ParameterError, settled
from sandbox.aws.cloudformation.request import cloudformation_refusal
from sandbox.aws.documents import Json
from sandbox.aws.iam.callers import Caller
from sandbox.aws.servicecatalog import errors
from sandbox.aws.servicecatalog.artifacts import find_artifact
from sandbox.aws.servicecatalog.call import Call, operation, tags_in
from sandbox.aws.servicecatalog.constraints import apply_rules, parameters_of
from sandbox.aws.servicecatalog.execution import ResolvedRequest, start_provisioning, start_termination, start_update
from sandbox.aws.servicecatalog.launch_paths import LaunchPath, choose_path, launchable_product
from sandbox.aws.servicecatalog.model import Artifact, ProvisionedProduct, Record
from sandbox.aws.servicecatalog.principals import require_launch_role, unknown_yet
from sandbox.aws.servicecatalog.provisioned_products import find_provisioned

_MOST_TAGS = 50


def resolve_request(call: Call, request: Json, current: ProvisionedProduct | None = None) -> ResolvedRequest:
    """Check a launch, or with `current` an update, as AWS does before it makes a record.

    Raises:
        ServiceCatalogError: whatever is wrong first.
    """
    if current and not request.keys() & {"ProductId", "ProductName"}:
        request = {**request, "ProductId": current.product_id}
    if current and not request.keys() & {"ProvisioningArtifactId", "ProvisioningArtifactName"}:
        request = {**request, "ProvisioningArtifactId": current.provisioning_artifact_id}
    product = launchable_product(call, request)
    path = choose_path(call, product, request)
    artifact = find_artifact(product, request)
    _check_version(artifact, current)
    parameters, failure = _parameters(call, artifact, path, request, current)
    builder, tags = _builder(call, path), _tags(call, path, request, current)
    return ResolvedRequest(product, artifact, path, builder, parameters, tags, failure or unknown_yet(call, builder))


def _check_version(artifact: Artifact, current: ProvisionedProduct | None) -> None:
    """Inactive: neither launch nor update; deprecated: update alone (API:UpdateProvisioningArtifact)."""
    if not artifact.active or artifact.status != "AVAILABLE":
        raise errors.not_found("ProvisioningArtifact", artifact.id)
    if artifact.guidance == "DEPRECATED" and current is None:
        raise errors.invalid(f"ProvisioningArtifact {artifact.id} is deprecated and cannot be launched")


def _parameters(
    call: Call, artifact: Artifact, path: LaunchPath, request: Json, current: ProvisionedProduct | None
) -> tuple[dict[str, str], str | None]:
    """The given values, checked against the template's declarations, its rules and template constraints.

    A value that is missing is a matter of CloudFormation's: the launch begins, and ends in ERROR (AWS CLI's
    example of describe-provisioned-product).
    """
    previous = current.parameters if current else {}
    given = {
        parameter["Key"]: previous.get(parameter["Key"], "")
        if parameter.get("UsePreviousValue")
        else parameter.get("Value", "")
        for parameter in request.get("ProvisioningParameters") or ()
    }
    try:
        values = settled(artifact.template, given)
    except MissingError as error:
        return given, cloudformation_refusal(str(error))
    except ParameterError as error:
        raise errors.invalid(str(error)) from error
    apply_rules(call, artifact.template.get("Rules") or {}, artifact.template, values)
    for constraint in path.constraints:
        if constraint.type == "TEMPLATE":
            apply_rules(call, parameters_of(constraint)["Rules"], artifact.template, values)
    return values, None


def _builder(call: Call, path: LaunchPath) -> Caller:
    """The launch role, or without a launch constraint the caller (Administrator Guide, "Launch constraints")."""
    if path.constraint("STACKSET"):
        raise errors.invalid("The sandbox does not emulate launches with a STACKSET constraint")
    if launch := path.constraint("LAUNCH"):
        return require_launch_role(call, parameters_of(launch))
    return call.caller


def _tags(call: Call, path: LaunchPath, request: Json, current: ProvisionedProduct | None) -> dict[str, str]:
    """The launch's own tags; changing them later takes a RESOURCE_UPDATE constraint."""
    tags = tags_in(request) if "Tags" in request or current is None else dict(current.tags)
    if current and tags != current.tags:
        update = path.constraint("RESOURCE_UPDATE")
        if not update or parameters_of(update)["Properties"]["TagUpdateOnProvisionedProduct"] != "ALLOWED":
            raise errors.invalid("Tags cannot be updated: no RESOURCE_UPDATE constraint allows it")
    for key, values in path.tag_values(call).items():
        if not values:  # a conflict of portfolio and product, which blocks nothing (API:DescribeProvisioningParameters)
            tags[key] = f"sc-tagconflict-{path.portfolio.id}-{path.product.product_id}"
        if len(values) == 1:
            tags.setdefault(key, values[0])
        if values and tags.get(key) not in values:
            raise errors.invalid(f"Tag {key} must have one of the values [{', '.join(values)}]")
    if len(path.tags | tags) > _MOST_TAGS:
        raise errors.invalid(f"A provisioned product can have at most {_MOST_TAGS} tags")
    return tags


@operation
def provision_product(call: Call, request: Json) -> Json:
    return {"RecordDetail": launch(call, request)}


def launch(call: Call, request: Json) -> Record:
    """Check a launch and begin it."""
    resolved = resolve_request(call, request)
    name = request["ProvisionedProductName"]
    if any(pp.name == name and pp.account == call.account for pp in call.state.provisioned.values()):
        raise errors.DuplicateResourceException(f"A provisioned product named {name} already exists")
    return start_provisioning(call, add_provisioned(call, request, resolved, request["ProvisionToken"]), resolved)


def add_provisioned(call: Call, request: Json, resolved: ResolvedRequest, token: str) -> ProvisionedProduct:
    """Write down what a request will build, before anything is built."""
    topics = [parameters_of(c)["NotificationArns"] for c in resolved.path.constraints if c.type == "NOTIFICATION"]
    provisioned = call.made(
        ProvisionedProduct,
        request,
        id=call.new_id("pp-"),
        name=request["ProvisionedProductName"],
        idempotency_token=token,
        product_id=resolved.product.product_id,
        product_name=resolved.product.name,
        provisioning_artifact_id=resolved.artifact.id,
        provisioning_artifact_name=resolved.artifact.name,
        path_id=resolved.path.id,
        launch_role_arn=resolved.builder.principal if resolved.path.constraint("LAUNCH") else None,
        parameters=resolved.parameters,
        tags=resolved.tags,
        notification_arns=[*request.get("NotificationArns", []), *(arn for arns in topics for arn in arns)],
    )
    call.state.provisioned[provisioned.id] = provisioned
    return provisioned


@operation
def update_provisioned_product(call: Call, request: Json) -> Json:
    provisioned = _idle(call, request)
    return {"RecordDetail": start_update(call, provisioned, resolve_request(call, request, provisioned))}


@operation
def terminate_provisioned_product(call: Call, request: Json) -> Json:
    try:
        provisioned = _idle(call, request)
    except errors.InvalidParametersException as error:  # a code that this operation does not have in AWS's model
        raise errors.ValidationException(str(error)) from error
    ignore_errors, retain = request.get("IgnoreErrors", False), request.get("RetainPhysicalResources", False)
    record = start_termination(call, provisioned, ignore_errors=ignore_errors, retain=retain)
    return {"RecordDetail": record}


def _idle(call: Call, request: Json) -> ProvisionedProduct:
    """The provisioned product of a request, if nothing is happening to it."""
    provisioned = find_provisioned(call, request.get("ProvisionedProductId"), request.get("ProvisionedProductName"))
    if provisioned.status in ("UNDER_CHANGE", "PLAN_IN_PROGRESS"):
        raise errors.invalid(f"This operation isn't supported while the provisioned product is {provisioned.status}")
    return provisioned
