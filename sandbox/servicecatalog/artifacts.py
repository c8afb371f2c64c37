"""Provisioning artifacts: the versions of a product."""

from sandbox.buckets import read_object
from sandbox.servicecatalog import quotas
from sandbox.servicecatalog.call import Call, operation
from sandbox.servicecatalog.errors import InvalidParametersException, ResourceInUseException, not_found
from sandbox.servicecatalog.model import Artifact, Json, Product
from sandbox.servicecatalog.parameters import show_parameters
from sandbox.servicecatalog.templates import TemplateError, parse_template
from sandbox.servicecatalog.visibility import own_product, visible_product

CREATION_SECONDS = 2.0
"""Virtual time until a product or version becomes AVAILABLE."""


def make_artifact(call: Call, product: Product, given: Json) -> Artifact:
    """Make a version from its properties: fetch, check and keep the template.

    Raises:
        InvalidParametersException: the template cannot be read by the caller, or is not CloudFormation.
    """
    quotas.room_for("versions per product", len(product.artifacts), quotas.VERSIONS_PER_PRODUCT)
    kind = given.get("Type") or "CLOUD_FORMATION_TEMPLATE"
    if kind != "CLOUD_FORMATION_TEMPLATE":
        raise InvalidParametersException(f"The sandbox does not emulate versions of type {kind}")
    if given.get("DisableTemplateValidation"):
        raise InvalidParametersException("The sandbox does not emulate DisableTemplateValidation")
    url = (given.get("Info") or {}).get("LoadTemplateFromURL")
    if not url:
        raise InvalidParametersException("Info must have LoadTemplateFromURL; the sandbox emulates nothing else")
    try:
        template = parse_template(read_object(call.caller, url))
    except ValueError as error:
        raise InvalidParametersException(f"Invalid templateUrl. {error}") from error
    except TemplateError as error:
        raise InvalidParametersException(f"Invalid templateBody. {error}") from error
    artifact = Artifact(
        id=call.new_id("pa-"),
        name=given.get("Name", ""),
        description=given.get("Description", ""),
        type=kind,
        created=call.now,
        url=url,
        template=template,
    )
    product.artifacts[artifact.id] = artifact
    call.world.clock.after(CREATION_SECONDS, lambda: setattr(artifact, "status", "AVAILABLE"))
    return artifact


def find_artifact(product: Product, request: Json) -> Artifact:
    """The version that a request names by id or by name.

    Raises:
        InvalidParametersException: several versions have that name.
    """
    if wanted := request.get("ProvisioningArtifactId"):
        if wanted not in product.artifacts:
            raise not_found("ProvisioningArtifact", wanted)
        return product.artifacts[wanted]
    name = request.get("ProvisioningArtifactName")
    if name is None:
        raise InvalidParametersException("Either ProvisioningArtifactId or ProvisioningArtifactName is required")
    named = [artifact for artifact in product.artifacts.values() if artifact.name == name]
    if len(named) > 1:
        raise InvalidParametersException(f"Multiple Provisioning Artifact with name {name} found")
    if not named:
        raise not_found("ProvisioningArtifact", name)
    return named[0]


def show_artifact(artifact: Artifact) -> Json:
    return {
        "Id": artifact.id,
        "Name": artifact.name,
        "Description": artifact.description,
        "Type": artifact.type,
        "CreatedTime": artifact.created,
        "Active": artifact.active,
        "Guidance": artifact.guidance,
    }


def _describe(artifact: Artifact) -> Json:
    return {
        "ProvisioningArtifactDetail": show_artifact(artifact),
        "Info": {"TemplateUrl": artifact.url},
        "Status": artifact.status,
    }


@operation
def create_provisioning_artifact(call: Call, request: Json) -> Json:
    product = own_product(call, request["ProductId"])
    return _describe(make_artifact(call, product, request["Parameters"]))


@operation
def describe_provisioning_artifact(call: Call, request: Json) -> Json:
    product_name = request.get("ProductName")
    named = (p.id for p in call.state.products.values() if p.name == product_name)
    product = visible_product(call, request.get("ProductId") or next(named, product_name))
    artifact = find_artifact(product, request)
    described = _describe(artifact)
    if request.get("IncludeProvisioningArtifactParameters"):
        described["ProvisioningArtifactParameters"] = show_parameters(artifact.template)
    return described


@operation
def update_provisioning_artifact(call: Call, request: Json) -> Json:
    """Name, description, activity and guidance: a version's template never changes."""
    artifact = find_artifact(own_product(call, request["ProductId"]), request)
    artifact.name = request.get("Name", artifact.name)
    artifact.description = request.get("Description", artifact.description)
    artifact.active = request.get("Active", artifact.active)
    artifact.guidance = request.get("Guidance", artifact.guidance)
    return _describe(artifact)


@operation
def delete_provisioning_artifact(call: Call, request: Json) -> Json:
    """The last version stays: "You cannot delete the last provisioning artifact for a product"."""
    product = own_product(call, request["ProductId"])
    artifact = find_artifact(product, request)
    if len(product.artifacts) == 1:
        raise ResourceInUseException("You cannot delete the last provisioning artifact for a product")
    del product.artifacts[artifact.id]
    return {}


@operation
def list_provisioning_artifacts(call: Call, request: Json) -> Json:
    product = visible_product(call, request["ProductId"])
    shown = [a for a in product.artifacts.values() if a.active or product.account == call.account]
    return {"ProvisioningArtifactDetails": [show_artifact(artifact) for artifact in shown]}
