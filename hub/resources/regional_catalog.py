"""The whole catalog in one region, as resources and as its part of the contract."""

from collections.abc import Mapping, Sequence
from typing import Final, cast

import pulumi

from hub.config import HubSettings, ShareSetting
from hub.definitions.bucket_policy import Readers
from hub.definitions.model import Catalog
from hub.definitions.publication import Ids, Targets, region_catalog
from hub.definitions.templates import read_template
from hub.resources.governance import Governance
from hub.resources.launch_role import LaunchRole
from hub.resources.portfolio import Portfolio
from hub.resources.portfolio_sharing import PortfolioSharing
from hub.resources.product import ModelProduct
from hub.resources.template_bucket import TemplateBucket
from shared.stack.names import BUCKETS
from shared.stack.principals import Principal
from shared.stack.provider import all_tags

MARKER: Final = "marker.yaml"
"""The template of every product's first artifact, in the catalog's folder (docs/adr/0010)."""


class RegionalCatalog(pulumi.ComponentResource):
    """The whole catalog in one region.

    Type: modelcatalog:hub:RegionalCatalog

    Attributes:
        content: What the contract says of the region, known once everything in it has its id.
    """

    def __init__(
        self,
        region: str,
        *,
        settings: HubSettings,
        catalog: Catalog,
        roles: Mapping[str, LaunchRole],
        principals: Sequence[tuple[str, Principal]],
        targets: Targets,
        readers: Readers | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("modelcatalog:hub:RegionalCatalog", region, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.bucket = bucket = TemplateBucket(
            f"{BUCKETS}{region}", region=region, readers=readers, key=settings.template_key_in(region), opts=child
        )
        marker = bucket.upload("marker", template=read_template(catalog.folder / MARKER), parent=self)
        portfolios = {
            file.key: Portfolio(
                f"{file.original_key}-{region}",
                file=file,
                region=region,
                principals=[principal for key, principal in principals if key == file.key],
                protect=settings.protect,
                opts=child,
            )
            for file in catalog.portfolios
        }
        products = {
            content.file.key: ModelProduct(
                f"{content.file.original_key}-{region}",
                content=content,
                region=region,
                bucket=bucket,
                portfolios=[portfolios[key] for key in content.file.places],
                launch_role=roles[content.file.key],
                marker=marker,
                protect=settings.protect,
                opts=child,
            )
            for content in catalog.products
        }
        governance = Governance(
            f"governance-{region}", portfolios=portfolios, products=products, region=region, opts=child
        )
        self.portfolio_ids = {key: portfolio.id for key, portfolio in portfolios.items()}
        self.product_ids = {key: product.id for key, product in products.items()}
        self._region = region
        self._made = [*portfolios.values(), *products.values(), governance]
        tags = all_tags(settings)
        self.content = pulumi.Output.all(
            portfolios=self.portfolio_ids,
            products=self.product_ids,
            versions={key: product.version_ids for key, product in products.items()},
        ).apply(lambda ids: region_catalog(catalog, targets, cast("Ids", ids), region=region, tags=tags))

    def share(
        self,
        shares: Sequence[ShareSetting],
        recipients: Sequence[str],
        names: Sequence[str],
        *,
        after: Sequence[pulumi.Resource],
    ) -> None:
        """Share the portfolios, which completes the region's catalog.

        Args:
            shares: The shares.
            recipients: Whom each is with, as AWS is told.
            names: Of the shares, in the same order.
            after: What has to be there first, beside what is shared.
        """
        _ = PortfolioSharing(
            f"shares-{self._region}",
            shares=shares,
            recipients=recipients,
            names=names,
            portfolio_ids=self.portfolio_ids,
            region=self._region,
            after=[*self._made, *after],
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({"portfolio_ids": self.portfolio_ids, "product_ids": self.product_ids})
