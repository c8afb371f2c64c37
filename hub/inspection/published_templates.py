"""The templates that AWS holds of the versions that were published, by their hashes."""

import hashlib
import urllib.parse
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final

from botocore.exceptions import ClientError

from hub.definitions.model import CatalogProduct, CatalogVersion
from hub.inspection.own_products import own_products
from shared import limits
from shared.aws.preflight import Finding, failed, warning
from shared.aws.session import AccountSession, error_text
from shared.errors import ContentError

_AT_ONCE: Final = 8

_Published = tuple[CatalogProduct, CatalogVersion, str, str]
"""A version, and what AWS calls the product and the version."""


def template_hash(account: AccountSession, region: str, product: str, artifact: str) -> str:
    """Give the SHA-256 of the template that a version names in AWS.

    DescribeProvisioningArtifact tells its address as `Info.TemplateUrl` (source: AWS CLI, example of
    describe-provisioning-artifact; terraform-provider-aws, product.go, which reads the same key).

    Raises:
        ContentError: there is nothing at that address that the caller may read.
        ClientError: the caller may not ask for the version.
    """
    described = account.client("servicecatalog", region).describe_provisioning_artifact(
        ProductId=product, ProvisioningArtifactId=artifact
    )
    url: str = described.get("Info", {}).get("TemplateUrl", "")
    address = urllib.parse.urlsplit(url)
    bucket, dot, _ = address.netloc.partition(".s3")
    key = address.path.lstrip("/")
    if not dot:  # the older form, in which the bucket is part of the path
        bucket, _, key = key.partition("/")
    try:
        content: bytes = (
            account.client("s3", region)
            .get_object(Bucket=bucket, Key=key)["Body"]
            .read(
                limits.FILE_BYTES + 1  # what is larger is none of the catalog's, whose hash is another one
            )
        )
    except ClientError as problem:
        raise ContentError(
            f"the template cannot be read at {address.netloc}, so it cannot be compared with the catalog's. AWS "
            f"says: {error_text(problem)}",
            code="published-template-unreadable",
            place=f"{artifact} in {region}",
        ) from None
    return hashlib.sha256(content).hexdigest()


def check_templates(account: AccountSession, products: list[CatalogProduct], region: str) -> Iterator[Finding]:
    """Compare the template of every version that is published in a region with the catalog's."""
    by_name = {product.file.name: product for product in products}
    published: list[_Published] = [
        (by_name[own.name], version, own.id, own.artifacts[version.entry.version])
        for own in own_products(account, by_name, region)
        for version in by_name[own.name].versions
        if version.entry.version in own.artifacts
    ]
    with ThreadPoolExecutor(_AT_ONCE) as workers:
        found = list(workers.map(partial(_compared, account, region), published))
    wrong = [finding for finding in found if finding]
    yield from wrong
    if published and not wrong:
        yield Finding(f"templates in {region}", f"AWS holds the catalog's of all {len(published)} versions")


def _compared(account: AccountSession, region: str, published: _Published) -> Finding | None:
    product, version, identity, artifact = published
    subject = f"template of {product.file.key} {version.entry.version} in {region}"
    try:
        found = template_hash(account, region, identity, artifact)
    except ContentError as problem:
        return warning(subject, f"not compared: {problem}")
    if found == version.template.sha256:
        return None
    return failed(
        subject,
        f"AWS holds another template (sha256 {found[:12]}…) than {version.template.path} "
        f"({version.template.sha256[:12]}…), and a published version never changes. Restore the file, and publish the "
        f"change as a new version",
    )
