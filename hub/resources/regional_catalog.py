"""The whole catalog in one region, as resources and as its part of the contract."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pulumi

from hub.config import HubSettings, ShareSetting
from hub.definitions.constraints import is_stack_set, rules_of, tag_updates
from hub.definitions.cost import Prices, cost_entry
from hub.definitions.model import Catalog, CatalogProduct
from hub.definitions.permissions import execution_permissions, launch_permissions
from hub.definitions.tag_options import together
from hub.definitions.templates import read_template
from hub.resources.governance import Governance
from hub.resources.launch_role import LaunchRole
from hub.resources.portfolio import Portfolio
from hub.resources.portfolio_sharing import PortfolioSharing
from hub.resources.product import ModelProduct
from hub.resources.template_bucket import TemplateBucket
from shared.stack.names import execution_role_name, launch_role_name
from shared.stack.principals import Principal
from shared.stack.provider import standard_tags

MARKER: Final = "marker.yaml"
"""The template of every product's first artifact, in the catalog's folder (docs/adr/0010)."""

Targets = Sequence[tuple[ShareSetting, str]]
"""Each share with the id that it is made with."""


class RegionalCatalog(pulumi.ComponentResource):
    """The whole catalog in one region.

    Type: modelcatalog:hub:RegionalCatalog
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
        before_sharing: Sequence[pulumi.Resource] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("modelcatalog:hub:RegionalCatalog", region, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        bucket = TemplateBucket(f"model-catalog-templates-{region}", region=region, opts=child)
        marker = bucket.upload("marker", template=read_template(catalog.folder / MARKER), parent=self)
        portfolios = {
            file.key: Portfolio(
                f"{file.origin}-{region}",
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
                f"{content.file.origin}-{region}",
                content=content,
                region=region,
                bucket=bucket,
                portfolio=portfolios[content.file.portfolio],
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
        _ = PortfolioSharing(
            f"shares-{region}",
            shares=targets,
            portfolio_ids=self.portfolio_ids,
            origins={file.key: file.origin for file in catalog.portfolios},
            region=region,
            after=[*portfolios.values(), *products.values(), governance, *before_sharing],
            opts=child,
        )
        self.document = {
            "portfolios": {key: _portfolio_entry(portfolio, targets) for key, portfolio in portfolios.items()},
            "products": {
                key: {
                    **_product_entry(product, region, catalog.prices),
                    "tag_options": _shared_tag_options(product, targets),
                }
                for key, product in products.items()
            },
        }
        self.register_outputs({"portfolio_ids": self.portfolio_ids, "product_ids": self.product_ids})


def _portfolio_entry(portfolio: Portfolio, targets: Targets) -> dict[str, Any]:
    return {
        "id": portfolio.id,
        "first_key": portfolio.file.origin,
        "name": portfolio.file.name,
        "shares": [
            {"type": share.type, "target": target}
            for share, target in targets
            if share.portfolio == portfolio.file.key and not share.leaving
        ],
    }


def _product_entry(product: ModelProduct, region: str, prices: Prices) -> dict[str, Any]:
    file = product.content.file
    return {
        "id": product.id,
        "first_key": file.origin,
        "name": file.name,
        "portfolio": file.portfolio,
        "owner": file.owner,
        "description": file.description,
        "tags": {**product.portfolio.file.tags, **file.tags, **standard_tags()},
        **_roles_entry(product.content),
        "rules": {name: rule.model_dump(exclude_none=True) for name, rule in rules_of(file.constraints).items()},
        "tag_updates": tag_updates(file.constraints),
        **({"stack_set": "true"} if is_stack_set(file.constraints) else {}),
        "versions": {
            version.entry.version: {
                "id": product.version_ids[version.entry.version],
                "state": version.state,
                **(version.entry.lifecycle.announced() if version.entry.lifecycle else {}),
                "model_package": version.entry.model_package,
                "card": version.card.digest,
                "cost": cost_entry(file.cost, version.template.parameters, prices, region),
                "released": version.entry.released.isoformat(),
                "description": version.entry.description,
                "template_sha256": version.template.sha256,
                "rules": {name: rule.model_dump(exclude_none=True) for name, rule in version.template.rules.items()},
                "parameters": {
                    name: parameter.model_dump(exclude_none=True)
                    for name, parameter in version.template.parameters.items()
                },
            }
            for version in product.content.versions
        },
    }


def _shared_tag_options(product: ModelProduct, targets: Targets) -> dict[str, list[str]]:
    """Give the tags that a recipient's launches have to have: none where tag options stay at home."""
    file, portfolio = product.content.file, product.portfolio.file
    along = any(share.tag_options for share, _ in targets if share.portfolio == portfolio.key)
    return together(portfolio.tag_options, file.tag_options) if along else {}


def _roles_entry(content: CatalogProduct) -> dict[str, Any]:
    key, services = content.file.origin, content.file.execution_role.services
    return {
        "launch_role": {
            "name": launch_role_name(key),
            "services": ["servicecatalog.amazonaws.com"],
            "policy": launch_permissions(content),
        },
        "execution_role": {
            "name": execution_role_name(key),
            "services": services,
            "policy": execution_permissions(content),
        },
    }
