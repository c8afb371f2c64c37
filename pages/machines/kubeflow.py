"""A source for Kubeflow Hub's model catalog: a file of models of the type `yaml`, and the entry that names it.

Source: github.com/kubeflow/hub, api/openapi/catalog.yaml (CatalogModel, CatalogModelArtifact, CatalogMetricsArtifact),
and catalog/internal/catalog/modelcatalog/yaml_catalog.go, which refuses keys that it does not know.
"""

import datetime as dt
from typing import Any, Final

import yaml

from pages.index.model import Index, IndexedProduct
from pages.index.version import IndexedVersion
from pages.machines.feeds import TITLE

MODELS: Final = "kubeflow/models.yaml"
SOURCES: Final = "kubeflow/sources.yaml"
_MATURITY: Final = {"active": "Generally Available", "deprecated": "Deprecated", "retired": "Retired"}


def models(index: Index) -> str:
    """Write the models: each version is one, because a name is unique there and has no versions."""
    return _written(
        {
            "source": next((each.provider_name for each in index.portfolios), TITLE),
            "models": [_model(product, version) for product, version in index.versions()],
        }
    )


def sources() -> str:
    """Write the entry of `sources.yaml`."""
    source = {
        "name": TITLE,
        "id": "model-catalog",
        "type": "yaml",
        "enabled": True,
        "properties": {"yamlCatalogPath": MODELS.rpartition("/")[2]},
    }
    return _written({"catalogs": [source]})


def _written(document: object) -> str:
    return yaml.dump(document, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True, width=120)


def _model(product: IndexedProduct, version: IndexedVersion) -> dict[str, Any]:
    card, life = version.card, version.life
    properties = {
        "version": version.version,
        "state": life.state,
        "portfolio": product.portfolio,
        "contact": product.contact,
        "modality": card.modality,
        "risk_rating": card.risk_rating,
        "base_model": card.base_model,
        "model_package": version.model.package,
        "deprecated_on": life.deprecated_on and str(life.deprecated_on),
        "retires_on": life.retires_on and str(life.retires_on),
        "replacement": life.replacement,
    }
    published = _since_epoch(life.released)
    return {
        "name": f"{product.key}/{version.version}",
        "description": card.summary,
        "readme": _readme(product, version),
        "maturity": _MATURITY[life.state],
        "tasks": [card.task],
        "provider": card.owner,
        "license": card.license,
        "libraryName": card.framework,
        "createTimeSinceEpoch": published,
        "lastUpdateTimeSinceEpoch": published,
        "customProperties": {name: _text(value) for name, value in properties.items() if value},
        "artifacts": [_archive(version, published), *_metrics(version, published)],
    }


def _archive(version: IndexedVersion, published: str) -> dict[str, Any]:
    model = version.model
    known = {"version_id": model.version_id, "etag": model.etag, "sha256": model.sha256}
    return {
        "artifactType": "model-artifact",
        "uri": model.archive,
        "createTimeSinceEpoch": published,
        "lastUpdateTimeSinceEpoch": published,
        "customProperties": {name: _text(value) for name, value in known.items() if value},
    }


def _metrics(version: IndexedVersion, published: str) -> list[dict[str, Any]]:
    return [
        {
            "artifactType": "metrics-artifact",
            "metricsType": "accuracy-metrics",
            "createTimeSinceEpoch": published,
            "lastUpdateTimeSinceEpoch": published,
            "customProperties": {
                "evaluation": _text(each.name),
                "dataset": _text(each.dataset),
                **{metric.name: _number(metric.value) for metric in each.metrics},
            },
        }
        for each in version.card.evaluations
    ]


def _readme(product: IndexedProduct, version: IndexedVersion) -> str:
    card = version.card
    parts = [f"# {product.name} {version.version}", product.description]
    for head, items in (("For", card.intended_uses), ("Not for", card.out_of_scope), ("Limits", card.limits)):
        parts.append(f"## {head}\n\n" + "\n".join(f"- {item}" for item in items))
    parts.append(f"## Risk: {card.risk_rating}\n\n{card.risk_reason}")
    return "\n\n".join(parts) + "\n"


def _text(value: object) -> dict[str, Any]:
    return {"metadataType": "MetadataStringValue", "string_value": str(value)}


def _number(value: float) -> dict[str, Any]:
    return {"metadataType": "MetadataDoubleValue", "double_value": value}


def _since_epoch(day: dt.date) -> str:
    return str(int(dt.datetime.combine(day, dt.time(), dt.UTC).timestamp() * 1000))
