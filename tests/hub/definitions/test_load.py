"""Mistakes in the catalog's files, and what is said about the first of them."""

import dataclasses
import shutil
from pathlib import Path

import pytest

from hub.definitions.load import read_catalog, read_unlocked
from shared.errors import ContentError
from tests.support.catalog_copy import DAY, CatalogCopy
from tests.support.refused import refused

PRODUCT = "products/text-embedder-serverless/product.yaml"
POLICY = "products/text-embedder-serverless/launch-policy.json"
NAME = "name: Text embedder, serverless endpoint\n"


def test_the_catalogs_products_and_versions_are_read_in_order(catalog_copy: CatalogCopy) -> None:
    catalog = read_catalog(catalog_copy.folder, DAY)

    assert {
        "chat-assistant-llm": ["1.0.0"],
        "churn-predictor-shadow": ["1.0.0"],
        "demand-forecaster-batch": ["1.0.0"],
        "fraud-detector-realtime": ["1.0.0", "1.1.0"],
        "speech-transcriber-async": ["1.0.0"],
        "store-forecaster-multimodel": ["1.0.0"],
        "text-embedder-serverless": ["1.0.0"],
    } == {product.file.key: [version.entry.version for version in product.versions] for product in catalog.products}
    assert ["online-inference", "batch-inference", "gpu-inference"] == [each.key for each in catalog.portfolios]


def test_policies_are_read_as_they_are_written(catalog_copy: CatalogCopy) -> None:
    statement = (
        '{"Sid": "Only", "Effect": "Allow", "Action": "ecr:ListImages", "Resource": "*", "Condition": {"Bool": {}}}'
    )
    catalog_copy.write(POLICY, f"[{statement}]")

    product = read_catalog(catalog_copy.folder, DAY).products[-1]

    assert [
        {"Sid": "Only", "Effect": "Allow", "Action": "ecr:ListImages", "Resource": "*", "Condition": {"Bool": {}}}
    ] == product.launch_statements


@pytest.mark.parametrize(
    ("old", "new", "code", "place"),
    [
        ("owner: Language Services\n", "", "missing-key", "owner"),
        ("owner: Language Services", "owners: Language Services", "missing-key", "owner"),
        ("owner: Language Services", "owner: 7", "invalid-value", "owner"),
        ("owner: Language Services", "owner:", "invalid-value", "owner"),
        ("distributor: ML Platform", "distributor: ''", "invalid-value", "distributor"),
        (NAME, f"name: {'x' * 101}\n", "invalid-value", "name"),
        ("key: text-embedder-serverless", "key: Text_Embedder", "invalid-value", "key"),
        ("key: text-embedder-serverless", "key: text-embedder", "key-is-not-the-folder", "key"),
        ("email: ml-platform@example.com", "email: ml-platform", "invalid-value", "support.email"),
        ("url: https://", "url: http://", "invalid-value", "support.url"),
        ("- sagemaker.amazonaws.com", "- sagemaker", "invalid-value", "execution_role.services[0]"),
        ("version: 1.0.0", "version: 1.0", "invalid-value", "versions[0].version"),
        ("version: 1.0.0", "version: v1.0.0", "invalid-value", "versions[0].version"),
        ("released: 2026-09-08", "released: soon", "invalid-value", "versions[0].released"),
        ("template: 1.0.0.yaml", "template: ../1.0.0.yaml", "invalid-value", "versions[0].template"),
        ("serving: serverless", "serving: true", "invalid-value", "tags.serving"),
    ],
)
def test_a_mistake_in_a_product_is_named(catalog_copy: CatalogCopy, old: str, new: str, code: str, place: str) -> None:
    catalog_copy.replace(PRODUCT, old, new)

    with refused(ContentError, code, f"/{PRODUCT}: {place}"):
        read_catalog(catalog_copy.folder, DAY)


def test_an_unknown_portfolio_is_refused_with_those_that_are_known(catalog_copy: CatalogCopy) -> None:
    catalog_copy.replace(PRODUCT, "portfolio: online-inference", "portfolio: online")

    with refused(ContentError, "portfolio-unknown", f"{PRODUCT}: portfolio") as found:
        read_catalog(catalog_copy.folder, DAY)

    assert "batch-inference, gpu-inference, online-inference" in str(found.value)


@pytest.mark.parametrize(
    ("old", "new", "code", "file"),
    [
        ("serving: serverless", "serving: a\n  serving: b", "file-not-yaml", "product.yaml"),
        ("key: text-embedder-serverless", "key: [", "file-not-yaml", "product.yaml"),
        ("launch_policy: launch-policy.json", "launch_policy: none.json", "file-unreadable", "none.json"),
        ("template: 1.0.0.yaml", "template: 1.0.1.yaml", "file-unreadable", "1.0.1.yaml"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(
    catalog_copy: CatalogCopy, old: str, new: str, code: str, file: str
) -> None:
    catalog_copy.replace(PRODUCT, old, new)

    with refused(ContentError, code, f"/products/text-embedder-serverless/{file}"):
        read_catalog(catalog_copy.folder, DAY)


def test_a_products_file_that_is_no_map_is_refused(catalog_copy: CatalogCopy) -> None:
    catalog_copy.write(PRODUCT, "- a list\n")

    with refused(ContentError, "invalid-value", PRODUCT):
        read_catalog(catalog_copy.folder, DAY)


def test_two_products_with_one_name_are_refused(catalog_copy: CatalogCopy) -> None:
    """Whoever looks for a model in Service Catalog sees nothing but its name."""
    catalog_copy.replace(PRODUCT, NAME, "name: Fraud detector, real-time endpoint\n")

    with refused(ContentError, "not-unique", PRODUCT) as found:
        read_catalog(catalog_copy.folder, DAY)

    assert "products/fraud-detector-realtime/product.yaml" in str(found.value)


def test_two_versions_with_one_number_are_refused(catalog_copy: CatalogCopy) -> None:
    fraud = "products/fraud-detector-realtime/product.yaml"
    catalog_copy.replace(fraud, "version: 1.1.0", "version: 1.0.0")

    with refused(ContentError, "not-unique", fraud):
        read_catalog(catalog_copy.folder, DAY)


@pytest.mark.parametrize(
    ("old", "new", "code", "place"),
    [
        ("key: batch-inference", "key: online-inference", "not-unique", "portfolios.yaml"),
        ("name: Batch inference models", "name: Online inference models", "not-unique", "portfolios.yaml"),
        ("key: batch-inference\n", "key: batch-inference\n    original_key: online-inference\n", "not-unique", ".yaml"),
        ("key: batch-inference", "key: batch inference", "invalid-value", "portfolios.yaml: portfolios[1].key"),
        ("  inference: batch", "  inference: 1", "invalid-value", "portfolios.yaml: portfolios[1].tags.inference"),
    ],
)
def test_a_mistake_in_the_portfolios_is_named(
    catalog_copy: CatalogCopy, old: str, new: str, code: str, place: str
) -> None:
    catalog_copy.replace("portfolios.yaml", old, new)

    with refused(ContentError, code, place):
        read_catalog(catalog_copy.folder, DAY)


@pytest.mark.parametrize(
    ("text", "code"),
    [("portfolios: []", "invalid-value"), ("portfolios: none", "invalid-value"), ("{}", "missing-key")],
)
def test_a_catalog_without_portfolios_is_refused(catalog_copy: CatalogCopy, text: str, code: str) -> None:
    catalog_copy.write("portfolios.yaml", text)

    with refused(ContentError, code, "portfolios.yaml: portfolios"):
        read_catalog(catalog_copy.folder, DAY)


def test_a_folder_that_is_no_catalog_is_refused(tmp_path: Path) -> None:
    with refused(ContentError, "file-unreadable", "portfolios.yaml"):
        read_catalog(tmp_path, DAY)


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("{", "file-not-json", POLICY),
        ("{}", "invalid-value", POLICY),
        ('[{"Effect": "Allow", "Action": "s3:*"}]', "missing-key", f"{POLICY}: [0].Resource"),
        ('[{"Effect": "Permit", "Action": "s3:*", "Resource": "*"}]', "invalid-value", f"{POLICY}: [0].Effect"),
        ('[{"Effect": "Allow", "Action": 1, "Resource": "*"}]', "invalid-value", f"{POLICY}: [0].Action"),
    ],
)
def test_a_policy_that_is_none_is_refused(catalog_copy: CatalogCopy, text: str, code: str, place: str) -> None:
    catalog_copy.write(POLICY, text)

    with refused(ContentError, code, place):
        read_catalog(catalog_copy.folder, DAY)


def test_a_changed_template_is_refused_when_the_catalog_is_read(catalog_copy: CatalogCopy) -> None:
    catalog_copy.replace("products/text-embedder-serverless/1.0.0.yaml", "Default: 3072", "Default: 4096")

    with refused(ContentError, "published-template-changed", "text-embedder-serverless/1.0.0.yaml"):
        read_catalog(catalog_copy.folder, DAY)


def test_a_new_version_can_be_read_before_it_is_locked(catalog_copy: CatalogCopy) -> None:
    catalog_copy.replace("products/text-embedder-serverless/1.0.0.yaml", "Default: 3072", "Default: 4096")

    catalog = read_unlocked(catalog_copy.folder, DAY)

    assert "4096" == catalog.products[-1].versions[0].template.parameters["MemorySizeInMB"].default


def test_what_was_read_does_not_change(catalog_copy: CatalogCopy) -> None:
    catalog = read_catalog(catalog_copy.folder, DAY)

    with pytest.raises(dataclasses.FrozenInstanceError, match="folder"):
        catalog.folder = Path()  # pyright: ignore[reportAttributeAccessIssue] - that it is refused is the point


def test_a_template_that_runs_as_another_products_role_is_refused(catalog_copy: CatalogCopy) -> None:
    """Copied from another product, it would pass every check and fail only when it is launched."""
    template = "products/text-embedder-serverless/1.0.0.yaml"
    text = (catalog_copy.folder / template).read_text()
    catalog_copy.write(
        template, text.replace("ModelCatalogExecution-text-embedder-serverless", "ModelCatalogExecution-other")
    )

    with refused(ContentError, "role-of-another-product", template):
        read_unlocked(catalog_copy.folder, DAY)


def test_a_part_of_the_catalog_leaves_the_mistakes_of_others_to_them(catalog_copy: CatalogCopy) -> None:
    catalog_copy.replace(PRODUCT, "owner: Language Services", "owner: 7")
    catalog_copy.write("products/fraud-detector-realtime/later.json", '{"say": "<fill in: something>"}')

    catalog = read_catalog(catalog_copy.folder, DAY, published=["batch-inference"])

    assert {"batch-inference"} == {product.file.portfolio for product in catalog.products}
    assert "demand-forecaster-batch" in {product.file.key for product in catalog.products}
    with refused(ContentError, "invalid-value", f"{PRODUCT}: owner"):
        read_catalog(catalog_copy.folder, DAY, published=["online-inference"])


def test_a_product_that_nobody_can_place_is_told_in_every_part(catalog_copy: CatalogCopy) -> None:
    catalog_copy.write(PRODUCT, "portfolio: [\n")

    with refused(ContentError, "file-not-yaml"):
        read_catalog(catalog_copy.folder, DAY, published=["batch-inference"])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (NAME, "name: Demand forecaster, batch\n"),
        ("key: text-embedder-serverless\n", "key: text-embedder-serverless\noriginal_key: demand-forecaster-batch\n"),
    ],
)
def test_what_products_of_two_parts_have_in_common_is_told_in_either(
    catalog_copy: CatalogCopy, old: str, new: str
) -> None:
    catalog_copy.replace("products/demand-forecaster-batch/product.yaml", *_named(catalog_copy))
    catalog_copy.replace(PRODUCT, old, new)

    with refused(ContentError, "not-unique"):
        read_catalog(catalog_copy.folder, DAY, published=["batch-inference"])


def test_a_folder_that_is_gone_is_missed_in_every_part(catalog_copy: CatalogCopy) -> None:
    shutil.rmtree(catalog_copy.folder / "products" / "text-embedder-serverless")

    with refused(ContentError, "published-version-missing"):
        read_catalog(catalog_copy.folder, DAY, published=["batch-inference"])


def _named(copy: CatalogCopy) -> tuple[str, str]:
    text = (copy.folder / "products" / "demand-forecaster-batch" / "product.yaml").read_text()
    [line] = [each for each in text.splitlines() if each.startswith("name: ")]
    return f"{line}\n", "name: Demand forecaster, batch\n"
