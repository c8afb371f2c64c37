"""The model registry has the last word on what is approved."""

import re

import pytest

from tests.support.catalog_copy import CatalogCopy
from tests.support.registry import BUCKET, FRAUD, PACKAGES, Run
from tests.support.sandbox.process import Sandbox

STORES = "products/store-forecaster-multimodel/product.yaml"


@pytest.mark.parametrize(
    ("number", "status"), [("fraud-detector/3", "PendingManualApproval"), ("text-embedder/2", "Rejected")]
)
def test_a_package_that_is_not_approved_is_a_problem(
    run: Run, catalog_copy: CatalogCopy, number: str, status: str
) -> None:
    publish(catalog_copy, number)

    code, output, errors = run()

    assert 1 == code
    assert re.search(rf"error: .* 1\.\d\.0: {PACKAGES}/{number} is {status} in the registry, not Approved\.", errors)
    assert "demand-forecaster-batch 1.0.0: demand-forecaster/1 is Approved" in output, "the others are checked as well"
    assert output.endswith("1 problem\n")


def test_a_package_that_is_not_in_the_registry_is_a_problem(run: Run, catalog_copy: CatalogCopy) -> None:
    publish(catalog_copy, "fraud-detector/9")

    code, _, errors = run()

    assert 1 == code
    assert f"fraud-detector-realtime 1.1.0: {PACKAGES}/fraud-detector/9 is not in the registry (" in errors
    assert "Register the model, or correct model_package in product.yaml." in errors


def test_a_retired_version_is_not_asked_for(run: Run, catalog_copy: CatalogCopy) -> None:
    publish(catalog_copy, "fraud-detector/3")
    catalog_copy.end("fraud-detector-realtime", "1.1.0", state="retired")

    code, output, _ = run()

    assert 0 == code
    assert "fraud-detector-realtime 1.1.0" not in output


def test_a_deprecated_version_still_is(run: Run, catalog_copy: CatalogCopy) -> None:
    publish(catalog_copy, "fraud-detector/3")
    catalog_copy.end("fraud-detector-realtime", "1.1.0", state="deprecated")

    assert 1 == run()[0]


def test_other_model_data_than_was_approved_is_a_problem(run: Run, catalog_copy: CatalogCopy) -> None:
    catalog_copy.replace(FRAUD, "fraud-detector/2026-10-06/model", "fraud-detector/2026-10-07/model")

    code, _, errors = run()

    assert 1 == code
    assert (
        f"fraud-detector-realtime 1.1.0: the catalog publishes s3://{BUCKET}/fraud-detector/2026-10-07/model.tar.gz, "
        f"and {PACKAGES}/fraud-detector/2 was approved with s3://{BUCKET}/fraud-detector/2026-10-06/model.tar.gz."
    ) in errors


def test_another_prefix_than_was_approved_is_a_problem(run: Run, catalog_copy: CatalogCopy) -> None:
    catalog_copy.replace(STORES, "store-forecaster/2026-10-28/", "store-forecaster/")

    code, _, errors = run()

    assert 1 == code
    assert f"was approved with s3://{BUCKET}/store-forecaster/2026-10-28/. Publish what was approved" in errors


def test_a_registry_that_does_not_answer_is_a_problem_of_each_version(run: Run, sandbox: Sandbox) -> None:
    sandbox.post("faults", [{"operation": "sagemaker:*", "error": "AccessDeniedException", "message": "no right"}])
    try:
        code, output, errors = run()
    finally:
        sandbox.post("faults", [])

    assert 1 == code
    assert 8 == errors.count("could not be asked for: AccessDeniedException: no right.")
    assert output.endswith("8 problems\n")


def publish(catalog: CatalogCopy, number: str) -> None:
    """Let the newest version of a group's product name another package of it."""
    for file in sorted(catalog.folder.glob("products/*/*.yaml")):
        last = {"fraud-detector": 2, "text-embedder": 1}[number.partition("/")[0]]
        text = file.read_text()
        file.write_text(text.replace(f"{PACKAGES}/{number.partition('/')[0]}/{last}", f"{PACKAGES}/{number}"))
