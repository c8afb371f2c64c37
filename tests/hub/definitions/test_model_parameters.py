"""A version brings its model: nobody who launches it chooses another one by a parameter."""

from collections.abc import Callable

import pytest
import yaml

from hub.definitions.load import read_catalog, read_unlocked
from shared.errors import ConfigError, ContentError
from tests.support.catalog_copy import DAY, CatalogCopy
from tests.support.fake_account import always
from tests.support.recorder import Mocks
from tests.support.refused import refused

FRAUD = "fraud-detector-realtime"
FILE = f"products/{FRAUD}/product.yaml"
STORES = "products/store-forecaster-multimodel/product.yaml"
MODEL = "model:\n  archive: ModelDataUrl\n"
ARCHIVE = "s3://model-catalog-artifacts-hub/fraud-detector/2026-10-06/model.tar.gz"
XGBOOST = "492215442770.dkr.ecr.eu-central-1.amazonaws.com/sagemaker-xgboost:1.7-1"
OWN = "222233334444.dkr.ecr.eu-central-1.amazonaws.com/our/xgboost"
DIGEST = f"@sha256:{'5' * 64}"


def test_a_product_that_leaves_its_archive_to_each_launch_is_refused_with_the_line_to_write(
    catalog_copy: CatalogCopy,
) -> None:
    catalog_copy.replace(FILE, MODEL, "")

    with refused(ContentError, "model-parameter-missing", f"{FILE}: model") as found:
        read_catalog(catalog_copy.folder, DAY)
    assert "Write: model: {archive: ModelDataUrl}" in str(found.value)


def test_naming_another_parameter_is_not_enough(catalog_copy: CatalogCopy) -> None:
    catalog_copy.replace(FILE, MODEL, "model: {image: Environment}\n")

    with refused(ContentError, "model-parameter-missing", f"{FILE}: model"):
        read_catalog(catalog_copy.folder, DAY)


@pytest.mark.parametrize("said", ["archive", "package"])
def test_a_template_that_names_its_model_itself_needs_no_parameter(catalog_copy: CatalogCopy, said: str) -> None:
    package = "arn:aws:sagemaker:eu-central-1:222233334444:model-package/fraud-detector/2"
    catalog_copy.add_version(FRAUD, "2.0.0", model={}, template="2.0.0.yaml")
    template = catalog_copy.folder / "products" / FRAUD / "2.0.0.yaml"
    itself = ARCHIVE if said == "archive" else package
    template.write_text(template.read_text().replace("ModelDataUrl: !Ref ModelDataUrl", f"ModelDataUrl: {itself}"))

    assert read_unlocked(catalog_copy.folder, DAY)


def test_a_default_that_a_launch_could_change_does_not_count_as_named(catalog_copy: CatalogCopy) -> None:
    catalog_copy.add_version(FRAUD, "2.0.0", model={}, template="2.0.0.yaml")
    template = catalog_copy.folder / "products" / FRAUD / "2.0.0.yaml"
    template.write_text(
        template.read_text().replace("  ModelDataUrl:\n", f"  ModelDataUrl:\n    Default: {ARCHIVE}\n", 1)
    )

    with refused(ContentError, "model-parameter-missing", "versions[2].model"):
        read_unlocked(catalog_copy.folder, DAY)


def test_a_version_whose_parameter_has_another_name_says_so_itself(catalog_copy: CatalogCopy) -> None:
    catalog_copy.add_version(FRAUD, "2.0.0", model={"archive": "Archive"}, template="2.0.0.yaml")
    template = catalog_copy.folder / "products" / FRAUD / "2.0.0.yaml"
    text = template.read_text().replace("  ModelDataUrl:\n    Type", "  Archive:\n    Type")
    template.write_text(text.replace("!Ref ModelDataUrl", "!Ref Archive").replace("[ModelDataUrl,", "[Archive,"))

    assert read_unlocked(catalog_copy.folder, DAY)


@pytest.mark.parametrize(
    ("old", "new", "code", "place"),
    [
        ("archive: ModelDataUrl", "archive: ModelUri", "model-parameter-unknown", "model.archive"),
        (ARCHIVE, "s3://somewhere/model.tar.gz", "artifact-not-taken", "versions[1].artifacts.model_data"),
        ("archive: ModelDataUrl", "{archive: ModelDataUrl, code: ModelDataUrl}", "artifact-missing", "artifacts.code"),
    ],
    ids=["no parameter", "not taken", "not brought"],
)
def test_what_the_template_does_not_take_is_refused(
    catalog_copy: CatalogCopy, old: str, new: str, code: str, place: str
) -> None:
    old, new = (f"model:\n  {old}", f"model: {new}") if new.startswith("{") else (old, new)
    catalog_copy.replace(FILE, old, new)

    with refused(ContentError, code, place):
        read_catalog(catalog_copy.folder, DAY)


def test_an_image_in_the_account_of_the_registry_is_named_by_its_digest(catalog_copy: CatalogCopy) -> None:
    images(catalog_copy, f"{OWN}:7")

    with refused(ContentError, "image-by-tag", "versions[1].artifacts.images[0]") as found:
        read_catalog(catalog_copy.folder, DAY)
    assert "aws ecr describe-images --region eu-central-1 --repository-name our/xgboost" in str(found.value)

    catalog_copy.run_image(FRAUD, f"{OWN}{DIGEST}")
    assert read_catalog(catalog_copy.folder, DAY)


def test_a_retired_version_may_keep_its_tag(catalog_copy: CatalogCopy) -> None:
    images(catalog_copy, f"{OWN}:7")
    catalog_copy.end(FRAUD, "1.1.0", state="retired")

    assert read_catalog(catalog_copy.folder, DAY)


def test_a_prefix_has_no_digest(catalog_copy: CatalogCopy) -> None:
    catalog_copy.replace(STORES, "2026-10-28/\n", f"2026-10-28/\n      etag: {'a' * 32}\n")

    with refused(ContentError, "prefix-with-digest", "versions[0].artifacts"):
        read_catalog(catalog_copy.folder, DAY)


def test_a_template_that_takes_an_image_needs_one_in_every_region(
    deploy: Callable[..., Mocks], catalog_copy: CatalogCopy, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog_copy.replace(FILE, MODEL, "model: {archive: ModelDataUrl, image: Environment}\n")
    monkeypatch.setattr("hub.definitions.model_parameters.value_problem", always(None))
    monkeypatch.chdir(catalog_copy.folder.parent)

    with refused(ConfigError, "image-missing-in-region", "Pulumi.hub.yaml: regions") as found:
        deploy(regions=["ap-south-1"])
    assert f"{FRAUD} 1.0.0 has no image in ap-south-1" in str(found.value)


def images(catalog: CatalogCopy, *wanted: str) -> None:
    """Let the newest version run other images."""
    path = catalog.folder / FILE
    content = yaml.safe_load(path.read_text())
    content["versions"][-1]["artifacts"]["images"] = list(wanted)
    path.write_text(yaml.safe_dump(content, sort_keys=False))
