"""What a catalog may not let its roles do."""

import json
from typing import Any

import pytest

from hub.definitions.load import read_catalog
from shared.errors import ContentError
from tests.support.catalog_copy import DAY, CatalogCopy

FOLDER = "products/text-embedder-serverless"
PASSING: dict[str, Any] = {
    "Sid": "Pass",
    "Effect": "Allow",
    "Action": "iam:PassRole",
    "Resource": "arn:${Partition}:iam::${AccountId}:role/ModelCatalogExecution-text-embedder-serverless",
    "Condition": {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
}


@pytest.mark.parametrize("kind", ["launch", "execution"])
@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"Action": "*"}, r"\[0\] \(Pass\): found the action \*, which allows everything"),
        ({"Action": ["s3:GetObject", "s3:*"]}, r"found the action s3:\*, which allows everything"),
        ({"Condition": {}}, "found iam:PassRole without a condition on iam:PassedToService"),
        ({"Action": "iam:Pass*", "Condition": {}}, r"found iam:Pass\* without a condition on iam:PassedToService"),
        ({"Resource": "*"}, r'found iam:PassRole on "\*". Name the role'),
        ({"NotAction": "iam:DeleteUser"}, "found NotAction, which allows all that it does not name"),
        ({"NotResource": "arn:aws:s3:::secrets"}, "found NotResource, which allows all that it does not name"),
    ],
)
def test_a_statement_that_allows_too_much_is_refused(
    catalog_copy: CatalogCopy, kind: str, changed: dict[str, Any], message: str
) -> None:
    catalog_copy.write(f"{FOLDER}/{kind}-policy.json", json.dumps([{**PASSING, **changed}]))

    with pytest.raises(ContentError, match=rf"text-embedder-serverless/{kind}-policy\.json: .*{message}"):
        read_catalog(catalog_copy.folder, DAY)


@pytest.mark.parametrize(
    "statement", [PASSING, {"Effect": "Deny", "Action": "*", "Resource": "*"}, {**PASSING, "Action": "s3:Get*"}]
)
def test_what_is_named_or_denied_is_taken(catalog_copy: CatalogCopy, statement: dict[str, Any]) -> None:
    catalog_copy.write(f"{FOLDER}/launch-policy.json", json.dumps([statement]))

    assert read_catalog(catalog_copy.folder, DAY)
