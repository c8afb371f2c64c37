"""The roles that the hub rolls out: one template for every account."""

import dataclasses
import json
import re
from typing import Any

import pytest

from hub.definitions.load import read_catalog
from hub.definitions.model import CatalogProduct
from hub.definitions.role_template import roles_template
from shared.errors import ContentError
from tests.support.catalog_copy import DAY, CatalogCopy
from tests.support.refused import refused

TEXT = "products/text-embedder-serverless"


def template(catalog: CatalogCopy, *, boundary: str | None = None) -> dict[str, Any]:
    """Write the template of a catalog."""
    written: dict[str, Any] = json.loads(write(read_catalog(catalog.folder, DAY).products, boundary))
    return written


def test_each_product_has_its_two_roles_in_whatever_account_it_is(catalog_copy: CatalogCopy) -> None:
    products = read_catalog(catalog_copy.folder, DAY).products
    resources = template(catalog_copy)["Resources"]

    launch = resources["TextEmbedderServerlessLaunch"]["Properties"]
    assert 2 * len(products) == len(resources)
    assert ("ModelCatalogLaunch-text-embedder-serverless", "/") == (launch["RoleName"], launch["Path"])
    condition = launch["AssumeRolePolicyDocument"]["Statement"][0]["Condition"]
    assert {"Fn::Sub": "${AWS::AccountId}"} == condition["StringEquals"]["aws:SourceAccount"]
    assert [] == re.findall(r"\$\{(?:Partition|AccountId)\}", json.dumps(resources))
    assert "PermissionsBoundary" not in launch


def test_the_variables_of_iam_are_left_to_iam(catalog_copy: CatalogCopy) -> None:
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:${Partition}:s3:::abc/${aws:username}/*"}
    catalog_copy.write(f"{TEXT}/launch-policy.json", json.dumps([statement]))

    policies = template(catalog_copy)["Resources"]["TextEmbedderServerlessLaunch"]["Properties"]["Policies"]

    last = policies[0]["PolicyDocument"]["Statement"][-1]
    assert {"Fn::Sub": "arn:${AWS::Partition}:s3:::abc/${!aws:username}/*"} == last["Resource"]


def test_a_boundary_is_one_of_each_account(catalog_copy: CatalogCopy) -> None:
    role = template(catalog_copy, boundary="Limit")["Resources"]["TextEmbedderServerlessExecution"]["Properties"]

    assert {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/Limit"} == role["PermissionsBoundary"]


@pytest.mark.parametrize(("key", "other"), [("xgboost-2", "xgboost2"), ("xgboost2", "xgboost-2"), ("a1-b-2", "a1-b2")])
def test_keys_that_would_share_their_roles_are_refused(catalog_copy: CatalogCopy, key: str, other: str) -> None:
    """One pair of roles would stand in the place of both."""
    with refused(ContentError, "logical-ids-collide", "Pulumi.hub.yaml: launchRoles"):
        _ = write([renamed(catalog_copy, key), renamed(catalog_copy, other)])


def test_keys_that_differ_otherwise_have_the_ids_that_they_always_had(catalog_copy: CatalogCopy) -> None:
    keys = ["xgboost-2", "xgboost-21", "xg-boost-2", "xgboost-2-launch"]
    resources = json.loads(write([renamed(catalog_copy, key) for key in keys]))["Resources"]

    stems = ("Xgboost2", "Xgboost21", "XgBoost2", "Xgboost2Launch")
    assert [f"{stem}{kind}" for stem in stems for kind in ("Launch", "Execution")] == list(resources)


def test_more_than_cloudformation_takes_is_refused(catalog_copy: CatalogCopy) -> None:
    product = renamed(catalog_copy, "large")
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": ["arn:${Partition}:s3:::a/*"] * 50_000}

    with refused(ContentError, "role-template-too-long", "Pulumi.hub.yaml: launchRoles"):
        _ = write([dataclasses.replace(product, execution_statements=[statement])])


def renamed(catalog: CatalogCopy, key: str) -> CatalogProduct:
    """Give the catalog's smallest product another key."""
    product = read_catalog(catalog.folder, DAY).products[2]
    return dataclasses.replace(product, file=product.file.model_copy(update={"key": key, "original_key": key}))


def write(products: list[CatalogProduct], boundary: str | None = None) -> str:
    """Write the template of some products."""
    return roles_template(products, boundary=boundary, where="Pulumi.hub.yaml")
