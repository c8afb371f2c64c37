"""An archive that was put in the place of the approved one is noticed."""

import base64
import hashlib
from collections.abc import Iterator

import pytest

from tests.support.catalog_copy import CatalogCopy
from tests.support.registry import BUCKET, FRAUD, Run
from tests.support.sandbox.accounts import HUB
from tests.support.sandbox.process import Sandbox

KEY = "fraud-detector/2026-10-06/model.tar.gz"
PLACE = f"fraud-detector-realtime 1.1.0: s3://{BUCKET}/{KEY}"
CONTENT = f"s3://{BUCKET}/{KEY}".encode()
ETAG = hashlib.md5(CONTENT, usedforsecurity=False).hexdigest()


@pytest.fixture(autouse=True)
def archive(sandbox: Sandbox) -> Iterator[None]:
    """Put the archive back that was there before a test."""
    yield
    sandbox.client("s3", HUB).put_object(Bucket=BUCKET, Key=KEY, Body=CONTENT)


def test_the_archives_of_the_catalog_are_those_of_their_versions(run: Run) -> None:
    code, output, _ = run()

    assert 0 == code
    assert f"{PLACE} is the version's, by its etag" in output


def test_another_archive_in_the_place_is_a_problem(run: Run, sandbox: Sandbox) -> None:
    s3 = sandbox.client("s3", HUB)
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=b"another model")

    code, _, errors = run()

    assert 1 == code
    other = hashlib.md5(b"another model", usedforsecurity=False).hexdigest()
    assert f"error: {PLACE} is another archive than the version's: its etag is {other}, and the catalog says" in errors


@pytest.mark.parametrize("given", [CONTENT, b"another"], ids=["the same", "another"])
def test_a_digest_is_compared_where_s3_knows_one(
    run: Run, sandbox: Sandbox, catalog_copy: CatalogCopy, given: bytes
) -> None:
    catalog_copy.replace(FRAUD, f"etag: {ETAG}", f"sha256: {hashlib.sha256(CONTENT).hexdigest()}")
    checksum = base64.b64encode(hashlib.sha256(given).digest()).decode()
    sandbox.client("s3", HUB).put_object(
        Bucket=BUCKET, Key=KEY, Body=given, ChecksumAlgorithm="SHA256", ChecksumSHA256=checksum
    )

    code, output, errors = run()

    assert (0 if given == CONTENT else 1) == code
    found = f"{PLACE} is the version's, by its sha256" if given == CONTENT else f"{PLACE} is another archive"
    assert found in output + errors


def test_what_s3_does_not_know_is_said_not_to_be_compared(run: Run, catalog_copy: CatalogCopy) -> None:
    catalog_copy.replace(FRAUD, f"etag: {ETAG}", "version_id: some-version")

    code, output, _ = run()

    assert 0 == code
    assert f"{PLACE}: not compared: S3 does not know what the catalog names of it" in output


def test_an_archive_that_is_not_there_is_a_problem(run: Run, sandbox: Sandbox) -> None:
    sandbox.client("s3", HUB).delete_object(Bucket=BUCKET, Key=KEY)

    code, _, errors = run()

    assert 1 == code
    assert f"error: {PLACE} could not be asked for: 404" in errors
