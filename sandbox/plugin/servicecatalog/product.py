"""Product, with its first version, and ProvisioningArtifact: a further version of a product."""

from collections.abc import Iterator
from typing import Any

from sandbox.plugin.failure import Failure, doing
from sandbox.plugin.properties import as_list, as_map, changes, pick
from sandbox.plugin.schema import REGION, TAGS, Operation, each, one_of, optional, outputs, required, settled
from sandbox.plugin.wire import State

from .calls import ACCEPT_LANGUAGE, NOT_FOUND, READ_LIMIT, Thing, asked, call, exactly_one, parts_of, present, ready

VERSION_TYPES = one_of(
    "CLOUD_FORMATION_TEMPLATE",
    "MARKETPLACE_AMI",
    "MARKETPLACE_CAR",
    "TERRAFORM_OPEN_SOURCE",
    "TERRAFORM_CLOUD",
    "EXTERNAL",
)


class Product(Thing, of="servicecatalog"):
    """A product. Nothing of its first version can ever change."""

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
                **each(optional(), "templateUrl", "templatePhysicalId", "name", "description"),
                "type": optional(check=VERSION_TYPES),
                "disableTemplateValidation": optional(kind=bool, default=False),
            },
        ),
        **each(settled(), "description", "distributor", "supportDescription", "supportEmail", "supportUrl"),
        **ACCEPT_LANGUAGE,
        **TAGS,
        **REGION,
        **outputs("arn", "createdTime", "hasDefaultPath", "status"),
    }
    autonamed = ("name", 255)
    title, noun, named = "Service Catalog Product", "product", True
    id_at = "ProductViewDetail.ProductViewSummary.ProductId"
    describing = "describe_product_as_admin"
    limit = 5 * 60

    def problems(self, inputs: State) -> Iterator[str]:
        return exactly_one(inputs["provisioningArtifactParameters"], "templateUrl", "templatePhysicalId")

    def wished(self, op: Operation) -> State:
        version = version_parameters(op.new["provisioningArtifactParameters"])
        return {"ProductType": op.new["type"], "ProvisioningArtifactParameters": version}

    def create(self, op: Operation) -> None:
        super().create(op)
        with doing(f"waiting for {self.title} ({op.id}) to be ready"):
            _describe(op, op.limit(self.limit))

    def read(self, op: Operation) -> State:
        imported: State = {}
        if "provisioningArtifactParameters" not in op.new:
            imported = {"provisioningArtifactParameters": _latest_version(op)}
        with doing(f"describing {self.title} ({op.id})", gone=[NOT_FOUND]):
            answer = _describe(op, READ_LIMIT)
        detail = answer["ProductViewDetail"]
        summary = detail["ProductViewSummary"]
        return {
            **pick(detail, "createdTime", "status", arn="ProductARN"),
            **pick(summary, "distributor", "name", "owner", "type", description="ShortDescription"),
            **pick(summary, "supportDescription", "supportEmail", "supportUrl"),
            "hasDefaultPath": summary.get("HasDefaultPath", False),
            "tagsAll": as_map(answer.get("Tags", [])),
            **imported,
        }

    def changes(self, op: Operation) -> State:
        wished = asked(op, "update_product")
        if "tagsAll" in op.changed:
            added, removed = changes(op.old.get("tagsAll", {}), op.new["tagsAll"])
            wished |= {"AddTags": as_list(added)} if added else {}
            wished |= {"RemoveTags": removed} if removed else {}
        return wished


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


def _describe(op: Operation, limit: float) -> dict[str, Any]:
    language = op.new.get("acceptLanguage", "en")

    def look() -> tuple[str, dict[str, Any]]:
        answer = call(op, "describe_product_as_admin", Id=op.id, AcceptLanguage=language)
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


class ProvisioningArtifact(Thing, of="servicecatalog"):
    """A version. Its id holds the product's."""

    properties = {
        "productId": required(),  # a change updates the old product's version: that is how the real type is
        **each(optional(replaces=True), "templateUrl", "templatePhysicalId"),
        "type": optional(replaces=True, check=VERSION_TYPES),
        "disableTemplateValidation": optional(kind=bool, default=False, replaces=True),
        **each(settled(), "name", "description"),
        "active": optional(kind=bool, default=True),
        "guidance": optional(default="DEFAULT", check=one_of("DEFAULT", "DEPRECATED")),
        **ACCEPT_LANGUAGE,
        **REGION,
        **outputs("createdTime", "provisioningArtifactId"),
    }
    autonamed = ("name", 255)
    title, noun = "Service Catalog Provisioning Artifact", "provisioning_artifact"
    id_at = "ProvisioningArtifactDetail.Id"

    def problems(self, inputs: State) -> Iterator[str]:
        return exactly_one(inputs, "templateUrl", "templatePhysicalId")

    def wished(self, op: Operation) -> State:
        return {"Parameters": version_parameters(op.new)}

    def create(self, op: Operation) -> None:
        super().create(op)
        op.id = f"{op.id}:{op.new['productId']}"
        self.update(op)

    def read(self, op: Operation) -> State:
        names = self.names(op)

        def look() -> tuple[str, dict[str, Any]]:
            answer = call(op, "describe_provisioning_artifact", **names)
            return answer["Status"], answer

        with doing(f"describing {self.title} ({op.id})", gone=[NOT_FOUND]):
            answer = ready(op, READ_LIMIT, look)
        detail, info = answer["ProvisioningArtifactDetail"], answer.get("Info", {})
        # AWS answers with other keys than these, so in practice a read never sees the template.
        sources = {"templateUrl": "LoadTemplateFromURL", "templatePhysicalId": "ImportFromPhysicalId"}
        return {
            **pick(detail, "active", "createdTime", "description", "guidance", "name", "type"),
            **pick(names, "productId", "provisioningArtifactId"),
            **{key: info[name] for key, name in sources.items() if name in info},
        }

    def changes(self, op: Operation) -> State:
        return asked(op, "update_provisioning_artifact", **self.names(op), Active=op.new.get("active", True))

    def names(self, op: Operation) -> State:
        with doing(f"parsing {self.title} ID ({op.id})"):
            version, product = parts_of(op.id, "artifactID:productID")
        return {"ProvisioningArtifactId": version, "ProductId": product}
