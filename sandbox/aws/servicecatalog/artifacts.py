"""Provisioning artifacts: the versions of a product."""

from sandbox.aws.authorization import require
from sandbox.aws.cloudformation.account_values import AccountValues
from sandbox.aws.cloudformation.parameters import parameters_of, text_of
from sandbox.aws.cloudformation.permissions import acting_as
from sandbox.aws.cloudformation.request import StackError
from sandbox.aws.cloudformation.templates import TemplateError, parse_template
from sandbox.aws.cloudformation.transforms import require_emulated
from sandbox.aws.documents import Json, part
from sandbox.aws.s3 import read_object
from sandbox.aws.servicecatalog import quotas
from sandbox.aws.servicecatalog.call import Call, amend, operation
from sandbox.aws.servicecatalog.errors import ResourceInUseException, invalid, not_found
from sandbox.aws.servicecatalog.model import Artifact, Product
from sandbox.aws.servicecatalog.visibility import own_product, visible_product

_CONSTRAINTS = ("AllowedPattern", "ConstraintDescription", "MaxLength", "MinLength", "MaxValue", "MinValue")
CREATION_SECONDS = 2.0
"""Virtual time until a version or a constraint becomes AVAILABLE."""


def make_artifact(call: Call, product: Product, given: Json) -> Artifact:
    """Make a version from its properties: fetch, check and keep the template.

    Raises:
        InvalidParametersException: the template cannot be read by the caller, or is not CloudFormation.
    """
    quotas.room_for("versions per product", len(product.artifacts), quotas.VERSIONS_PER_PRODUCT)
    kind = given.get("Type") or "CLOUD_FORMATION_TEMPLATE"
    info = part(given, "Info")
    if kind != "CLOUD_FORMATION_TEMPLATE" or set(info) not in ({"LoadTemplateFromURL"}, {"ImportFromPhysicalId"}):
        raise invalid(
            "The sandbox emulates versions of type CLOUD_FORMATION_TEMPLATE alone, "
            "from either LoadTemplateFromURL or ImportFromPhysicalId"
        )
    url, stack = info.get("LoadTemplateFromURL"), info.get("ImportFromPhysicalId")
    try:
        template = parse_template(_of_stack(call, stack) if stack else read_object(call.caller, str(url)))
        if not given.get("DisableTemplateValidation"):
            with acting_as(call.caller):
                known = AccountValues(call.account, call.region)
                require_emulated(template, call.account, call.region, known.included)
    except ValueError as error:
        raise invalid(f"Invalid templateUrl. {error}") from error
    except (StackError, TemplateError) as error:
        if not given.get("DisableTemplateValidation"):
            raise invalid(f"Invalid templateBody. {error}") from error
        template = {}  # nobody looks at it before a launch, which fails
    artifact_id = call.new_id("pa-")
    made_from = {"PhysicalId": stack} if stack else {"TemplateUrl": str(url)}
    named = {"id": artifact_id, "type": kind, "info": made_from, "template": template, "source": artifact_id}
    artifact = call.made(Artifact, given, **named)
    product.artifacts[artifact.id] = artifact
    call.backend.clock.after(CREATION_SECONDS, lambda: setattr(artifact, "status", "AVAILABLE"))
    return artifact


def _of_stack(call: Call, stack_id: str) -> str:
    """The template of a stack of the caller's account and region (API:ProvisioningArtifactProperties, Info)."""
    # Not before it is needed: moto's CloudFormation takes over a second to load.
    from sandbox.aws.cloudformation.stacks import template_of  # noqa: PLC0415

    if not call.caller.is_administrator:
        require(call.caller, "cloudformation:GetTemplate", stack_id)
    return template_of(call.caller, stack_id)


def find_artifact(product: Product, request: Json) -> Artifact:
    """The version that a request names by id or by name.

    Raises:
        InvalidParametersException: several versions have that name (terraform-provider-aws issue 24362).
    """
    wanted, name = request.get("ProvisioningArtifactId"), request.get("ProvisioningArtifactName")
    if not wanted and not name:
        raise invalid("Either ProvisioningArtifactId or ProvisioningArtifactName is required")
    found = [a for a in product.artifacts.values() if (a.id == wanted if wanted else a.name == name)]
    if len(found) > 1:
        raise invalid(f"Multiple Provisioning Artifact with name {name} found")
    if not found:
        raise not_found("ProvisioningArtifact", wanted or name)
    return found[0]


def show_parameters(template: Json) -> list[Json]:
    """A template's parameters as Service Catalog shows them."""
    return [_show(name, declared) for name, declared in parameters_of(template).items()]


def _show(name: str, declared: Json) -> Json:
    constraints: Json = {key: str(declared[key]) for key in _CONSTRAINTS if key in declared}
    constraints["AllowedValues"] = [text_of(value) for value in declared.get("AllowedValues", [])]
    return {
        "ParameterKey": name,
        "DefaultValue": text_of(declared["Default"]) if "Default" in declared else None,
        "ParameterType": declared["Type"],
        "IsNoEcho": text_of(declared.get("NoEcho", False)) == "true",
        "Description": declared.get("Description"),
        "ParameterConstraints": constraints,
    }


@operation
def create_provisioning_artifact(call: Call, request: Json) -> Artifact:
    return make_artifact(call, own_product(call, request["ProductId"]), request["Parameters"])


@operation
def describe_provisioning_artifact(call: Call, request: Json) -> Json:
    name = request.get("ProductName")
    named = (product.product_id for product in call.state.products.values() if product.name == name)
    artifact = find_artifact(visible_product(call, request.get("ProductId") or next(named, name)), request)
    wants_parameters = request.get("IncludeProvisioningArtifactParameters")
    return {
        "ProvisioningArtifactDetail": artifact,
        "Info": artifact.info,
        "Status": artifact.status,
        "ProvisioningArtifactParameters": show_parameters(artifact.template) if wants_parameters else None,
    }


@operation
def update_provisioning_artifact(call: Call, request: Json) -> Artifact:
    """Name, description, activity and guidance: a version's template never changes."""
    artifact = find_artifact(
        own_product(call, request["ProductId"]), {"ProvisioningArtifactId": request["ProvisioningArtifactId"]}
    )
    amend(artifact, request, "Name", "Description", "Active", "Guidance")
    return artifact


@operation
def delete_provisioning_artifact(call: Call, request: Json) -> None:
    """The last version stays: "You cannot delete the last provisioning artifact for a product"."""
    product = own_product(call, request["ProductId"])
    artifact = find_artifact(product, request)
    if len(product.artifacts) == 1:
        raise ResourceInUseException("You cannot delete the last provisioning artifact for a product")
    del product.artifacts[artifact.id]


@operation
def list_provisioning_artifacts(call: Call, request: Json) -> Json:
    product = visible_product(call, request["ProductId"])
    owned = product.account == call.account
    return {"ProvisioningArtifactDetails": [a for a in product.artifacts.values() if a.active or owned]}
