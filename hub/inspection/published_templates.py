"""The templates that AWS holds of the versions that were published, by their hashes."""

import hashlib
import re
import urllib.parse
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Final

from botocore.exceptions import ClientError

from hub.config import HubSettings
from hub.definitions.lock_document import LOCK_FILE
from hub.definitions.lock_file import removed_numbers
from hub.definitions.model import Catalog, CatalogProduct, CatalogVersion
from hub.inspection.own_products import own_products
from shared import limits
from shared.aws.preflight import Check, Finding, begun, failed, run_checks, warning
from shared.aws.session import AccountSession, error_text
from shared.errors import ContentError

_AT_ONCE: Final = 8

_OURS: Final = re.compile(r"templates/(?P<product>[^/]+)/(?P<version>[^/]+)/(?P<sha256>[0-9a-f]{64})\.template")
"""Where a hub puts templates (hub/resources/template_bucket.py): the hash is part of the place."""

_Published = tuple[CatalogProduct, CatalogVersion, str, str]
"""A version, and what AWS calls the product and the version."""


def template_hash(account: AccountSession, region: str, product: str, artifact: str) -> str:
    """Give the SHA-256 of the template that a version names in AWS; of one that a hub put there, from its address.

    DescribeProvisioningArtifact tells its address as `Info.TemplateUrl` (source: AWS CLI, example of
    describe-provisioning-artifact; terraform-provider-aws, product.go, which reads the same key).

    Raises:
        ContentError: there is nothing at that address that the caller may read.
        ClientError: the caller may not ask for the version.
    """
    address = urllib.parse.urlsplit(_address(account, region, product, artifact))
    if ours := _OURS.search(address.path):
        return ours["sha256"]
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


def begin_comparison(settings: HubSettings, catalog: Catalog, *, where: str) -> Check:
    """Begin to compare before an update too, which may have had no preview; what is given waits for what is found.

    It raises ConfigError where the credentials are of another account.
    """

    def published() -> Iterator[Finding]:
        """Templates of published versions."""
        account = AccountSession(settings, where=where)
        for region in settings.all_regions:
            yield from check_templates(account, catalog, region)

    return begun([published])[0]


def refuse_other_templates(compared: Check) -> None:
    """Refuse what is found.

    Raises:
        ConfigError: the credentials are of another account.
        PreflightError: AWS holds another template of a version, or a version that the catalog has forgotten.
    """
    _ = run_checks([compared])


def check_templates(
    account: AccountSession, catalog: Catalog, region: str, *, tags: Mapping[str, str] | None = None
) -> Iterator[Finding]:
    """Compare the template of every version that is published in a region with the catalog's.

    Args:
        account: The hub's.
        catalog: What it publishes.
        region: Where.
        tags: The stack's, for whoever is no program of it.
    """
    by_name = {product.file.name: product for product in catalog.products}
    published: list[_Published] = []
    wrong: list[Finding] = []
    for own in own_products(account, by_name, region, tags=tags):
        product = by_name[own.name]
        versions = {version.entry.version: version for version in product.versions}
        published += [(product, versions[each], own.id, id_) for each, id_ in own.artifacts.items() if each in versions]
        others = {each: id_ for each, id_ in own.artifacts.items() if each not in versions}
        wrong += _forgotten(account, catalog.folder, product, region, own.id, others)
    with ThreadPoolExecutor(_AT_ONCE) as workers:
        wrong += [found for found in workers.map(partial(_compared, account, region), published) if found]
    yield from wrong
    if published and not wrong:
        yield Finding(f"templates in {region}", f"AWS holds the catalog's of all {len(published)} versions")


def published_hashes(
    account: AccountSession, products: list[CatalogProduct], region: str, tags: Mapping[str, str]
) -> dict[tuple[str, str], str]:
    """Give the hashes of all versions that AWS holds of products, by their original keys and the versions' numbers.

    Raises:
        ClientError: AWS does not tell.
        ContentError: a template cannot be read.
    """
    by_name = {product.file.name: product.file.original_key for product in products}
    return {
        (by_name[own.name], number): template_hash(account, region, own.id, artifact)
        for own in own_products(account, by_name, region, tags=tags)
        for number, artifact in own.artifacts.items()
        if number[:1].isdecimal()  # and not the marker
    }


def _forgotten(
    account: AccountSession,
    catalog: Path,
    product: CatalogProduct,
    region: str,
    identity: str,
    others: Mapping[str, str],
) -> Iterator[Finding]:
    """Name versions that this stack published and that neither the catalog nor its lock file knows."""
    key = product.file.original_key
    for number, artifact in others.items():
        ours = _OURS.search(urllib.parse.urlsplit(_address(account, region, identity, artifact)).path)
        if ours and ours["version"] == number and number not in removed_numbers(catalog, key):
            yield failed(
                f"version {number} of {product.file.key} in {region}",
                f"AWS holds it, and the catalog has forgotten it. Put its entry and files back, and its line into "
                f"{LOCK_FILE}: {_line(key, number, ours['sha256'])}. To let it go, retire it first, then run "
                f"model-catalog models remove-version",
            )


def _address(account: AccountSession, region: str, product: str, artifact: str) -> str:
    described = account.client("servicecatalog", region).describe_provisioning_artifact(
        ProductId=product, ProvisioningArtifactId=artifact
    )
    return described.get("Info", {}).get("TemplateUrl", "")


def _line(product: str, version: str, sha256: str) -> str:
    return f"templates: {product}: {version}: {sha256}"


def _compared(account: AccountSession, region: str, published: _Published) -> Finding | None:
    product, version, identity, artifact = published
    number = version.entry.version
    subject = f"template of {product.file.key} {number} in {region}"
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
        f"change as a new version. The line of {LOCK_FILE} is {_line(product.file.original_key, number, found)}",
    )
