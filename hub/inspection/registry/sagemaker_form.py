"""Reads a model card in SageMaker's form, the other way round than `hub/definitions/sagemaker_card.py` writes it."""

from collections.abc import Iterator
from typing import Any, Final, cast

from shared.documents import parse_json

_NOT_FOR: Final = "Not for: "
_DETAILS: Final = ("modality", "framework", "base_model", "license", "contact")
_RATINGS: Final = {"Low": "low", "Medium": "medium", "High": "high", "Unknown": "unknown"}


def card_of(content: str) -> dict[str, Any]:
    """Give what a card in SageMaker's form says, by the keys of the catalog's; nothing where it is none."""
    try:
        found = parse_json(content or "{}")
    except ValueError:
        return {}
    card = _Part(found)
    overview, uses, training = (card.part(name) for name in ("model_overview", "intended_uses", "training_details"))
    more, job = card.part("additional_information"), training.part("training_job_details")
    caveats = more.lines("caveats_and_recommendations")
    details = more.part("custom_details")
    evaluations = list(_evaluations(card))
    read: dict[str, Any] = {
        "summary": overview.text("model_description"),
        "task": overview.text("problem_type"),
        "algorithm": overview.text("algorithm_type"),
        "owner": overview.text("model_owner"),
        "risk_rating": _RATINGS.get(uses.text("risk_rating"), ""),
        "risk_reason": uses.text("explanations_for_risk_rating"),
        "intended_uses": uses.lines("intended_uses"),
        "limits": uses.lines("factors_affecting_model_efficiency"),
        "out_of_scope": [line.removeprefix(_NOT_FOR) for line in caveats if line.startswith(_NOT_FOR)],
        "training_data": training.text("training_observations"),
        "evaluations": evaluations,
        **{name: details.text(name) for name in _DETAILS},
    }
    lineage = {"datasets": job.texts("training_datasets"), "training_job": job.text("training_arn")}
    read["lineage"] = {name: value for name, value in lineage.items() if value}
    return {name: value for name, value in read.items() if value}


def _evaluations(card: "_Part") -> Iterator[dict[str, Any]]:
    for each in card.parts("evaluation_details"):
        metrics = [
            {"name": metric.text("name"), "value": value, **metric.only("notes")}
            for group in each.parts("metric_groups")
            for metric in group.parts("metric_data")
            if (value := metric.number("value")) is not None and metric.text("name")
        ]
        if metrics:
            dataset, observation = next(iter(each.texts("datasets")), ""), each.text("evaluation_observation")
            yield {
                "name": each.text("name") or "evaluation",
                **({"dataset": dataset} if dataset else {}),
                **({"observation": observation} if observation else {}),
                "metrics": metrics,
            }


class _Part:
    """A part of a document of which nobody has checked the shape."""

    def __init__(self, found: object) -> None:
        self._found = cast("dict[str, Any]", found) if isinstance(found, dict) else {}

    def part(self, name: str) -> "_Part":
        return _Part(self._found.get(name))

    def parts(self, name: str) -> "list[_Part]":
        return [_Part(each) for each in self._listed(name)]

    def text(self, name: str) -> str:
        found = self._found.get(name)
        return " ".join(found.split()) if isinstance(found, str) else ""

    def only(self, name: str) -> dict[str, str]:
        return {name: found} if (found := self.text(name)) else {}

    def texts(self, name: str) -> list[str]:
        return [each for each in self._listed(name) if isinstance(each, str)]

    def lines(self, name: str) -> list[str]:
        found = self._found.get(name)
        return [line.strip() for line in found.splitlines() if line.strip()] if isinstance(found, str) else []

    def number(self, name: str) -> float | None:
        found = self._found.get(name)
        return found if isinstance(found, int | float) and not isinstance(found, bool) else None

    def _listed(self, name: str) -> list[object]:
        found = self._found.get(name)
        return cast("list[object]", found) if isinstance(found, list) else []
