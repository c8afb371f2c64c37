"""What of the versions' models could become another one without anybody changing the catalog."""

from collections.abc import Iterator, Sequence

from hub.definitions.artifacts import image_parts, is_by_digest
from hub.definitions.model import CatalogProduct
from hub.definitions.schema import VersionEntry
from shared.aws.arn import is_prefix
from shared.aws.preflight import Finding, warning


def check_pins(products: Sequence[CatalogProduct]) -> Iterator[Finding]:
    """Tell which archives are known by their place alone, and who could move the images that are named by a tag."""
    entries = [
        (product.file.key, version.entry)
        for product in products
        for version in product.versions
        if version.state != "retired"
    ]
    for key, entry in entries:
        yield from _archive(f"model of {key} {entry.version}", entry)
    tagged = [
        {image_parts(image)["account"] for image in entry.artifacts.images if not is_by_digest(image)}
        for _, entry in entries
    ]
    if count := sum(map(bool, tagged)):
        owners = ", ".join(sorted(set[str]().union(*tagged)))
        yield Finding(
            "images by tag",
            f"those of {count} versions, whose owners may move the tag, as AWS does for fixes: {owners}",
        )


def _archive(subject: str, entry: VersionEntry) -> Iterator[Finding]:
    uri = entry.artifacts.model_data
    if is_prefix(uri):
        yield Finding(subject, f"{uri} is a prefix: whatever lies below it is run")
    elif not entry.artifacts.identified:
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        yield warning(
            subject,
            f"nothing says by what {uri} is known again, so another archive in its place goes unnoticed. Add etag to "
            f"its artifacts: aws s3api head-object --bucket {bucket} --key {key}",
        )
