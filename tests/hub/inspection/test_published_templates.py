"""A preview of the hub compares what AWS holds of each published version with the catalog's template."""

import hashlib
import io
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from hub.definitions.load import read_catalog
from hub.inspection.published_templates import check_templates
from hub.inspection.unpinned_models import check_pins
from shared.aws.preflight import CheckResult, Finding
from tests.support.catalog_copy import DAY, CatalogCopy
from tests.support.fake_account import FakeAccount, MissingError

HUB = "222233334444"
TEXT = "text-embedder-serverless"
NAME = "Text embedder, serverless endpoint"
FILE = f"products/{TEXT}/product.yaml"
ADDRESS = "https://model-catalog-templates-1.s3.eu-central-1.amazonaws.com/templates/a.template"
EMPTY = hashlib.sha256(b"Resources: {}").hexdigest()
Check = Callable[..., list[Finding]]


def place_of(version: str, sha256: str) -> str:
    """Give the address at which a hub puts a template."""
    return f"https://bucket.s3.eu-central-1.amazonaws.com/templates/{TEXT}/{version}/{sha256}.template"


@pytest.fixture
def check(catalog_copy: CatalogCopy) -> Check:
    """Compare with an account that has published the text embedder."""
    template = (catalog_copy.folder / "products" / TEXT / "1.0.0.yaml").read_bytes()

    def check(
        *,
        content: bytes | Exception = template,
        address: str = ADDRESS,
        tag: str = "model-catalog-hub",
        products: tuple[str, ...] = ("prod-1",),
        asked: list[tuple[str, str]] | None = None,
        others: Mapping[str, str] | None = None,
    ) -> list[Finding]:
        addresses = {"pa-1": address, **(others or {})}

        def address_of(asked: dict[str, str]) -> object:
            return {"Info": {"TemplateUrl": addresses.get(asked["ProvisioningArtifactId"], "")}}

        def get(place: dict[str, str]) -> object:
            if asked is not None:
                asked.append((place["Bucket"], place["Key"]))
            return content if isinstance(content, Exception) else {"Body": io.BytesIO(content)}

        def described(asked: dict[str, str]) -> object:
            owner = tag if asked["Id"] == "prod-1" else "somebody"
            summaries = [{"Id": "pa-0", "Name": "no version"}, {"Id": "pa-1", "Name": "1.0.0"}]
            summaries += [{"Id": each, "Name": each.removeprefix("pa-")} for each in others or {}]
            return {"ProvisioningArtifactSummaries": summaries, "Tags": [{"Key": owner, "Value": "hub"}]}

        views = [{"ProductViewSummary": {"Name": NAME, "ProductId": each}} for each in products]
        account: Any = FakeAccount(
            HUB,
            {"search_products_as_admin": views},
            {
                "describe_product_as_admin": described,
                "describe_provisioning_artifact": address_of,
                "get_object": get,
            },
        )
        return list(check_templates(account, read_catalog(catalog_copy.folder, DAY), "eu-central-1"))

    return check


def test_a_template_that_is_as_the_catalog_has_it_is_told_in_one_line(check: Check) -> None:
    assert [Finding("templates in eu-central-1", "AWS holds the catalog's of all 1 versions")] == check()


def test_another_template_than_the_catalogs_stops_the_preview(check: Check) -> None:
    [finding] = check(content=b"Resources: {}")

    assert CheckResult.FAILED is finding.verdict
    assert f"template of {TEXT} 1.0.0 in eu-central-1" == finding.subject
    assert "AWS holds another template (sha256 " in finding.text
    assert "Restore the file, and publish the change as a new version" in finding.text
    assert f"The line of templates.lock is templates: {TEXT}: 1.0.0: {EMPTY}" in finding.text


def test_a_template_that_a_hub_put_there_is_known_by_its_place_even_where_it_is_gone(check: Check) -> None:
    [finding] = check(content=MissingError(), address=place_of("1.0.0", EMPTY))

    assert CheckResult.FAILED is finding.verdict
    assert f"templates: {TEXT}: 1.0.0: {EMPTY}" in finding.text


def test_a_version_that_was_published_and_then_forgotten_stops_the_preview(check: Check) -> None:
    """As after a revert, which takes entry, files and line."""
    told, *_ = check(others={"pa-1.1.0": place_of("1.1.0", EMPTY)})

    assert (CheckResult.FAILED, f"version 1.1.0 of {TEXT} in eu-central-1") == (told.verdict, told.subject)
    assert f"its line into templates.lock: templates: {TEXT}: 1.1.0: {EMPTY}" in told.text


def test_a_version_that_was_let_go_or_that_somebody_else_made_is_left_alone(
    check: Check, catalog_copy: CatalogCopy
) -> None:
    lock = catalog_copy.folder / "templates.lock"
    lock.write_text(f"{lock.read_text()}removed:\n  {TEXT}:\n  - 0.9.0\n")

    others = {"pa-0.9.0": place_of("0.9.0", EMPTY), "pa-by hand": ADDRESS, "pa-2.0.0": ADDRESS}

    assert [Finding("templates in eu-central-1", "AWS holds the catalog's of all 1 versions")] == check(others=others)


@pytest.mark.parametrize(
    ("address", "bucket", "key"),
    [
        (ADDRESS, "model-catalog-templates-1", "templates/a.template"),
        ("https://s3.eu-central-1.amazonaws.com/ours/a.template", "ours", "a.template"),
        ("https://s3.amazonaws.com/ours/folder/a.template?versionId=1", "ours", "folder/a.template"),
    ],
)
def test_a_template_is_found_by_either_form_of_its_address(check: Check, address: str, bucket: str, key: str) -> None:
    asked: list[tuple[str, str]] = []

    check(address=address, asked=asked)

    assert [(bucket, key)] == asked


def test_a_template_that_cannot_be_read_is_said_and_stops_nothing(check: Check) -> None:
    [finding] = check(content=MissingError())

    assert CheckResult.WARNING is finding.verdict
    assert (
        "not compared: pa-1 in eu-central-1: the template cannot be read at model-catalog-templates-1.s3"
        in finding.text
    )


def test_somebody_elses_product_of_the_same_name_is_left_alone(check: Check) -> None:
    assert [] == check(content=b"another", tag="somebody")


def test_ours_is_compared_whatever_other_product_has_its_name(check: Check) -> None:
    for products in (("prod-1", "prod-2"), ("prod-2", "prod-1")):
        [finding] = check(content=b"another", products=products)

        assert CheckResult.FAILED is finding.verdict


def test_an_archive_that_is_known_by_its_place_alone_is_warned_of(catalog_copy: CatalogCopy) -> None:
    text = (catalog_copy.folder / FILE).read_text()
    etag = next(line for line in text.splitlines(keepends=True) if "etag:" in line)
    catalog_copy.replace(FILE, etag, "")
    products = [each for each in read_catalog(catalog_copy.folder, DAY).products if each.file.key == TEXT]

    first, tags = check_pins(products)

    assert (CheckResult.WARNING, f"model of {TEXT} 1.0.0") == (first.verdict, first.subject)
    key = "text-embedder/2026-09-08/model.tar.gz"
    assert f"aws s3api head-object --bucket model-catalog-artifacts-hub --key {key}" in first.text
    assert "those of 1 versions" in tags.text
    assert "763104351884" in tags.text
