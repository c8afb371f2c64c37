"""Product, with its first version."""

from collections.abc import Iterator
from typing import Any

from sandbox.plugin.failure import Failure, doing, tolerating
from sandbox.plugin.properties import pick
from sandbox.plugin.schema import REGION, TAGS, Operation, Resource, one_of, optional, outputs, required, settled
from sandbox.plugin.tags import as_list, as_map, changes
from sandbox.plugin.waits import until_gone
from sandbox.plugin.wire import State

from .calls import ACCEPT_LANGUAGE, NOT_FOUND, READ_LIMIT, asked, attempt, call, create, exactly_one, present, ready

_LIMIT = 5 * 60
VERSION_TYPES = one_of(
    "CLOUD_FORMATION_TEMPLATE",
    "MARKETPLACE_AMI",
    "MARKETPLACE_CAR",
    "TERRAFORM_OPEN_SOURCE",
    "TERRAFORM_CLOUD",
    "EXTERNAL",
)


class Product(Resource):
    """A product. Nothing of its first version can ever change."""

    pulumi_type = "aws:servicecatalog/product:Product"
    properties = {
        "name": settled(),
        "owner": required(),
        "type": required(
            check=one_of(
                "CLOUD_FORMATION_TEMPLATE", "MARKETPLACE", "TERRAFORM_OPEN_SOURCE", "TERRAFORM_CLOUD", "EXTERNAL"
            )
        ),
        "provisioningArtifactParameters": required(
            kind=dict,
            replaces=True,
            fields={
                "templateUrl": optional(),
                "templatePhysicalId": optional(),
                "name": optional(),
                "description": optional(),
                "type": optional(check=VERSION_TYPES),
                "disableTemplateValidation": optional(kind=bool, default=False),
            },
        ),
        "description": settled(),
        "distributor": settled(),
        "supportDescription": settled(),
        "supportEmail": settled(),
        "supportUrl": settled(),
        **ACCEPT_LANGUAGE,
        **TAGS,
        **REGION,
        **outputs("arn", "createdTime", "hasDefaultPath", "status"),
    }
    autonamed = ("name", 255)

    def problems(self, inputs: State) -> Iterator[str]:
        return exactly_one(inputs["provisioningArtifactParameters"], "templateUrl", "templatePhysicalId")

    def create(self, op: Operation) -> None:
        with doing(f"creating Service Catalog Product ({op.new['name']})"):
            version = version_parameters(op.new["provisioningArtifactParameters"])
            named: State = {"ProductType": op.new["type"], "ProvisioningArtifactParameters": version}
            answer = create(op, "create_product", _LIMIT, **named)
        op.id = answer["ProductViewDetail"]["ProductViewSummary"]["ProductId"]
        with doing(f"waiting for Service Catalog Product ({op.id}) to be ready"):
            _describe(op, op.id, op.limit(_LIMIT))

    def read(self, op: Operation) -> State:
        imported: State = {}
        if "provisioningArtifactParameters" not in op.new:
            imported = {"provisioningArtifactParameters": _latest_version(op)}
        with doing(f"describing Service Catalog Product ({op.id})", gone=[NOT_FOUND]):
            return describe_product(op, op.id) | imported

    def update(self, op: Operation) -> None:
        wished = asked(op, "update_product")
        if "tagsAll" in op.changed:
            added, removed = changes(op.old.get("tagsAll", {}), op.new["tagsAll"])
            wished |= {"AddTags": as_list(added)} if added else {}
            wished |= {"RemoveTags": removed} if removed else {}
        with doing(f"updating Service Catalog Product ({op.id})"):
            attempt(op, "update_product", _LIMIT, Id=op.id, **wished)

    def delete(self, op: Operation) -> None:
        language = op.old.get("acceptLanguage", "en")
        with doing(f"deleting Service Catalog Product ({op.id})"), tolerating(NOT_FOUND):
            call(op, "delete_product", Id=op.id, AcceptLanguage=language)
        with doing(f"waiting for Service Catalog Product ({op.id}) to be deleted"):
            until_gone(op.clock, op.limit(_LIMIT), lambda: present(op, "describe_product_as_admin", Id=op.id))


def version_parameters(version: State) -> dict[str, Any]:
    """A version's properties as parameters of a call."""
    if url := version.get("templateUrl"):
        info = {"LoadTemplateFromURL": url}
    else:
        info = {"ImportFromPhysicalId": version["templatePhysicalId"]}
    names = {"Name": "name", "Description": "description", "Type": "type"}
    given = {name: version[key] for name, key in names.items() if version.get(key)}
    unchecked = {"DisableTemplateValidation": True} if version.get("disableTemplateValidation") else {}
    return {"Info": info, **given, **unchecked}


def describe_product(op: Operation, product: str) -> State:
    """A product's properties once it is settled. Raises AWSError."""
    answer = _describe(op, product, READ_LIMIT)
    detail = answer["ProductViewDetail"]
    summary = detail["ProductViewSummary"]
    return {
        **pick(detail, "createdTime", "status", arn="ProductARN"),
        **pick(summary, "distributor", "name", "owner", "type", description="ShortDescription"),
        **pick(summary, "supportDescription", "supportEmail", "supportUrl"),
        "hasDefaultPath": summary.get("HasDefaultPath", False),
        "tagsAll": as_map(answer.get("Tags", [])),
    }


def _describe(op: Operation, product: str, limit: float) -> dict[str, Any]:
    language = op.new.get("acceptLanguage", "en")

    def look() -> tuple[str, dict[str, Any]]:
        answer = call(op, "describe_product_as_admin", Id=product, AcceptLanguage=language)
        return answer["ProductViewDetail"]["Status"], answer

    return ready(op, limit, look)


def _latest_version(op: Operation) -> State:
    """What an import takes for the first version."""
    answer = present(op, "describe_product_as_admin", Id=op.id)
    if answer is None:
        raise Failure("couldn't find resource")
    latest = max(answer["ProvisioningArtifactSummaries"], key=lambda version: version["CreatedTime"])
    version = call(op, "describe_provisioning_artifact", ProductId=op.id, ProvisioningArtifactId=latest["Id"])
    detail, info = version["ProvisioningArtifactDetail"], version.get("Info", {})
    found = pick(detail, "name", "description", "type") | pick(info, "templateUrl", templatePhysicalId="PhysicalId")
    return {key: value for key, value in found.items() if value} | {"disableTemplateValidation": False}
