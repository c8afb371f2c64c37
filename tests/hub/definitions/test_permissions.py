"""What a product's roles may do has to fit into what IAM takes."""

import json

import pytest

from hub.definitions.load import read_catalog
from hub.definitions.permissions import LONGEST, execution_permissions, launch_permissions
from shared.errors import ContentError
from tests.support.catalog_copy import DAY, CatalogCopy
from tests.support.refused import refused

FOLDER = "products/text-embedder-serverless"


def test_every_execution_role_may_pull_what_its_versions_declare_and_do_what_its_file_says(
    catalog_copy: CatalogCopy,
) -> None:
    for product in read_catalog(catalog_copy.folder, DAY).products:
        declared = [statement["Sid"] for statement in product.artifact_statements]
        sids = [statement["Sid"] for statement in execution_permissions(product)["Statement"]]

        assert {"ReadDeclaredModels", "PullDeclaredImages"} <= set(declared)
        assert [*declared, *(statement["Sid"] for statement in product.execution_statements)] == sids


def test_a_launch_role_may_tell_the_topics_of_its_product_in_all_regions(catalog_copy: CatalogCopy) -> None:
    """Finding: a NOTIFICATION constraint made every launch fail. Other products' roles stay as they were."""
    topics = [f"arn:aws:sns:{region}:222233334444:model-catalog-launches" for region in ("eu-central-1", "eu-west-1")]
    constraint = f"constraints: [{{type: NOTIFICATION, topics: {json.dumps(topics)}}}]\n"
    product = catalog_copy.folder / FOLDER / "product.yaml"
    product.write_text(product.read_text() + constraint)

    told = {
        each.file.key: [
            statement["Resource"]
            for statement in launch_permissions(each)["Statement"]
            if statement["Action"] == "sns:Publish"
        ]
        for each in read_catalog(catalog_copy.folder, DAY).products
    }

    assert [topics] == told.pop("text-embedder-serverless")
    assert {()} == {tuple(each) for each in told.values()}


@pytest.mark.parametrize("kind", ["launch", "execution"])
def test_a_policy_that_iam_would_not_take_is_refused(catalog_copy: CatalogCopy, kind: str) -> None:
    write(catalog_copy, kind, LONGEST)

    with refused(ContentError, "policy-too-long", f"text-embedder-serverless/{kind}-policy.json"):
        read_catalog(catalog_copy.folder, DAY)


def test_white_space_does_not_count(catalog_copy: CatalogCopy) -> None:
    """IAM leaves it out, also within values."""
    write(catalog_copy, "execution", 100, " " * LONGEST)

    assert read_catalog(catalog_copy.folder, DAY)


def write(catalog: CatalogCopy, kind: str, length: int, padding: str = "") -> None:
    """Give a product a policy of about that many characters."""
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{'a' * length}{padding}"}
    catalog.write(f"{FOLDER}/{kind}-policy.json", json.dumps([statement]))
