"""Model cards: what a version's model is for, where it comes from and how well it does."""

from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field

from hub.definitions.yaml_file import read_document
from shared.aws.arn import TrainingJobArn
from shared.errors import ContentError
from shared.validation import Document, FormerName

MOST_CHARACTERS: Final = 100_000
"""Of a card in SageMaker's form (source: SageMaker API reference, CreateModelCard, Content)."""

Sentence = Annotated[str, Field(min_length=1, max_length=1024, description="a sentence of at most 1024 characters")]
Word = Annotated[str, Field(min_length=1, max_length=63, description="a few words, at most 63 characters")]
Uri = Annotated[str, Field(pattern=r"^[a-z0-9]+://\S+$", max_length=1024, description="a URI")]
Rating = Literal["low", "medium", "high", "unknown"]


class Metric(Document):
    """One figure of an evaluation."""

    name: Word
    value: float = Field(description="a number", examples=["0.93"])
    notes: Sentence | None = None


class Evaluation(Document):
    """What was measured on which data."""

    name: Word
    dataset: Uri = Field(description="a URI", examples=["s3://model-catalog-data-hub/fraud/holdout-2026-07/"])
    observation: Sentence | None = None
    metrics: list[Metric] = Field(min_length=1, max_length=100, description="a list of metrics")


class Lineage(Document):
    """Where a model comes from.

    Attributes:
        datasets: What it was trained on.
        training_job: The SageMaker training job, where there was one.
        generated_by: What else made it, such as the execution of a pipeline.
        repository: The source code that it was made with.
        commit: Of that source code.
        registry_package: The model package, the same as the version's own.
    """

    datasets: list[Uri] = Field(min_length=1, max_length=15, description="a list of URIs")
    training_job: TrainingJobArn | None = None
    generated_by: str | None = Field(default=None, description="an ARN or a name", max_length=1024)
    repository: str | None = Field(default=None, description="the address of a repository", max_length=1024)
    commit: str | None = Field(default=None, description="the id of a commit", max_length=1024)
    registry_package: str = Field(min_length=1, description="the ARN of the version's model package")


class ModelCard(Document):
    """The card of one version's model.

    Attributes:
        task: What it does, in the words of people who look for it.
        license: Under which terms it may be used.
        risk_rating: In SageMaker's words; `risk_reason` says why.
    """

    summary: Sentence
    task: Word = Field(description="what the model does", examples=["binary classification"])
    modality: Word = Field(description="the kind of data it takes", examples=["tabular"])
    framework: Word = Field(description="the framework with its version", examples=["XGBoost 1.7"])
    algorithm: Word | None = None
    base_model: Word | None = None
    license: Annotated[
        Word, FormerName("licence"), Field(description="an SPDX identifier or proprietary", examples=["Apache-2.0"])
    ]
    owner: Word = Field(description="the team that answers for the model", examples=["Risk Modelling"])
    contact: str = Field(
        pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$", description="an e-mail address", examples=["ml-platform@example.com"]
    )
    risk_rating: Rating = Field(description="low, medium, high or unknown", examples=["medium"])
    risk_reason: Sentence
    intended_uses: list[Sentence] = Field(min_length=1, max_length=10, description="a list of sentences")
    out_of_scope: list[Sentence] = Field(min_length=1, max_length=10, description="a list of sentences")
    limits: list[Sentence] = Field(min_length=1, max_length=10, description="a list of sentences")
    training_data: Sentence
    evaluations: list[Evaluation] = Field(min_length=1, max_length=20, description="a list of evaluations")
    lineage: Lineage

    @property
    def digest(self) -> dict[str, str]:
        """What goes into the contract: the words by which people look for a model, and whom to ask."""
        # The contract says `licence` as it did at first: an older spoke, and every content hash, know it so.
        return {
            "task": self.task,
            "modality": self.modality,
            "framework": self.framework,
            "licence": self.license,
            "owner": self.owner,
            "contact": self.contact,
            "risk_rating": self.risk_rating,
        }


def read_card(path: Path, *, model_package: str) -> ModelCard:
    """Read the card of a version.

    Args:
        path: The card's file.
        model_package: The package that the version publishes.

    Raises:
        ContentError: the file is missing or wrong, or it is another model's card.
    """
    card = read_document(ModelCard, path)
    if card.lineage.registry_package != model_package:
        raise ContentError(
            f"invalid value {card.lineage.registry_package!r}. The version publishes {model_package!r}: write the card "
            f"of that package.",
            code="card-of-another-package",
            place=f"{path}: lineage.registry_package",
        )
    return card
