"""What a catalog may not let its roles do."""

import json
from typing import Any

import pytest

from hub.definitions.load import read_catalog
from shared.errors import ContentError
from tests.support.catalog_copy import DAY, CatalogCopy
from tests.support.refused import refused

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
    ("changed", "code"),
    [
        ({"Action": "*"}, "policy-allows-everything"),
        ({"Action": ["s3:GetObject", "s3:*"]}, "policy-allows-everything"),
        ({"Condition": {}}, "role-passed-to-any-service"),
        ({"Action": "iam:Pass*", "Condition": {}}, "role-passed-to-any-service"),
        ({"Resource": "*"}, "any-role-passed"),
        ({"NotAction": "iam:DeleteUser"}, "policy-by-exclusion"),
        ({"NotResource": "arn:aws:s3:::secrets"}, "policy-by-exclusion"),
    ],
)
def test_a_statement_that_allows_too_much_is_refused(
    catalog_copy: CatalogCopy, kind: str, changed: dict[str, Any], code: str
) -> None:
    catalog_copy.write(f"{FOLDER}/{kind}-policy.json", json.dumps([{**PASSING, **changed}]))

    with refused(ContentError, code, f"{FOLDER}/{kind}-policy.json: [0] (Pass)"):
        read_catalog(catalog_copy.folder, DAY)


@pytest.mark.parametrize(
    "statement", [PASSING, {"Effect": "Deny", "Action": "*", "Resource": "*"}, {**PASSING, "Action": "s3:Get*"}]
)
def test_what_is_named_or_denied_is_taken(catalog_copy: CatalogCopy, statement: dict[str, Any]) -> None:
    catalog_copy.write(f"{FOLDER}/launch-policy.json", json.dumps([statement]))

    assert read_catalog(catalog_copy.folder, DAY)
