"""Mistakes in the catalog's files, and what is said about the first of them."""

import dataclasses
from pathlib import Path

import pytest

from hub.definitions.load import read_catalog, read_unlocked
from shared.errors import ContentError
from tests.support.catalog_copy import DAY, CatalogCopy

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
        '{"Sid": "Only", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"Bool": {}}}'
    )
    catalog_copy.write(POLICY, f"[{statement}]")

    product = read_catalog(catalog_copy.folder, DAY).products[-1]

    assert [
        {"Sid": "Only", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"Bool": {}}}
    ] == product.launch_statements


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("owner: Language Services\n", "", r"owner is missing. Expected the team that answers for the model"),
        ("owner: Language Services", "owners: Language Services", r"owner is missing. Expected the team that answers"),
        ("owner: Language Services", "owner: 7", r"owner: found 7 \(a number or truth value without quotes\)"),
        ("owner: Language Services", "owner:", r"owner: found nothing. Expected the team that answers for the model"),
        ("distributor: ML Platform", "distributor: ''", r"distributor: found ''. Expected the team that publishes it"),
        (NAME, f"name: {'x' * 101}\n", r"name: found 'x+'. Expected a name of 1 to 100 characters"),
        (
            "key: text-embedder-serverless",
            "key: Text_Embedder",
            r"key: found 'Text_Embedder'. Expected lower-case words",
        ),
        (
            "key: text-embedder-serverless",
            "key: text-embedder",
            r"key: found 'text-embedder'. It must be the name of the folder, 'text-embedder-serverless'",
        ),
        (
            "portfolio: online-inference",
            "portfolio: online",
            r"portfolio: found 'online'. The portfolios are: batch-inference, gpu-inference, online-inference",
        ),
        (
            "email: ml-platform@example.com",
            "email: ml-platform",
            r"support\.email: found 'ml-platform'. Expected an e-mail address, for example ml-platform@example\.com",
        ),
        ("url: https://", "url: http://", r"support\.url: found 'http://.*'. Expected an https address, for example"),
        (
            "- sagemaker.amazonaws.com",
            "- sagemaker",
            r"execution_role\.services\[0\]: found 'sagemaker'. Expected an AWS service principal, for example",
        ),
        ("version: 1.0.0", "version: 1.0", r"versions\[0\]\.version: found 1.0 \(a number.* for example 1\.2\.0"),
        ("version: 1.0.0", "version: v1.0.0", r"versions\[0\]\.version: found 'v1\.0\.0'. Expected a semantic version"),
        (
            "released: 2026-09-08",
            "released: soon",
            r"versions\[0\]\.released: found 'soon'. Expected a date, for example 2026-09-01",
        ),
        (
            "template: 1.0.0.yaml",
            "template: ../1.0.0.yaml",
            r"versions\[0\]\.template: found '\.\./1\.0\.0\.yaml'. Expected the name of a file in the product's folder",
        ),
        (
            "serving: serverless",
            "serving: true",
            r"tags\.serving: found True \(a number or truth value without quotes\)",
        ),
        ("serving: serverless", "serving: a\n  serving: b", r"is not YAML: the key serving stands here twice"),
        ("key: text-embedder-serverless", "key: [", r"is not YAML: "),
        ("launch_policy: launch-policy.json", "launch_policy: none.json", r"none\.json: cannot be read \(No such file"),
        ("template: 1.0.0.yaml", "template: 1.0.1.yaml", r"1\.0\.1\.yaml: cannot be read \(No such.*Add the template"),
    ],
)
def test_a_mistake_in_a_product_is_named(catalog_copy: CatalogCopy, old: str, new: str, message: str) -> None:
    catalog_copy.replace(PRODUCT, old, new)

    with pytest.raises(ContentError, match=rf"/products/text-embedder-serverless/.*{message}"):
        read_catalog(catalog_copy.folder, DAY)


def test_a_products_file_that_is_no_map_is_refused(catalog_copy: CatalogCopy) -> None:
    catalog_copy.write(PRODUCT, "- a list\n")

    with pytest.raises(ContentError, match=r"product\.yaml: found a list"):
        read_catalog(catalog_copy.folder, DAY)


def test_two_products_with_one_name_are_refused(catalog_copy: CatalogCopy) -> None:
    """Whoever looks for a model in Service Catalog sees nothing but its name."""
    catalog_copy.replace(PRODUCT, NAME, "name: Fraud detector, real-time endpoint\n")

    with pytest.raises(
        ContentError,
        match=r"text-embedder.*two products have the name 'Fraud detector.*the other is in .*fraud-.*Rename one of",
    ):
        read_catalog(catalog_copy.folder, DAY)


def test_two_versions_with_one_number_are_refused(catalog_copy: CatalogCopy) -> None:
    catalog_copy.replace("products/fraud-detector-realtime/product.yaml", "version: 1.1.0", "version: 1.0.0")

    with pytest.raises(ContentError, match=r"product\.yaml: two versions have the version '1\.0\.0'. Rename one"):
        read_catalog(catalog_copy.folder, DAY)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("key: batch-inference", "key: online-inference", "two portfolios have the key 'online-inference'"),
        (
            "name: Batch inference models",
            "name: Online inference models",
            "two portfolios have the name 'Online inference models'",
        ),
        (
            "key: batch-inference",
            "key: batch inference",
            r"portfolios\[1\]\.key: found 'batch inference'. Expected lower",
        ),
        (
            "  inference: batch",
            "  inference: 1",
            r"portfolios\[1\]\.tags\.inference: found 1 \(a number or truth value without quotes\)",
        ),
    ],
)
def test_a_mistake_in_the_portfolios_is_named(catalog_copy: CatalogCopy, old: str, new: str, message: str) -> None:
    catalog_copy.replace("portfolios.yaml", old, new)

    with pytest.raises(ContentError, match=rf"portfolios\.yaml: {message}"):
        read_catalog(catalog_copy.folder, DAY)


@pytest.mark.parametrize("text", ["portfolios: []", "portfolios: none", "{}"])
def test_a_catalog_without_portfolios_is_refused(catalog_copy: CatalogCopy, text: str) -> None:
    catalog_copy.write("portfolios.yaml", text)

    with pytest.raises(ContentError, match=r"portfolios\.yaml: portfolios.*Expected a list of portfolios"):
        read_catalog(catalog_copy.folder, DAY)


def test_a_folder_that_is_no_catalog_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"portfolios\.yaml: cannot be read \(No such file or directory\)"):
        read_catalog(tmp_path, DAY)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "is not JSON: "),
        ("{}", "found a dict"),
        ('[{"Effect": "Allow", "Action": "s3:*"}]', r"\[0\]\.Resource is missing"),
        ('[{"Effect": "Permit", "Action": "s3:*", "Resource": "*"}]', r"\[0\]\.Effect: found 'Permit'"),
        ('[{"Effect": "Allow", "Action": 1, "Resource": "*"}]', r"\[0\]\.Action\.?.*: found 1 \(a number"),
    ],
)
def test_a_policy_that_is_none_is_refused(catalog_copy: CatalogCopy, text: str, message: str) -> None:
    catalog_copy.write(POLICY, text)

    with pytest.raises(ContentError, match=rf"launch-policy\.json: {message}"):
        read_catalog(catalog_copy.folder, DAY)


def test_a_changed_template_is_refused_when_the_catalog_is_read(catalog_copy: CatalogCopy) -> None:
    catalog_copy.replace("products/text-embedder-serverless/1.0.0.yaml", "Default: 3072", "Default: 4096")

    with pytest.raises(ContentError, match=r"1\.0\.0\.yaml: the template of text-embedder-serverless 1\.0\.0 changed"):
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

    with pytest.raises(
        ContentError,
        match=r"1\.0\.0\.yaml: found the role ModelCatalogExecution-other, which is another product's\. "
        r"This product runs as ModelCatalogExecution-text-embedder-serverless",
    ):
        read_unlocked(catalog_copy.folder, DAY)


def test_an_original_key_never_serves_for_another_thing(catalog_copy: CatalogCopy) -> None:
    """What was made under it bears it for life."""
    key = "key: batch-inference\n"
    catalog_copy.replace("portfolios.yaml", key, f"{key}    original_key: online-inference\n")

    with pytest.raises(ContentError, match="two portfolios have the original key 'online-inference'"):
        read_unlocked(catalog_copy.folder, DAY)
