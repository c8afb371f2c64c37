"""A model as a product in one region: its versions, its place in a portfolio, its constraints."""

import json
from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from hub.definitions.constraints import Constraint, constraint_documents
from hub.definitions.model import CatalogProduct, CatalogVersion
from hub.resources.launch_role import LaunchRole
from hub.resources.portfolio import Portfolio
from hub.resources.service_actions import ServiceActions
from hub.resources.template_bucket import TemplateBucket


class ModelProduct(pulumi.ComponentResource):
    """A product with all its versions, associated with its portfolios and constrained in each.

    AWS makes a product with a first artifact that is part of it: it has no resource of its own, so nothing could
    ever deprecate or retire it, and every field of it forces a replacement of the product, which would give it
    another id and cut off every spoke (source: terraform-provider-aws, product.go). So the first artifact is a
    marker that cannot be launched, and every version of the catalog is a `ProvisioningArtifact`, which is added
    once, and of which only guidance and activity ever change (docs/adr/0010).

    Type: modelcatalog:hub:ModelProduct
    """

    def __init__(
        self,
        name: str,
        *,
        content: CatalogProduct,
        region: str,
        bucket: TemplateBucket,
        portfolios: Sequence[Portfolio],
        launch_role: LaunchRole,
        marker: pulumi.Input[str],
        protect: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("modelcatalog:hub:ModelProduct", name, None, opts)
        self._stem = name
        self._region = region
        self._bucket = bucket
        # Not `_protect`: that is Pulumi's own attribute, which every child inherits.
        self._keep = protect
        self.content = content
        self.product = self._marked(marker)
        self.id = self.product.id
        versions = {version.entry.version: self._publish(version) for version in content.versions}
        self.version_ids = {number: version.provisioning_artifact_id for number, version in versions.items()}
        for portfolio, constraints in zip(portfolios, content.file.places.values(), strict=True):
            self._constrain(portfolio, constraints, launch_role, list(versions.values()))
        if content.file.actions:
            _ = ServiceActions(
                name,
                key=content.file.original_key,
                actions=content.file.actions,
                product_id=self.id,
                version_ids=self.version_ids,
                region=region,
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.register_outputs({"product_id": self.id})

    def _marked(self, marker: pulumi.Input[str]) -> aws.servicecatalog.Product:
        file = self.content.file
        return aws.servicecatalog.Product(
            self._stem,
            name=file.name,
            owner=file.owner,
            distributor=file.distributor,
            description=file.description,
            support_description=file.support.description,
            support_email=file.support.email,
            support_url=file.support.url,
            tags=file.tags,
            type="CLOUD_FORMATION_TEMPLATE",
            provisioning_artifact_parameters={
                "name": "no version",
                "description": "Marks the product and cannot be launched. Choose another version.",
                "template_url": marker,
                "type": "CLOUD_FORMATION_TEMPLATE",
            },
            region=self._region,
            opts=pulumi.ResourceOptions(
                parent=self, protect=self._keep, ignore_changes=["provisioningArtifactParameters"]
            ),
        )

    def _publish(self, version: CatalogVersion) -> aws.servicecatalog.ProvisioningArtifact:
        """Publish a version in its state.

        A deprecated artifact takes no new launch; an inactive one takes no update either (source: Service Catalog
        API reference, UpdateProvisioningArtifact).
        """
        number = version.entry.version
        return aws.servicecatalog.ProvisioningArtifact(
            f"{self._stem}-{number}",
            product_id=self.id,
            name=number,
            description=version.entry.description,
            template_url=self._bucket.upload(
                self.content.file.original_key, number, template=version.template, parent=self
            ),
            type="CLOUD_FORMATION_TEMPLATE",
            guidance="DEFAULT" if version.state == "active" else "DEPRECATED",
            active=version.state != "retired",
            region=self._region,
            opts=pulumi.ResourceOptions(
                parent=self,
                # What is retired may be removed, once nobody uses it: make remove-version sees to that.
                protect=self._keep and version.state != "retired",
                # An update of productId would go to the old product and never converge.
                replace_on_changes=["productId"],
                # AWS keeps its own copy of the template, which nothing can change: a version is never made anew
                # because the place has another name by now, or because it was published by somebody else.
                ignore_changes=["templateUrl"],
            ),
        )

    def _constrain(
        self,
        portfolio: Portfolio,
        constraints: list[Constraint],
        launch_role: LaunchRole,
        versions: Sequence[pulumi.Resource],
    ) -> None:
        """Put the product into a portfolio. The names of the first one are older than that there can be others.

        Rules on parameters come after the versions whose parameters they are about: AWS may hold them against these
        (source: Service Catalog Administrator Guide, "Template constraint rules").
        """
        file = self.content.file
        first = portfolio.file.key == file.portfolio
        stem = self._stem if first else f"{self._stem}-in-{portfolio.file.original_key}"
        association = aws.servicecatalog.ProductPortfolioAssociation(
            stem,
            portfolio_id=portfolio.id,
            product_id=self.id,
            region=self._region,
            opts=pulumi.ResourceOptions(parent=self),
        )
        for kind, parameters in constraint_documents(file.original_key, constraints, self._region).items():
            _ = aws.servicecatalog.Constraint(
                f"{stem}-{kind.lower().replace('_', '-')}",
                type=kind,
                portfolio_id=portfolio.id,
                product_id=self.id,
                parameters=json.dumps(parameters, sort_keys=True),
                description=f"{kind} of {file.original_key}",
                region=self._region,
                opts=pulumi.ResourceOptions(
                    parent=self, depends_on=[association, launch_role, *(versions if kind == "TEMPLATE" else [])]
                ),
            )
