"""What AWS closes or ends is told while it can be avoided, and refused in what is released afterwards."""

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hub.definitions.derived.registry import runtime_lifecycles
from hub.definitions.endings import Ending, coming_endings, endings_of, known_endings, refuse_ended
from hub.definitions.load import read_catalog, read_unlocked
from hub.definitions.model import Catalog
from hub.definitions.templates import read_template
from hub.definitions.yaml_file import read_document
from shared.errors import ContentError
from tests.support.catalog_copy import DAY, CatalogCopy
from tests.support.refused import refused

TEXT = "text-embedder-serverless"
FILE = f"products/{TEXT}/product.yaml"
FORECAST: dict[str, object] = {"Type": "AWS::Forecast::Dataset", "Properties": {}}
RUNNER: dict[str, object] = {"Type": "AWS::AppRunner::Service", "Properties": {}}
LENS: dict[str, object] = {"Type": "AWS::LookoutVision::Project", "Properties": {}}
ECR = "763104351884.dkr.ecr.eu-central-1.amazonaws.com"


def used(folder: Path, body: dict[str, Any]) -> list[tuple[str, Ending]]:
    """Find what a template uses that ends."""
    path = folder / "1.0.0.yaml"
    path.write_text(json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}, **body}))
    return list(endings_of(read_template(path)))


def with_image(catalog: CatalogCopy, tag: str, day: dt.date = DAY) -> Catalog:
    """Read a catalog of one product, which runs an image of AWS's on a day."""
    catalog.keep(TEXT)
    catalog.run_image(TEXT, f"{ECR}/pytorch-inference:{tag}")
    return read_unlocked(catalog.folder, day)


def release(catalog: CatalogCopy, day: str) -> None:
    """Let the product's version be released on another day, and be approved long before."""
    catalog.replace(FILE, "released: 2026-09-08", f"released: {day}")
    catalog.replace(FILE, "approved_on: 2026-09-03", "approved_on: 2025-02-01")


def test_what_the_samples_use_lasts(catalog_copy: CatalogCopy) -> None:
    catalog = read_catalog(catalog_copy.folder, DAY)

    refuse_ended(catalog)
    assert [] == list(coming_endings(catalog))


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        ("AWS::ServiceCatalogAppRegistry::Application", True),
        ("AWS::SageMaker::MonitoringSchedule", True),
        ("AWS::SageMaker::Device", True),
        ("AWS::SageMaker::DeviceOfAnotherKind", False),
        ("AWS::KinesisAnalyticsV2::Application", False),
        ("AWS::CodeCommit::Repository", False),
        ("AWS::SageMaker::Endpoint", False),
    ],
)
def test_a_type_is_known_by_its_name_or_by_its_service(tmp_path: Path, kind: str, *, found: bool) -> None:
    assert ([kind] if found else []) == [name for name, _ in used(tmp_path, {"Resources": {"Thing": {"Type": kind}}})]


@pytest.mark.parametrize(
    "body",
    [
        {"Parameters": {"Size": {"Type": "String", "Default": "ml.eia2.medium"}}},
        {"Parameters": {"Size": {"Type": "String", "AllowedValues": ["ml.m5.large", "ml.eia2.medium"]}}},
        {"Mappings": {"Sizes": {"small": {"type": "ml.eia2.medium"}}}},
        {"Resources": {"Thing": {"Type": "AWS::SageMaker::EndpointConfig", "Properties": {"A": ["ml.eia2.medium"]}}}},
    ],
)
def test_an_instance_is_found_wherever_a_launch_may_take_it_from(tmp_path: Path, body: dict[str, Any]) -> None:
    assert ["ml.eia2.medium"] == [name for name, _ in used(tmp_path, body)]


@pytest.mark.parametrize(
    ("image", "date"),
    [
        (f"{ECR}/pytorch-inference:2.1.0-cpu-py310", "2024-10-04"),
        (f"{ECR}/pytorch-training:2.10.0-gpu", "2027-01-21"),
        (f"{ECR}/pytorch-training:2.10", "2027-01-21"),
        (f"{ECR}/mxnet-inference:1.9.0-cpu", "2023-10-01"),
        ({"Fn::Sub": "${Account}.dkr.ecr.${AWS::Region}.${AWS::URLSuffix}/pytorch-inference:2.5.1-cpu"}, "2025-10-29"),
        ({"Fn::Join": ["", [{"Ref": "A"}, ".dkr.ecr.", ".amazonaws.com/sagemaker-xgboost:3.0-5"]]}, "2026-11-17"),
        (f"{ECR}/pytorch-inference:2.99.0-cpu", None),
        (f"{ECR}/team/pytorch-inference:2.1.0-cpu", None),
        (f"{ECR}/pytorch-inference@sha256:{'0' * 64}", None),
    ],
)
def test_an_image_is_known_by_repository_and_version(tmp_path: Path, image: object, date: str | None) -> None:
    model = {"Type": "AWS::SageMaker::Model", "Properties": {"PrimaryContainer": {"Image": image}}}

    assert ([date] if date else []) == [
        str(ending.date) for _, ending in used(tmp_path, {"Resources": {"Model": model}})
    ]


@pytest.mark.parametrize(
    "runtime",
    [
        "python3.9",
        {"Ref": "Runtime"},
        {"Fn::FindInMap": ["Runtimes", "here", "runtime"]},
        {"Fn::If": ["Old", {"Ref": "Runtime"}, {"Ref": "AWS::NoValue"}]},
    ],
)
def test_a_runtime_ends_when_cfn_lints_table_says_so(tmp_path: Path, runtime: object) -> None:
    found = used(
        tmp_path,
        {
            "Parameters": {"Runtime": {"Type": "String", "Default": "python3.9"}},
            "Mappings": {"Runtimes": {"here": {"runtime": "python3.9"}}},
            "Resources": {"Run": {"Type": "AWS::Lambda::Function", "Properties": {"Runtime": runtime}}},
        },
    )

    life = runtime_lifecycles()["python3.9"]
    [(name, ending)] = found
    assert f"python3.9 (AWS takes no new function of it from {life['create-block']} on)" == name
    assert (life["deprecated"], life["successor"]) == (str(ending.date), ending.replacement)


def test_what_a_template_nested_in_another_uses_is_found_too(catalog_copy: CatalogCopy) -> None:
    folder = catalog_copy.folder / "products" / TEXT
    (folder / "nested.yaml").write_text(json.dumps({"Resources": {"Data": FORECAST}}))
    stack = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "nested.yaml"}}
    (folder / "outer.yaml").write_text(json.dumps({"Resources": {"Inner": stack}}))

    assert ["AWS::Forecast::Dataset"] == [name for name, _ in endings_of(read_template(folder / "outer.yaml"))]


def test_what_has_ended_before_a_release_is_refused_with_date_and_page(catalog_copy: CatalogCopy) -> None:
    catalog = with_image(catalog_copy, "2.6.0-cpu")

    with refused(ContentError, "ended-by-aws", f"{TEXT}/1.0.0.yaml: version 1.0.0") as found:
        refuse_ended(catalog)
    text = str(found.value)
    assert "uses pytorch-inference:2.6.0-cpu, and that gets no security patches since 2026-06-30, before it was" in text
    assert "(read 2026-11-27)" in text
    assert [] == list(coming_endings(catalog))


@pytest.mark.parametrize(
    ("day", "released", "told"),
    [
        ("2026-06-01", "2026-03-01", "from 2026-06-30 on. Do without it in the next version"),
        ("2026-09-01", "2026-03-01", "since 2026-06-30. Do without it. End the version (lifecycle), and release one"),
        ("2026-09-01", "2026-06-30", "since 2026-06-30. Do without it. End the version (lifecycle), and release one"),
        ("2026-06-30", "2026-03-01", "since 2026-06-30. Do without it. End the version (lifecycle), and release one"),
        ("2025-06-29", "2025-03-01", None),
    ],
)
def test_of_a_version_that_was_there_before_it_is_only_told(
    catalog_copy: CatalogCopy, day: str, released: str, told: str | None
) -> None:
    release(catalog_copy, released)
    catalog = with_image(catalog_copy, "2.6.0-cpu", dt.date.fromisoformat(day))

    refuse_ended(catalog)
    warnings = list(coming_endings(catalog))
    assert (1 if told else 0) == len(warnings)
    assert [] == [each for each in warnings if told and told not in each]


@pytest.mark.parametrize(("retires", "told"), [("2026-06-30", 0), ("2026-07-01", 1)])
def test_a_version_that_retires_first_needs_nothing_more(catalog_copy: CatalogCopy, retires: str, told: int) -> None:
    release(catalog_copy, "2026-03-01")
    catalog_copy.end(TEXT, "1.0.0", retires_on=dt.date.fromisoformat(retires))

    assert told == len(list(coming_endings(with_image(catalog_copy, "2.6.0-cpu", dt.date(2026, 6, 1)))))


def test_the_images_of_a_version_count_where_its_template_takes_them_by_a_parameter(tmp_path: Path) -> None:
    path = tmp_path / "1.0.0.yaml"
    path.write_text("Resources: {Topic: {Type: AWS::SNS::Topic}}")

    [(name, _)] = endings_of(read_template(path), [f"{ECR}/pytorch-inference:2.1.0-cpu"])
    assert "pytorch-inference:2.1.0-cpu" == name


def test_of_a_retired_version_nothing_is_told(catalog_copy: CatalogCopy) -> None:
    catalog_copy.end(TEXT, "1.0.0", state="retired")
    catalog = with_image(catalog_copy, "2.6.0-cpu")

    refuse_ended(catalog)
    assert [] == list(coming_endings(catalog))


def test_what_was_refused_passes_once_the_version_is_to_retire(catalog_copy: CatalogCopy) -> None:
    catalog_copy.end(TEXT, "1.0.0", retires_on=dt.date(2027, 3, 1))
    catalog = with_image(catalog_copy, "2.6.0-cpu")

    refuse_ended(catalog)
    assert [] == list(coming_endings(catalog))


def with_resource(catalog_copy: CatalogCopy, resource: dict[str, object]) -> Catalog:
    """Read a catalog of which one product makes a resource."""
    catalog = read_unlocked(catalog_copy.folder, DAY)
    product = next(each for each in catalog.products if each.file.key == TEXT)
    [version] = product.versions
    body: dict[str, object] = {**version.template.body, "Resources": {"Thing": resource}}
    changed = replace(version, template=replace(version.template, body=body))
    return replace(catalog, products=[replace(product, versions=[changed])])


@pytest.mark.parametrize(
    ("resource", "told"),
    [
        (FORECAST, "uses AWS::Forecast::Dataset, and that is not open to new customers. Use Amazon SageMaker Canvas"),
        (
            RUNNER,
            "uses AWS::AppRunner::Service, and that is not open to new customers since 2026-04-30. Use Amazon ECS",
        ),
    ],
)
def test_what_is_closed_to_new_customers_alone_is_told_and_never_refused(
    catalog_copy: CatalogCopy, resource: dict[str, object], told: str
) -> None:
    catalog = with_resource(catalog_copy, resource)

    refuse_ended(catalog)
    [warning] = coming_endings(catalog)
    assert told in warning


def test_a_service_that_has_ended_for_everybody_is_refused(catalog_copy: CatalogCopy) -> None:
    with refused(ContentError, "ended-by-aws", f"{TEXT}/1.0.0.yaml: version 1.0.0"):
        refuse_ended(with_resource(catalog_copy, LENS))


def test_every_entry_has_a_page_of_aws_and_the_day_on_which_it_was_read(tmp_path: Path) -> None:
    table = known_endings()
    assert {type(each.read) for each in (*table.types, *table.instances, *table.images)} == {dt.date}

    entry = "{names: [ml.x1], happens: ends, source: https://example.com/blog, read: 2026-11-27}"
    path = tmp_path / "endings.yaml"
    path.write_text(f"types: []\ninstances: [{entry}]\nimages: []\n")
    with pytest.raises(ContentError, match=r"instances\[0\]\.source: invalid value"):
        read_document(type(table), path)
