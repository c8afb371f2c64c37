"""What a version's model consists of, and the rights to pull it."""

from typing import Any

import pytest
from pydantic import ValidationError

from hub.definitions.artifacts import Artifacts, artifact_statements
from hub.definitions.load import read_catalog
from shared.errors import ContentError
from tests.support.catalog_copy import DAY, CatalogCopy
from tests.support.refused import refused

FRAUD = "fraud-detector-realtime"
FILE = f"products/{FRAUD}/product.yaml"
DATA = "s3://model-catalog-artifacts-hub/scorer/1/model.tar.gz"
IMAGE = "492215442770.dkr.ecr.eu-central-1.amazonaws.com/sagemaker-xgboost:1.7-1"
KEY = "arn:aws:kms:eu-central-1:222233334444:key/1234abcd"


def test_the_rights_are_those_to_the_declared_artifacts_and_no_others() -> None:
    one = Artifacts(model_data=DATA, images=[IMAGE], kms_key=KEY)
    other = Artifacts(model_data=DATA.replace("/1/", "/2/"), images=[IMAGE])

    assert {
        "ReadDeclaredModels": (
            ["s3:GetObject"],
            [
                "arn:${Partition}:s3:::model-catalog-artifacts-hub/scorer/1/model.tar.gz",
                "arn:${Partition}:s3:::model-catalog-artifacts-hub/scorer/2/model.tar.gz",
            ],
        ),
        "PullDeclaredImages": (
            ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            ["arn:${Partition}:ecr:eu-central-1:492215442770:repository/sagemaker-xgboost"],
        ),
        "DecryptDeclaredModelsThroughS3Only": (["kms:Decrypt"], [KEY]),
    } == {each["Sid"]: (each["Action"], each["Resource"]) for each in artifact_statements([one, other])}


def test_every_model_below_a_prefix_may_be_read_and_looked_for_and_nothing_else() -> None:
    read, find, *_ = artifact_statements([Artifacts(model_data=DATA.replace("model.tar.gz", ""), images=[IMAGE])])
    bucket = "arn:${Partition}:s3:::model-catalog-artifacts-hub"

    assert (["s3:GetObject"], [f"{bucket}/scorer/1/*"]) == (read["Action"], read["Resource"])
    assert ("FindDeclaredModels", ["s3:ListBucket"], [bucket]) == (find["Sid"], find["Action"], find["Resource"])
    assert {"StringLike": {"s3:prefix": ["scorer/1/*"]}} == find["Condition"]


def test_inference_code_is_one_archive(catalog_copy: CatalogCopy) -> None:
    file = "products/text-embedder-serverless/product.yaml"
    catalog_copy.replace(file, "      images:", "      code: s3://model-catalog-artifacts-hub/code/\n      images:")

    with refused(ContentError, "code-is-a-prefix", "artifacts"):
        read_catalog(catalog_copy.folder, DAY)


def test_a_key_is_used_through_s3_only() -> None:
    *_, decrypt = artifact_statements([Artifacts(model_data=DATA, images=[IMAGE], kms_key=KEY)])

    assert {"StringLike": {"kms:ViaService": "s3.*.amazonaws.com"}} == decrypt["Condition"]


def test_without_a_key_there_is_no_right_to_decrypt() -> None:
    statements = artifact_statements([Artifacts(model_data=DATA, images=[IMAGE])])

    assert ["ReadDeclaredModels", "PullDeclaredImages"] == [statement["Sid"] for statement in statements]


def test_every_version_of_a_product_can_be_pulled_even_a_retired_one(catalog_copy: CatalogCopy) -> None:
    """It may still run somewhere, and pull its model again when it scales."""
    catalog_copy.end(FRAUD, "1.0.0", state="retired")

    [product] = [item for item in read_catalog(catalog_copy.folder, DAY).products if item.file.key == FRAUD]

    assert ["2026-09-01", "2026-10-06"] == [
        resource.split("/")[2] for resource in product.artifact_statements[0]["Resource"]
    ]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"model_data": "https://example.com/model.tar.gz"}, "model_data"),
        ({"model_data": "s3://bucket-without-a-key"}, "model_data"),
        ({"model_data": "s3://model-catalog-artifacts-hub/"}, "model_data"),
        ({"model_data": "s3://model-catalog-artifacts-hub/*"}, "model_data"),
        ({"model_data": "s3://model-catalog-artifacts-hub/scorer/?/model.tar.gz"}, "model_data"),
        ({"model_data": "s3://model-catalog-artifacts-hub/${aws:PrincipalAccount}/model.tar.gz"}, "model_data"),
        ({"images": []}, "images"),
        ({"images": ["sagemaker-xgboost:1.7-1"]}, "images"),
        ({"images": [IMAGE.removesuffix(":1.7-1")]}, "images"),
        ({"images": [IMAGE, IMAGE.replace("1.7-1", "1.5-1")]}, "two images are in eu-central-1"),
        ({"kms_key": "alias/models"}, "kms_key"),
    ],
)
def test_what_is_no_artifact_is_refused(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Artifacts.model_validate({"model_data": DATA, "images": [IMAGE], **changed})


def test_a_key_of_another_account_is_refused(catalog_copy: CatalogCopy) -> None:
    text = "      model_data: s3://model-catalog-artifacts-hub/fraud-detector/2026-10-06/model.tar.gz\n"
    catalog_copy.replace(FILE, text, f"{text}      kms_key: {KEY.replace('222233334444', '999900001111')}\n")

    with refused(ContentError, "key-of-another-account", "artifacts.kms_key"):
        read_catalog(catalog_copy.folder, DAY)
