"""A version's bill of materials, in CycloneDX's form for machine learning (ML-BOM, specification 1.6).

It names the model with its card, what it was made of, and what runs it. The library that knows the form
(cyclonedx-python-lib) has no model cards, so the document is written here and held against its schema in the tests.
"""

import uuid
from collections.abc import Iterator
from typing import Any, Final

from cyclonedx.spdx import is_expression, is_supported_id
from packageurl import PackageURL

from hub.definitions.artifacts import image_parts
from pages.index.model import Index, IndexedProduct
from pages.index.version import IndexedImage, IndexedVersion

_SPECIFICATION: Final = "1.6"
_MODEL: Final = "model"
_SHA256: Final = "SHA-256"


def sbom(index: Index, product: IndexedProduct, version: IndexedVersion) -> dict[str, Any]:
    """Write the bill of materials; the same for the same version, on whichever day."""
    parts = [*_parts(version)]
    identity = uuid.uuid5(uuid.NAMESPACE_URL, f"{version.model.package}#{product.original_key}/{version.version}/sbom")
    return {
        "$schema": f"http://cyclonedx.org/schema/bom-{_SPECIFICATION}.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": _SPECIFICATION,
        "serialNumber": identity.urn,
        "version": 1,
        "metadata": {
            "timestamp": f"{version.life.released.isoformat()}T00:00:00Z",
            "supplier": {"name": product.distributor, "contact": [{"email": product.contact}]},
            "component": _model(index, product, version),
        },
        "components": parts,
        "dependencies": [
            {"ref": _MODEL, "dependsOn": [part["bom-ref"] for part in parts]},
            *({"ref": part["bom-ref"]} for part in parts),
        ],
    }


def _model(index: Index, product: IndexedProduct, version: IndexedVersion) -> dict[str, Any]:
    card, model = version.card, version.model
    references: list[dict[str, Any]] = [{"type": "distribution", "url": model.archive}]
    if model.sha256:
        references[0]["hashes"] = [{"alg": _SHA256, "content": model.sha256}]
    references.append({"type": "documentation", "url": product.support_url})
    if source := card.lineage.repository or index.repository:
        references.append({"type": "vcs", "url": source, **_comment(card.lineage.commit)})
    known = {
        "model-catalog:product": product.key,
        "model-catalog:portfolio": product.portfolio,
        "model-catalog:model-package": model.package,
        "model-catalog:etag": model.etag,
        "model-catalog:version-id": model.version_id,
        "model-catalog:risk-rating": card.risk_rating,
        "model-catalog:training-job": card.lineage.training_job,
        "model-catalog:generated-by": card.lineage.generated_by,
        "model-catalog:template-sha256": version.template_sha256,
        "model-catalog:approved-by": version.approval and version.approval.approved_by,
        "model-catalog:approved-on": version.approval and str(version.approval.approved_on),
    }
    component: dict[str, Any] = {
        "type": "machine-learning-model",
        "bom-ref": _MODEL,
        "manufacturer": {"name": card.owner, "contact": [{"email": card.contact}]},
        "group": product.portfolio,
        "name": product.key,
        "version": version.version,
        "description": card.summary,
        "licenses": [_license(card.license)],
        "externalReferences": references,
        "modelCard": _card(version),
        "properties": [{"name": name, "value": value} for name, value in known.items() if value],
    }
    if model.sha256:
        component["hashes"] = [{"alg": _SHA256, "content": model.sha256}]
    if card.base_model:
        component["pedigree"] = {"ancestors": [{"type": "machine-learning-model", "name": card.base_model}]}
    return component


def _comment(commit: str | None) -> dict[str, str]:
    return {"comment": f"commit {commit}"} if commit else {}


def _license(text: str) -> dict[str, Any]:
    if is_supported_id(text):
        return {"license": {"id": text}}
    if is_expression(text):
        return {"expression": text}
    return {"license": {"name": text}}


def _card(version: IndexedVersion) -> dict[str, Any]:
    card = version.card
    datasets = [{"ref": reference} for reference, _ in _datasets(version)]
    parameters = {"task": card.task, "datasets": datasets, "inputs": [{"format": card.modality}]}
    if card.algorithm:
        parameters["architectureFamily"] = card.algorithm
    return {
        "modelParameters": parameters,
        "quantitativeAnalysis": {
            "performanceMetrics": [
                {"type": each.name, "value": f"{each.value:g}", "slice": each.evaluation} for each in version.metrics
            ]
        },
        "considerations": {
            "useCases": card.intended_uses,
            "technicalLimitations": [*card.limits, *(f"Not for: {each}" for each in card.out_of_scope)],
            "ethicalConsiderations": [{"name": card.risk_reason}],
        },
    }


def _parts(version: IndexedVersion) -> Iterator[dict[str, Any]]:
    card = version.card
    yield {"type": "framework", "bom-ref": "framework", "name": card.framework}
    for reference, uri in _datasets(version):
        data = {"type": "dataset", "name": uri, "contents": {"url": uri}}
        yield {"type": "data", "bom-ref": reference, "name": uri, "data": [data]}
    for image in version.model.images:
        yield _image(image)
    if version.model.code:
        yield {
            "type": "file",
            "bom-ref": "code",
            "name": version.model.code,
            "externalReferences": [{"type": "distribution", "url": version.model.code}],
        }


def _image(image: IndexedImage) -> dict[str, Any]:
    repository, mark, what = image.uri.partition("@") if image.pinned == "digest" else image.uri.rpartition(":")
    name = image_parts(image.uri)["repository"].rpartition("/")[2]
    qualifiers = {"repository_url": repository} | ({"tag": what} if mark == ":" else {})
    return {
        "type": "container",
        "bom-ref": f"image-{image.region}",
        "name": repository,
        "version": what,
        "purl": PackageURL("oci", None, name, what if mark == "@" else None, qualifiers).to_string(),
    }


def _datasets(version: IndexedVersion) -> Iterator[tuple[str, str]]:
    """Name what it was trained and measured on, each once."""
    found = [*version.card.lineage.datasets, *(each.dataset for each in version.card.evaluations)]
    for number, uri in enumerate(dict.fromkeys(found), start=1):
        yield f"dataset-{number}", uri
