"""What the contract says of a region: ids, shares, roles and tags, as they were made."""

import datetime as dt
import re
from copy import deepcopy

import pytest

from hub.program import run
from shared.catalog import contract
from shared.catalog.contract import RegionCatalog
from tests.support.catalog_copy import FIRST, CatalogCopy
from tests.support.recorder import Mocks

FORMER = {"artifacts": "artefacts", "license": "licence", "max_count": "most", "autoscaling": "scales"}


@pytest.fixture
def read(published: Mocks) -> RegionCatalog:
    """Give what a spoke reads of the hub's one region."""
    return contract.parse(published.exports["catalog"], source="hub").regions["eu-central-1"]


def test_the_contract_gives_every_version_its_id(read: RegionCatalog) -> None:
    """The first version's id is looked up, because it is no resource; a later one's comes from its resource."""
    versions = read.products["fraud-detector-realtime"].versions

    assert {
        "1.0.0": "pa-fraud-detector-realtime-eu-central-1-1.0.0",
        "1.1.0": "pa-fraud-detector-realtime-eu-central-1-1.1.0",
    } == {number: version.id for number, version in versions.items()}
    assert dt.date(2026, 10, 6) == versions["1.1.0"].released


def test_the_sample_catalog_is_published_as_it_was_when_it_was_first_deployed(published_twice: Mocks) -> None:
    """Another hash would run every spoke again, as contract 1.3 does once, for the models that it adds.

    It was recorded with commit 5b9c3d8, with the same settings.
    """
    recorded = "sha256:438de8b10003ff763e88a85a0dd8632d2f274d0c583256a57cddb767ab731b54"
    catalog = deepcopy(published_twice.exports["catalog"])
    for region in catalog["regions"].values():
        for product in region["products"].values():
            for version in product["versions"].values():
                assert version.pop("model")

    assert recorded == contract.content_hash({**catalog, "schema_version": "1.2"})


def test_the_contract_names_the_model_of_each_version_with_what_it_is_known_by(read: RegionCatalog) -> None:
    version = read.products["fraud-detector-realtime"].versions["1.1.0"]
    image = "492215442770.dkr.ecr.eu-central-1.amazonaws.com/sagemaker-xgboost:1.7-1"

    assert version.model
    assert {
        "package": "arn:aws:sagemaker:eu-central-1:222233334444:model-package/fraud-detector/2",
        "archive": {
            "uri": "s3://model-catalog-artifacts-hub/fraud-detector/2026-10-06/model.tar.gz",
            "etag": "6a7579d210339f0a0aba7e8c2cb8cde7",
        },
        "images": {"eu-central-1": {"uri": image, "pinned": "tag"}},
        "parameters": {"archive": "ModelDataUrl"},
    } == version.model.model_dump(exclude_none=True)


def test_an_image_by_digest_is_told_from_one_by_tag_and_code_goes_along(
    mocks: Mocks, catalog_copy: CatalogCopy, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog_copy.keep(*FIRST)
    image = f"222233334444.dkr.ecr.eu-central-1.amazonaws.com/embedder@sha256:{'7' * 64}"
    catalog_copy.run_image(
        "text-embedder-serverless",
        image,
        version_id="3/L4kqtJlcpXroDTDmJ+rmSpXd3d",
        sha256="8" * 64,
        code="s3://model-catalog-artifacts-hub/text-embedder/code.tar.gz",
    )
    monkeypatch.chdir(catalog_copy.folder.parent)

    mocks.deploy(run)

    published = contract.parse(mocks.exports["catalog"], source="hub").regions["eu-central-1"]
    product = published.products["text-embedder-serverless"]
    model = product.versions["1.0.0"].model
    assert model
    assert model.code
    assert {"eu-central-1": (image, "digest")} == {
        region: (each.uri, each.pinned) for region, each in model.images.items()
    }
    assert f"sha256:{'8' * 64}" == model.archive.digest
    assert model.code in str(product.execution_role.policy).replace("arn:${Partition}:s3:::", "s3://")


def test_a_catalog_with_the_keys_of_older_releases_is_published_alike(
    published: Mocks, mocks: Mocks, catalog_copy: CatalogCopy, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog_copy.keep(*FIRST)
    for path in [*catalog_copy.folder.glob("products/*/*.yaml"), catalog_copy.folder / "portfolios.yaml"]:
        if path.name == "product.yaml" or path.name.endswith(("card.yaml", "portfolios.yaml")):
            text = path.read_text()
            for key, former in FORMER.items():
                text = re.sub(rf"(?m)^([ -]*){key}:", rf"\1{former}:", text)
            path.write_text(text)
    monkeypatch.chdir(catalog_copy.folder.parent)

    mocks.deploy(run)

    assert "artefacts:" in (catalog_copy.folder / "products/text-embedder-serverless/product.yaml").read_text()
    assert published.exports["catalog"] == mocks.exports["catalog"]


def test_the_contract_tells_how_portfolios_are_shared(read: RegionCatalog) -> None:
    portfolios = read.portfolios

    assert [
        ("ORGANIZATION", "o-a1b2c3d4e5"),
        ("ORGANIZATION_MEMBER_ACCOUNT", "444455556666"),
    ] == [(share.type, share.target) for share in portfolios["online-inference"].shares]
    assert [
        ("ORGANIZATIONAL_UNIT", "ou-production"),
        ("ACCOUNT", "333344445555"),
    ] == [(share.type, share.target) for share in portfolios["batch-inference"].shares]


def test_the_contract_names_the_roles_and_what_they_may_do(read: RegionCatalog) -> None:
    product = read.products["demand-forecaster-batch"]

    assert "ModelCatalogLaunch-demand-forecaster-batch" == product.launch_role.name
    assert ["servicecatalog.amazonaws.com"] == product.launch_role.services
    assert "ModelCatalogExecution-demand-forecaster-batch" == product.execution_role.name
    assert [
        "sagemaker.amazonaws.com",
        "states.amazonaws.com",
        "events.amazonaws.com",
    ] == product.execution_role.services
    assert "PassExecutionRole" in {statement["Sid"] for statement in product.launch_role.policy["Statement"]}
    assert {"ReadDeclaredModels", "PullDeclaredImages", "ReadCopiesOfModelsInThisAccountOnly"} <= {
        statement["Sid"] for statement in product.execution_role.policy["Statement"]
    }


def test_the_contract_tells_the_tags_that_aws_puts_on_whatever_is_launched(read: RegionCatalog) -> None:
    """Those of the portfolio, of the product, and of the stack that made them."""
    assert {
        "inference": "online",
        "framework": "xgboost",
        "serving": "real-time",
        "model-catalog-hub": "hub",
    } == read.products["fraud-detector-realtime"].tags
