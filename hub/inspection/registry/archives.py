"""Asks S3 whether the archives behind the catalog's versions are still those that were approved."""

import base64
from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from hub.definitions.artifacts import Artifacts
from hub.definitions.model import CatalogProduct
from hub.inspection.registry.findings import Finding
from shared.aws.session import Session, code_of, message_of


def check_archives(session: Session, products: list[CatalogProduct]) -> Iterator[Finding]:
    """Compare each archive with what its version says it is known by.

    SageMaker reads what lies at the place when a model is created, so the newest version of the object counts.

    Yields:
        A line per version that is not retired and says more of its archive than the place. A problem is another
        object, or none.
    """
    for product in products:
        s3 = session.client("s3", product.file.registry.region)
        for version in product.versions:
            artifacts = version.entry.artifacts
            if version.state != "retired" and artifacts.identified:
                yield _checked(s3, f"{product.file.key} {version.entry.version}", artifacts)


def _checked(s3: Any, who: str, artifacts: Artifacts) -> Finding:  # noqa: ANN401 - a boto3 client
    uri = artifacts.model_data
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    try:
        found = s3.head_object(Bucket=bucket, Key=key, ChecksumMode="ENABLED")
    except ClientError as problem:
        return Finding(f"{who}: {uri} could not be asked for: {code_of(problem)}: {message_of(problem)}.", wrong=True)
    there = {
        "version_id": found.get("VersionId"),
        "etag": found["ETag"].strip('"'),
        "sha256": _sha256(found),
    }
    for name, value in there.items():
        wanted = getattr(artifacts, name)
        if wanted and value and wanted != value:
            return Finding(
                f"{who}: {uri} is another archive than the version's: its {name} is {value}, and the catalog says "
                f"{wanted}. Put the approved archive back, or publish this one as a new version.",
                wrong=True,
            )
    compared = [name for name, value in there.items() if value and getattr(artifacts, name)]
    if not compared:
        return Finding(f"{who}: {uri}: not compared: S3 does not know what the catalog names of it")
    return Finding(f"{who}: {uri} is the version's, by its {' and '.join(compared)}")


def _sha256(found: dict[str, Any]) -> str | None:
    """Give the checksum of the whole object, where it was uploaded with one.

    That of an object in parts is one of the parts' checksums (source: Amazon S3 User Guide, "Checking object
    integrity").
    """
    checksum = found.get("ChecksumSHA256", "")
    return base64.b64decode(checksum).hex() if checksum and "-" not in checksum else None
