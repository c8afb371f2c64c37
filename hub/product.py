"""A model as a product in one region: its versions, its place in a portfolio, its constraints."""

import json
from collections.abc import Mapping
from typing import Any, Final

import pulumi
import pulumi_aws as aws

from hub.launch_role import LaunchRole
from hub.portfolio import Portfolio
from hub.reading import CatalogProduct, CatalogVersion
from hub.template_bucket import TemplateBucket
from shared.errors import ContentError
from shared.names import launch_role_name

_TAG_UPDATES_ALLOWED: Final = {"Version": "2.0", "Properties": {"TagUpdateOnProvisionedProduct": "ALLOWED"}}


class ModelProduct(pulumi.ComponentResource):
    """A product with all its versions, associated with its portfolio and constrained there.

    A product's first version is part of the product and can never change: every field of it forces a
    replacement, which would give the product another id and cut off every spoke. Later versions are resources
    of their own, which are added and never altered (source: terraform-provider-aws, product.go and
    provisioning_artifact.go).

    Type: modelcatalog:hub:ModelProduct
    """

    def __init__(
        self,
        name: str,
        *,
        content: CatalogProduct,
        region: str,
        bucket: TemplateBucket,
        portfolio: Portfolio,
        launch_role: LaunchRole,
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
        self.portfolio = portfolio
        first, *later = content.versions
        self.product = self._with_first(first)
        self.id = self.product.id
        versions = [self._later(version) for version in later]
        self._constrain(launch_role)
        self.version_ids = self._version_ids(first, versions)
        self.register_outputs({"product_id": self.id})

    def _with_first(self, first: CatalogVersion) -> aws.servicecatalog.Product:
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
                "name": first.entry.version,
                "description": first.entry.description,
                "template_url": self._bucket.upload(file.key, first.entry.version, first.template, parent=self),
                "type": "CLOUD_FORMATION_TEMPLATE",
            },
            region=self._region,
            opts=pulumi.ResourceOptions(
                parent=self, protect=self._keep, ignore_changes=["provisioningArtifactParameters"]
            ),
        )

    def _later(self, version: CatalogVersion) -> aws.servicecatalog.ProvisioningArtifact:
        return aws.servicecatalog.ProvisioningArtifact(
            f"{self._stem}-{version.entry.version}",
            product_id=self.id,
            name=version.entry.version,
            description=version.entry.description,
            template_url=self._bucket.upload(
                self.content.file.key, version.entry.version, version.template, parent=self
            ),
            type="CLOUD_FORMATION_TEMPLATE",
            region=self._region,
            # An update of productId would go to the old product and never converge.
            opts=pulumi.ResourceOptions(parent=self, protect=self._keep, replace_on_changes=["productId"]),
        )

    def _constrain(self, launch_role: LaunchRole) -> None:
        association = aws.servicecatalog.ProductPortfolioAssociation(
            self._stem,
            portfolio_id=self.portfolio.id,
            product_id=self.id,
            region=self._region,
            opts=pulumi.ResourceOptions(parent=self),
        )
        constraints: dict[str, Mapping[str, Any]] = {
            "LAUNCH": {"LocalRoleName": launch_role_name(self.content.file.key)},
            # It governs only what is provisioned after it was made, so it is there from the first day.
            "RESOURCE_UPDATE": _TAG_UPDATES_ALLOWED,
        }
        if self.content.file.template_rules:
            constraints["TEMPLATE"] = {"Rules": self.content.file.template_rules}
        for kind, parameters in constraints.items():
            _ = aws.servicecatalog.Constraint(
                f"{self._stem}-{kind.lower().replace('_', '-')}",
                type=kind,
                portfolio_id=self.portfolio.id,
                product_id=self.id,
                parameters=json.dumps(parameters, sort_keys=True),
                description=f"{kind} of {self.content.file.key}",
                region=self._region,
                opts=pulumi.ResourceOptions(parent=self, depends_on=[association, launch_role]),
            )

    def _version_ids(
        self, first: CatalogVersion, later: list[aws.servicecatalog.ProvisioningArtifact]
    ) -> dict[str, pulumi.Output[str]]:
        """Give each version's id; the first version is no resource, so its id is looked up by name."""
        listed = aws.servicecatalog.get_provisioning_artifacts_output(
            product_id=self.id, region=self._region, opts=pulumi.InvokeOutputOptions(parent=self)
        )
        found = listed.provisioning_artifact_details.apply(
            lambda details: self._id_of(first.entry.version, {item.name: item.id for item in details})
        )
        ids = {first.entry.version: found}
        for version, resource in zip(self.content.versions[1:], later, strict=True):
            ids[version.entry.version] = resource.provisioning_artifact_id
        return ids

    def _id_of(self, version: str, ids: Mapping[str, str]) -> str:
        if version not in ids:
            raise ContentError(
                f"The product {self.content.file.key} has no version {version} in {self._region}, although it is "
                f"the first of its product.yaml (found: {', '.join(sorted(ids)) or 'none'}). The first version of a "
                f"published product can be neither renamed nor removed: put it back."
            )
        return ids[version]
