"""Writes a model card in the form of SageMaker, for `aws sagemaker create-model-card --content`.

Names and limits are those of the model card's JSON schema, version 1.0.0 (source: SageMaker Developer Guide,
"Amazon SageMaker Model Cards", and the CloudFormation type AWS::SageMaker::ModelCard).
"""

import json
from pathlib import Path
from typing import Any, Final

from hub.definitions.card import MOST_CHARACTERS, Evaluation, ModelCard
from hub.definitions.schema import ProductFile, VersionEntry
from shared.errors import ContentError

_LONGEST: Final = 2048
"""Characters in the long texts of SageMaker's form."""


def sagemaker_card(product: ProductFile, entry: VersionEntry, card: ModelCard, *, path: Path) -> dict[str, Any]:
    """Write a version's card in SageMaker's form.

    Raises:
        ContentError: it would be longer than SageMaker takes.
    """
    content = {
        "model_overview": {
            "model_name": product.name,
            "model_id": entry.model_package,
            "model_description": card.summary,
            "model_creator": product.distributor,
            "model_owner": card.owner,
            "problem_type": card.task,
            "algorithm_type": card.algorithm or card.framework,
            "model_artifact": [entry.artifacts.model_data],
            "inference_environment": {"container_image": entry.artifacts.images[:15]},
        },
        "intended_uses": {
            "purpose_of_model": card.summary,
            "intended_uses": _listed(card.intended_uses),
            "factors_affecting_model_efficiency": _listed(card.limits),
            "risk_rating": card.risk_rating.capitalize(),
            "explanations_for_risk_rating": card.risk_reason,
        },
        "training_details": {
            "training_observations": card.training_data,
            "training_job_details": {
                **({"training_arn": card.lineage.training_job} if card.lineage.training_job else {}),
                "training_datasets": card.lineage.datasets,
            },
        },
        "evaluation_details": [_evaluation(evaluation) for evaluation in card.evaluations],
        "additional_information": {
            "caveats_and_recommendations": _listed([f"Not for: {use}" for use in card.out_of_scope]),
            "custom_details": _details(product, entry, card),
        },
    }
    characters = len(json.dumps(content))
    if characters > MOST_CHARACTERS:
        raise ContentError(
            f"the card has {characters} characters in SageMaker's form, which takes {MOST_CHARACTERS}. Shorten its "
            f"texts or leave out metrics.",
            code="card-too-long",
            place=str(path),
        )
    return content


def _listed(sentences: list[str]) -> str:
    return "\n".join(sentences)[:_LONGEST]


def _evaluation(evaluation: Evaluation) -> dict[str, Any]:
    metrics = [
        {
            "name": metric.name,
            "type": "number",
            "value": metric.value,
            **({"notes": metric.notes} if metric.notes else {}),
        }
        for metric in evaluation.metrics
    ]
    return {
        "name": evaluation.name,
        **({"evaluation_observation": evaluation.observation} if evaluation.observation else {}),
        "datasets": [evaluation.dataset],
        "metric_groups": [{"name": evaluation.name, "metric_data": metrics}],
    }


def _details(product: ProductFile, entry: VersionEntry, card: ModelCard) -> dict[str, str]:
    details = {
        "product": product.key,
        "version": entry.version,
        "modality": card.modality,
        "framework": card.framework,
        "base_model": card.base_model,
        "license": card.license,
        "contact": card.contact,
    }
    return {key: value for key, value in details.items() if value}
