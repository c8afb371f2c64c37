"""Only an approved model of the product's own registry is published as active."""

import datetime as dt

import pytest

from hub.definitions.load import read_catalog
from shared.errors import ContentError
from tests.support.catalog_copy import DAY, CatalogCopy

FRAUD = "fraud-detector-realtime"
FILE = f"products/{FRAUD}/product.yaml"
APPROVAL = "    approval:\n      approved_by: Model Risk Review\n      approved_on: 2026-10-01\n"
SECOND = "arn:aws:sagemaker:eu-central-1:222233334444:model-package/fraud-detector/2"


def test_an_active_version_that_nobody_approved_is_refused(catalog_copy: CatalogCopy) -> None:
    catalog_copy.replace(FILE, APPROVAL, "")

    with pytest.raises(
        ContentError,
        match=rf"product\.yaml: versions\[1\]\.approval is missing, and 1\.1\.0 would be published as active\. Have "
        rf"{SECOND} approved in the registry, then say here who",
    ):
        read_catalog(catalog_copy.folder, DAY)


@pytest.mark.parametrize("state", ["deprecated", "retired"])
def test_a_version_at_its_end_needs_no_approval(catalog_copy: CatalogCopy, state: str) -> None:
    catalog_copy.replace(FILE, APPROVAL, "")
    catalog_copy.end(FRAUD, "1.1.0", state=state)

    assert read_catalog(catalog_copy.folder, DAY)


def test_a_version_that_is_to_be_deprecated_needs_it_until_then(catalog_copy: CatalogCopy) -> None:
    catalog_copy.replace(FILE, APPROVAL, "")
    catalog_copy.end(FRAUD, "1.1.0", deprecated_on=DAY + dt.timedelta(days=1))

    with pytest.raises(ContentError, match="approval is missing"):
        read_catalog(catalog_copy.folder, DAY)
    assert read_catalog(catalog_copy.folder, DAY + dt.timedelta(days=1))


def test_an_approval_after_the_release_is_refused(catalog_copy: CatalogCopy) -> None:
    catalog_copy.replace(FILE, "approved_on: 2026-10-01", "approved_on: 2026-10-07")

    with pytest.raises(ContentError, match=r"approved_on: found 2026-10-07, after the release on 2026-10-06\."):
        read_catalog(catalog_copy.folder, DAY)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            f"model_package: {SECOND}",
            f"model_package: {SECOND.replace('eu-central-1', 'us-east-1')}",
            r"which is of the region us-east-1\. The product's registry is eu-central-1",
        ),
        (
            f"model_package: {SECOND}",
            f"model_package: {SECOND.replace('222233334444', '999900001111')}",
            r"which is of the account 999900001111\. The product's registry is 222233334444",
        ),
        (
            f"model_package: {SECOND}",
            f"model_package: {SECOND.replace('fraud-detector', 'text-embedder')}",
            r"which is of the group text-embedder\. The product's registry is fraud-detector",
        ),
    ],
)
def test_a_package_of_another_registry_is_refused(catalog_copy: CatalogCopy, old: str, new: str, message: str) -> None:
    catalog_copy.replace(FILE, old, new)

    with pytest.raises(ContentError, match=rf"versions\[1\]\.model_package: found 'arn.*{message}: correct one"):
        read_catalog(catalog_copy.folder, DAY)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            f"model_package: {SECOND}",
            "model_package: fraud-detector/2",
            r"model_package: found 'fraud.*the ARN of a ver",
        ),
        ("group: fraud-detector", "group: fraud_detector", r"registry\.group: found 'fraud_detector'"),
        ("approved_by: Model Risk Review\n      approved_on: 2026-10-01", "approved_on: 2026-10-01", "approved_by is"),
    ],
)
def test_what_is_written_wrongly_is_refused(catalog_copy: CatalogCopy, old: str, new: str, message: str) -> None:
    catalog_copy.replace(FILE, old, new)

    with pytest.raises(ContentError, match=message):
        read_catalog(catalog_copy.folder, DAY)
