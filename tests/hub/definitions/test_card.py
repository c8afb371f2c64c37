"""Model cards: what they must say, and what is refused."""

import json
from pathlib import Path
from typing import Any, cast

import pytest
import yaml
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER  # pyright: ignore[reportMissingTypeStubs]
from jsonschema import Draft7Validator

from hub.definitions.card import ModelCard
from hub.definitions.load import read_catalog
from hub.definitions.sagemaker_card import sagemaker_card
from shared.catalog.contract import parse
from shared.errors import ContentError
from tests.support.catalog_copy import DAY, CatalogCopy
from tests.support.recorder import Mocks
from tests.support.refused import refused

FRAUD = "products/fraud-detector-realtime/1.1.0.card.yaml"


@pytest.mark.parametrize(
    ("old", "new", "code", "place"),
    [
        ("license: proprietary\n", "", "missing-key", ": license"),
        ("license: proprietary", "license: ''", "invalid-value", ": license"),
        ("risk_rating: high", "risk_rating: enormous", "invalid-value", ": risk_rating"),
        ("contact: ml-platform@example.com", "contact: ask around", "invalid-value", ": contact"),
        ("        value: 0.74", "        value: good", "invalid-value", ": evaluations[0].metrics[1].value"),
        ("dataset: s3://model", "dataset: model", "invalid-value", ": evaluations[0].dataset"),
        ("modality: tabular", "modality: tabular\nmood: good", "unknown-key", ": mood"),
        ("fraud-detector/2", "fraud-detector/3", "card-of-another-package", ": lineage.registry_package"),
        ("modality: tabular", "modality: tabular\nmodality: text", "file-not-yaml", ""),
    ],
)
def test_a_card_that_says_too_little_or_something_else_is_refused(
    catalog_copy: CatalogCopy, old: str, new: str, code: str, place: str
) -> None:
    catalog_copy.replace(FRAUD, old, new)

    with refused(ContentError, code, f"{FRAUD}{place}"):
        read_catalog(catalog_copy.folder, DAY)


def test_a_version_without_a_card_is_refused(catalog_copy: CatalogCopy) -> None:
    (catalog_copy.folder / FRAUD).unlink()

    with refused(ContentError, "file-unreadable", FRAUD):
        read_catalog(catalog_copy.folder, DAY)


def test_the_contract_has_the_words_by_which_people_look_for_a_model(published: Mocks) -> None:
    products = parse(published.exports["catalog"], source="hub").regions["eu-central-1"].products
    version = products["text-embedder-serverless"].versions["1.0.0"]

    assert {
        "task": "sentence similarity",
        "modality": "text",
        "framework": "PyTorch 2.1",
        "licence": "Apache-2.0",  # as the contract spelt it at first
        "owner": "Language Services",
        "contact": "ml-platform@example.com",
        "risk_rating": "low",
    } == version.card
    assert "arn:aws:sagemaker:eu-central-1:222233334444:model-package/text-embedder/1" == version.model_package


def test_every_card_has_the_form_that_sagemaker_takes(catalog_copy: CatalogCopy) -> None:
    """The type AWS::SageMaker::ModelCard has the same names in another case, and the same limits."""
    for product in read_catalog(catalog_copy.folder, DAY).products:
        for version in product.versions:
            content = sagemaker_card(product.file, version.entry, version.card, path=Path("card.yaml"))
            assert [] == complaints(in_pascal_case(content))
            assert version.card.license == content["additional_information"]["custom_details"]["license"]
            assert version.entry.model_package == content["model_overview"]["model_id"]


def test_the_form_is_checked_at_all() -> None:
    assert complaints({"IntendedUses": {"RiskRating": "enormous"}})
    assert complaints({"Overview": {}})


def test_a_card_that_is_longer_than_sagemaker_takes_is_refused(catalog_copy: CatalogCopy) -> None:
    path = catalog_copy.folder / FRAUD
    content: dict[str, Any] = yaml.safe_load(path.read_text())
    metric = {"name": "m" * 63, "value": 1, "notes": "n" * 1024}
    evaluation = {**content["evaluations"][0], "metrics": [metric] * 100}
    card = ModelCard.model_validate({**content, "evaluations": [evaluation]})
    [product] = [each for each in read_catalog(catalog_copy.folder, DAY).products if each.file.key in FRAUD]

    with refused(ContentError, "card-too-long", FRAUD):
        sagemaker_card(product.file, product.versions[1].entry, card, path=path)


def complaints(content: object) -> list[str]:
    """What CloudFormation's schema of a card's content has against one."""
    manager = cast("Any", PROVIDER_SCHEMA_MANAGER)
    definitions = manager.get_resource_schema("us-east-1", "AWS::SageMaker::ModelCard").schema["definitions"]
    validator = cast("Any", Draft7Validator({"$ref": "#/definitions/Content", "definitions": definitions}))
    return [str(error.message) for error in validator.iter_errors(content)]


def in_pascal_case(value: object, *, keep: bool = False) -> object:
    """Rename a card's keys as CloudFormation has them; those of custom details are the card's own."""
    if isinstance(value, dict):
        items = cast("dict[str, object]", value).items()
        return {key if keep else pascal(key): in_pascal_case(part, keep=key == "custom_details") for key, part in items}
    if isinstance(value, list):
        return [in_pascal_case(part) for part in cast("list[object]", value)]
    return json.loads(json.dumps(value))


def pascal(key: str) -> str:
    """Write a key as CloudFormation has it."""
    return "".join(part.capitalize() for part in key.split("_"))
