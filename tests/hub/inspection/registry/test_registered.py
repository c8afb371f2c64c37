"""What a registry knows of a package, in the words of the catalog's files."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from hub.definitions.load import read_catalog
from hub.definitions.sagemaker_card import sagemaker_card
from hub.inspection.registry.registered import registered_model
from hub.inspection.registry.sagemaker_form import card_of
from tests.support.catalog_copy import DAY, CatalogCopy
from tests.support.fake_account import always, denied
from tests.support.registry import PACKAGES

PACKAGE = f"{PACKAGES}/fraud-detector/3"


def test_a_card_in_sagemakers_form_is_read_back_as_it_was_written(catalog_copy: CatalogCopy) -> None:
    for product in read_catalog(catalog_copy.folder, DAY).products:
        for version in product.versions:
            path = catalog_copy.folder / version.entry.card
            content = json.dumps(sagemaker_card(product.file, version.entry, version.card, path=path))
            written = version.card.model_dump(mode="json", exclude_none=True)
            written["lineage"].pop("registry_package")  # the package says it itself
            written.setdefault("algorithm", version.card.framework)  # in SageMaker's form one of the two is said

            assert written == card_of(content)


@pytest.mark.parametrize("content", ["", "no JSON", "[]", '{"intended_uses": [], "evaluation_details": {"a": 1}}'])
def test_what_is_no_card_says_nothing(content: str) -> None:
    assert {} == card_of(content)


def test_a_card_that_may_not_be_decrypted_is_left_out_and_told() -> None:
    def describe(**asked: str) -> dict[str, Any]:
        if "IncludedData" not in asked:
            raise denied("DescribeModelPackage")
        return {"ModelApprovalStatus": "Rejected", "CreationTime": DAY}

    session: Any = SimpleNamespace(client=always(SimpleNamespace(describe_model_package=describe)))
    model = registered_model(session, PACKAGE)

    assert [f"the model card of {PACKAGE}: AccessDeniedException: not authorized"] == model.unread
    assert ("", None) == (model.approved_by, model.approved_on)


@pytest.mark.parametrize(
    ("report", "evaluations"),
    [
        ({"auc": 0.9, "rows": True, "label": "x"}, [("evaluation", {"auc": 0.9})]),
        (
            {"regression_metrics": {"mse": {"value": 4, "standard_deviation": 2.2}}, "version": 0.1},
            [("evaluation", {"version": 0.1}), ("regression metrics", {"mse": 4})],
        ),
        (
            {"binary_classification_metrics": {"confusion_matrix": {"0": {"0": 1}}, "f1": {"value": 0.5}}},
            [("binary classification metrics", {"f1": 0.5})],
        ),
        ({"multiclass": {"loss": float("nan")}}, []),
        ([1, 2], []),
    ],
)
def test_figures_are_numbers_by_name(report: object, evaluations: list[tuple[str, dict[str, float]]]) -> None:
    statistics = {"S3Uri": "s3://bucket/a/evaluation.json"}
    package = {"CreationTime": DAY, "ModelMetrics": {"ModelQuality": {"Statistics": statistics}}}
    body = SimpleNamespace(read=always(json.dumps(report).encode()))
    client = SimpleNamespace(describe_model_package=always(package), get_object=always({"Body": body}))
    session: Any = SimpleNamespace(client=always(client))
    model = registered_model(session, PACKAGE)

    found = model.card.get("evaluations", [])
    assert evaluations == [
        (each["name"], {metric["name"]: metric["value"] for metric in each["metrics"]}) for each in found
    ]
    assert bool(evaluations) != bool(model.unread)
