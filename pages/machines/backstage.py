"""`catalog-info.yaml`: the catalog's products as entities of Backstage.

A product is an `AiResource` (backstage.io/v1alpha1) of the type `model`, in the system that is its portfolio. The kind
is young: a Backstage has it where its backend has the module for it (source: github.com/backstage/backstage,
packages/catalog-model/src/schema/kinds/AiResource.v1alpha1.schema.json).
"""

import re
from collections.abc import Iterator
from typing import Any, Final

import yaml

from pages.index.model import Index, IndexedPortfolio, IndexedProduct

BACKSTAGE: Final = "catalog-info.yaml"
_API: Final = "backstage.io/v1alpha1"
_LIFECYCLES: Final = {"active": "production"}
"""What Backstage calls our states; the others are words of both."""
_LONGEST: Final = 63
"""Characters of an entity's name and of a tag (source: backstage.io, "Descriptor Format of Catalog Entities")."""


def backstage(index: Index, *, base: str = "") -> str:
    """Write the entities, one document each."""
    entities = [_system(each) for each in index.portfolios]
    entities += [_resource(each, base) for each in index.products]
    return yaml.dump_all(
        entities, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True, width=120, explicit_start=True
    )


def _system(portfolio: IndexedPortfolio) -> dict[str, Any]:
    return {
        "apiVersion": _API,
        "kind": "System",
        "metadata": {
            "name": _name(portfolio.key),
            "title": portfolio.name,
            "description": portfolio.description,
            "annotations": {"model-catalog/portfolio": portfolio.key},
        },
        "spec": {"owner": f"group:{_name(portfolio.provider_name)}", "type": "model-portfolio"},
    }


def _resource(product: IndexedProduct, base: str) -> dict[str, Any]:
    version = product.version(product.newest)
    assert version is not None  # noqa: S101 - it is one of the product's own
    card = version.card
    links = [{"url": product.support_url, "title": "Support"}]
    if base:
        links.insert(0, {"url": f"{base}{version.address}", "title": f"Card of {version.version}"})
    return {
        "apiVersion": _API,
        "kind": "AiResource",
        "metadata": {
            "name": _name(product.key),
            "title": product.name,
            "description": " ".join(card.summary.split()),
            "annotations": {
                "model-catalog/product": product.key,
                "model-catalog/version": version.version,
                "model-catalog/versions": ", ".join(each.version for each in product.versions),
                "model-catalog/model-package": version.model.package,
                "model-catalog/license": card.license,
                "model-catalog/risk-rating": card.risk_rating,
                "model-catalog/contact": product.contact,
            },
            "tags": sorted(set(_tags(card.task, card.modality, card.framework, card.risk_rating))),
            "links": links,
        },
        "spec": {
            "type": "model",
            "lifecycle": _LIFECYCLES.get(product.state, product.state),
            "owner": f"group:{_name(product.owner)}",
            "system": _name(product.portfolio),
        },
    }


def _tags(*texts: str) -> Iterator[str]:
    for text in texts:
        if tag := re.sub(r"[^a-z0-9+#]+", "-", text.lower()).strip("-")[:_LONGEST].strip("-"):
            yield tag


def _name(text: str) -> str:
    """Write a name as that of an entity: letters and digits, divided by hyphens, dots or underscores."""
    found = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:_LONGEST].strip("-")
    return found or "unnamed"
