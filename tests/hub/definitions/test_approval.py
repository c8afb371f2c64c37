"""Only an approved model of the product's own registry is published as active."""

import datetime as dt

import pytest

from hub.definitions.load import read_catalog
from shared.errors import ContentError
from tests.support.catalog_copy import DAY, CatalogCopy
from tests.support.refused import refused

FRAUD = "fraud-detector-realtime"
FILE = f"products/{FRAUD}/product.yaml"
APPROVAL = "    approval:\n      approved_by: Model Risk Review\n      approved_on: 2026-10-01\n"
SECOND = "arn:aws:sagemaker:eu-central-1:222233334444:model-package/fraud-detector/2"


def test_an_active_version_that_nobody_approved_is_refused(catalog_copy: CatalogCopy) -> None:
    catalog_copy.replace(FILE, APPROVAL, "")

    with refused(ContentError, "approval-missing", f"{FILE}: versions[1].approval"):
        read_catalog(catalog_copy.folder, DAY)


@pytest.mark.parametrize("state", ["deprecated", "retired"])
def test_a_version_at_its_end_needs_no_approval(catalog_copy: CatalogCopy, state: str) -> None:
    catalog_copy.replace(FILE, APPROVAL, "")
    catalog_copy.end(FRAUD, "1.1.0", state=state)

    assert read_catalog(catalog_copy.folder, DAY)


def test_a_version_that_is_to_be_deprecated_needs_it_until_then(catalog_copy: CatalogCopy) -> None:
    catalog_copy.replace(FILE, APPROVAL, "")
    catalog_copy.end(FRAUD, "1.1.0", deprecated_on=DAY + dt.timedelta(days=1))

    with refused(ContentError, "approval-missing"):
        read_catalog(catalog_copy.folder, DAY)
    assert read_catalog(catalog_copy.folder, DAY + dt.timedelta(days=1))


def test_an_approval_after_the_release_is_refused(catalog_copy: CatalogCopy) -> None:
    catalog_copy.replace(FILE, "approved_on: 2026-10-01", "approved_on: 2026-10-07")

    with refused(ContentError, "approved-after-release", "versions[1].approval.approved_on"):
        read_catalog(catalog_copy.folder, DAY)


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("eu-central-1", "us-east-1", "region"),
        ("222233334444", "999900001111", "account"),
        ("fraud-detector", "text-embedder", "group"),
    ],
)
def test_a_package_of_another_registry_is_refused(catalog_copy: CatalogCopy, old: str, new: str, what: str) -> None:
    catalog_copy.replace(FILE, f"model_package: {SECOND}", f"model_package: {SECOND.replace(old, new)}")

    with refused(ContentError, "package-of-another-registry", "versions[1].model_package") as found:
        read_catalog(catalog_copy.folder, DAY)

    assert f"Its {what} is {new}, and the registry's is {old}" in str(found.value)


@pytest.mark.parametrize(
    ("old", "new", "code", "place"),
    [
        (f"model_package: {SECOND}", "model_package: fraud-detector/2", "invalid-value", "versions[1].model_package"),
        ("group: fraud-detector", "group: fraud_detector", "invalid-value", "registry.group"),
        (
            "approved_by: Model Risk Review\n      approved_on: 2026-10-01",
            "approved_on: 2026-10-01",
            "missing-key",
            "versions[1].approval.approved_by",
        ),
    ],
)
def test_what_is_written_wrongly_is_refused(
    catalog_copy: CatalogCopy, old: str, new: str, code: str, place: str
) -> None:
    catalog_copy.replace(FILE, old, new)

    with refused(ContentError, code, f"{FILE}: {place}"):
        read_catalog(catalog_copy.folder, DAY)
