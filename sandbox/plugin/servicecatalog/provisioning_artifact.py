"""ProvisioningArtifact: a further version of a product."""

from collections.abc import Iterator
from typing import Any

from sandbox.plugin.failure import doing, tolerating
from sandbox.plugin.properties import pick
from sandbox.plugin.schema import REGION, Operation, Resource, one_of, optional, outputs, required, settled
from sandbox.plugin.waits import until_gone
from sandbox.plugin.wire import State

from .calls import ACCEPT_LANGUAGE, NOT_FOUND, READ_LIMIT, call, create, exactly_one, parts_of, present, ready
from .product import VERSION_TYPES, version_parameters

_LIMIT = 3 * 60


class ProvisioningArtifact(Resource):
    """A version. Its id holds the product's."""

    pulumi_type = "aws:servicecatalog/provisioningArtifact:ProvisioningArtifact"
    properties = {
        "productId": required(),  # a change updates the old product's version: that is how the real type is
        "templateUrl": optional(replaces=True),
        "templatePhysicalId": optional(replaces=True),
        "type": optional(replaces=True, check=VERSION_TYPES),
        "disableTemplateValidation": optional(kind=bool, default=False, replaces=True),
        "name": settled(),
        "description": settled(),
        "active": optional(kind=bool, default=True),
        "guidance": optional(default="DEFAULT", check=one_of("DEFAULT", "DEPRECATED")),
        **ACCEPT_LANGUAGE,
        **REGION,
        **outputs("createdTime", "provisioningArtifactId"),
    }
    autonamed = ("name", 255)
    title = "Service Catalog Provisioning Artifact"

    def problems(self, inputs: State) -> Iterator[str]:
        return exactly_one(inputs, "templateUrl", "templatePhysicalId")

    def create(self, op: Operation) -> None:
        with doing(f"creating {self.title}"):
            answer = create(op, "create_provisioning_artifact", _LIMIT, Parameters=version_parameters(op.new))
        op.id = f"{answer['ProvisioningArtifactDetail']['Id']}:{op.new['productId']}"
        self.update(op)

    def read(self, op: Operation) -> State:
        names = self._names(op)

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

    def update(self, op: Operation) -> None:
        with doing(f"updating {self.title} ({op.id})"):
            named: State = {**self._names(op), "Active": op.new.get("active", True)}
            create(op, "update_provisioning_artifact", _LIMIT, **named)

    def delete(self, op: Operation) -> None:
        names = self._names(op)
        with doing(f"deleting {self.title} ({op.id})"), tolerating(NOT_FOUND):
            call(op, "delete_provisioning_artifact", **names)
        with doing(f"waiting for {self.title} ({op.id}) to be deleted"):
            until_gone(op.clock, op.limit(_LIMIT), lambda: present(op, "describe_provisioning_artifact", **names))

    def _names(self, op: Operation) -> dict[str, str]:
        with doing(f"parsing {self.title} ID ({op.id})"):
            version, product = parts_of(op.id, "artifactID:productID")
        return {"ProvisioningArtifactId": version, "ProductId": product}
