"""What was taken once and failed later, in AWS or in every spoke, is refused where it is written."""

import datetime as dt
import json
from pathlib import Path

import pytest
import yaml

from hub.config import HubSettings
from hub.definitions.load import read_catalog, read_unlocked
from hub.definitions.templates import MOST
from hub.trust_config import ExceptionSetting
from shared.errors import CatalogError, ConfigError, ContentError
from shared.service_limits import limits_of
from shared.stack.settings import check_settings
from tests.support.catalog_copy import DAY, CatalogCopy
from tests.support.refused import refused

FOLDER = "products/text-embedder-serverless"
PRODUCT = f"{FOLDER}/product.yaml"
TEMPLATE = f"{FOLDER}/1.0.0.yaml"
POLICY = f"{FOLDER}/launch-policy.json"
HUB = {"model-catalog-hub:accountId": "222233334444", "aws:region": "eu-central-1"}


@pytest.fixture(autouse=True)
def one_product(catalog_copy: CatalogCopy) -> None:
    """Leave one product in the catalog."""
    catalog_copy.keep("text-embedder-serverless")


@pytest.mark.parametrize(
    ("old", "new", "code", "place"),
    [
        ("\ndescription: >-\n", f"\ndescription: >-\n  {'x' * 8192}\n", "invalid-value", ": description"),
        ("email: ml-platform@", f"email: {'x' * 254}@", "invalid-value", "support.email"),
        ("url: https://", f"url: https://{'x' * 2083}", "invalid-value", "support.url"),
        ("\ntags:\n", f"\ntags:\n  team: {'x' * 257}\n", "invalid-value", "tags.team"),
        ("\ntags:\n", "\ntags:\n  aws:foo: x\n", "tag-reserved", "tags.aws:foo"),
        ("\ntags:\n", "\ntags:\n  'a;b': x\n", "invalid-value", "tags.a;b"),
        ("released: 2026-09-08", "released: 2099-01-01", "released-later", "versions[0].released"),
        (
            "model_package: arn:aws:",
            "model_package: arn:aws-cn:",
            "arn-of-another-partition",
            "versions[0].model_package",
        ),
    ],
)
def test_texts_and_dates_that_cannot_be_meant_are_refused(
    catalog_copy: CatalogCopy, old: str, new: str, code: str, place: str
) -> None:
    catalog_copy.replace(PRODUCT, old, new)

    with refused(ContentError, code, place):
        _ = read_catalog(catalog_copy.folder, DAY)


def test_what_is_released_tomorrow_may_be_there_where_it_is_tomorrow_already(catalog_copy: CatalogCopy) -> None:
    day = dt.date(2027, 1, 1)
    catalog_copy.replace(PRODUCT, "released: 2026-09-08", "released: 2027-01-02")

    _ = read_catalog(catalog_copy.folder, day)


def test_a_template_counts_that_another_one_names_by_its_place_in_s3(catalog_copy: CatalogCopy) -> None:
    (catalog_copy.folder / FOLDER / "child.yaml").write_text("Resources: {Inner: {Type: AWS::SNS::Topic}}\n")
    path = catalog_copy.folder / TEMPLATE
    with refused(ContentError, "file-not-named", "child.yaml"):
        _ = read_unlocked(catalog_copy.folder, DAY)

    kind, address = "AWS::CloudFormation::Stack", "https://team-templates.s3.amazonaws.com/v1/child.yaml"
    nested = f"  Below: {{Type: {kind}, Properties: {{TemplateURL: '{address}'}}}}\n"
    path.write_text(path.read_text().replace("Resources:\n", f"Resources:\n{nested}"))
    allowed = ExceptionSetting(product="text-embedder-serverless", allow=[kind, address], reason="as a test has it")
    _ = read_unlocked(catalog_copy.folder, DAY, exceptions=[allowed])


@pytest.mark.parametrize(
    ("file", "code"),
    [
        (f"{FOLDER}/2.0.0.yaml", "file-not-named"),
        (f"{FOLDER}/product.yml", "file-not-named"),
        (f"{FOLDER}/more.json", "file-not-named"),
        ("products/another/product.yml", "folder-without-product"),
        ("products/product.yaml", "file-not-of-the-catalog"),
        ("portfolios.yml", "file-not-of-the-catalog"),
    ],
)
def test_a_file_that_looks_as_if_it_counted_is_refused(catalog_copy: CatalogCopy, file: str, code: str) -> None:
    path = catalog_copy.folder / file
    path.parent.mkdir(exist_ok=True)
    path.write_text("key: x\n")

    with refused(ContentError, code) as found:
        _ = read_catalog(catalog_copy.folder, DAY)
    assert str(path if code != "folder-without-product" else path.parent) in str(found.value)


def test_files_of_other_kinds_may_lie_beside_them(catalog_copy: CatalogCopy) -> None:
    for name in ("README.md", "evaluation.ipynb", ".editor.yaml"):
        (catalog_copy.folder / FOLDER / name).write_text("")

    _ = read_catalog(catalog_copy.folder, DAY)


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        (
            "  Extra:\n    Type: AWS::SNS::Topic\n    Properties: {TopicName: !Ref NoSuch}\n",
            "reference-to-nothing",
            "TopicName",
        ),
        (
            "  Extra:\n    Type: AWS::SNS::Topic\n    Properties: {TopicName: !GetAtt NoSuch.x}\n",
            "reference-to-nothing",
            "TopicName",
        ),
        (
            "  Extra:\n    Type: AWS::SNS::Topic\n    Properties: {TopicName: !Sub 'a-${NoSuch.x}'}\n",
            "reference-to-nothing",
            "TopicName",
        ),
        ("  Extra:\n    Type: AWS::SNS::Topic\n    Condition: NoSuch\n", "reference-to-nothing", "Extra.Condition"),
        ("  Extra:\n    Type: AWS::SNS::Topic\n    DependsOn: [NoSuch]\n", "reference-to-nothing", "Extra.DependsOn"),
        (
            (
                "  A:\n    Type: AWS::SNS::Topic\n    DependsOn: B\n"
                "  B:\n    Type: AWS::SNS::Topic\n    Properties: {TopicName: !Sub '${A}'}\n"
            ),
            "resources-in-a-circle",
            "Resources",
        ),
    ],
)
def test_a_template_refers_to_what_is_there_and_in_no_circle(
    catalog_copy: CatalogCopy, text: str, code: str, place: str
) -> None:
    catalog_copy.replace(TEMPLATE, "\nResources:\n", f"\nResources:\n{text}")

    with refused(ContentError, code, place):
        _ = read_catalog(catalog_copy.folder, DAY)


def test_a_template_has_no_more_parameters_than_cloudformation_takes(catalog_copy: CatalogCopy) -> None:
    more = "".join(f"  P{index}: {{Type: String, Default: x}}\n" for index in range(300))
    catalog_copy.replace(TEMPLATE, "\nParameters:\n", f"\nParameters:\n{more}")

    with refused(ContentError, "template-too-large", "Parameters"):
        _ = read_catalog(catalog_copy.folder, DAY)


def test_the_limits_of_templates_are_those_of_cfn_lint() -> None:
    from cfnlint.helpers import LIMITS  # noqa: PLC0415 - it takes a second to load  # pyright: ignore[reportMissingTypeStubs]

    names = {"Parameters": "Parameters", "Mappings": "Mappings", "Resources": "Resources", "Outputs": "Outputs"}
    assert {name: LIMITS[known]["number"] for name, known in names.items()} == dict(MOST)


def test_the_limits_of_texts_are_those_of_the_service() -> None:
    assert (None, 8191, None) == limits_of("servicecatalog", "ProductViewShortDescription")
    assert (1, 128) == limits_of("servicecatalog", "TagKey")[:2]


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('"Resource": [', '"Resource": ["s3:bucket", ', "Resource"),
        ('"Resource": [', '"Resource": ["arn:aws:s3", ', "Resource"),
        ('"Resource": [', '"Resource": ["arn:azure:s3:::b", ', "Resource"),
        ('"Resource": [', '"Resource": ["arn:aws:iam:eu-central-1:222233334444:role/x", ', "Resource"),
        ('"Resource": [', '"Resource": ["arn:aws:iam::222233334444:rolex", ', "Resource"),
        ('"Resource": [', '"Resource": ["arn:${Partition:s3:::b", ', "Resource"),
        ('"Action": [', '"Action": ["GetObject", ', "Action"),
        ('"Effect": "Allow",', '"Effect": "Allow", "Principal": "*",', "Principal"),
        ('"Effect": "Allow",', '"Effect": "Allow", "Condition": {"Equals": {"a:b": "c"}},', "Condition"),
    ],
)
def test_a_policy_that_iam_takes_for_malformed_is_refused(
    catalog_copy: CatalogCopy, old: str, new: str, place: str
) -> None:
    path = catalog_copy.folder / POLICY
    path.write_text(path.read_text().replace(old, new, 1))

    with refused(ContentError, "policy-malformed", place):
        _ = read_catalog(catalog_copy.folder, DAY)


@pytest.mark.parametrize(
    ("more", "code", "place"),
    [
        ("shares: [{portfolio: a, type: ACCOUNT, target: '222233334444'}]", "share-with-the-hub", "shares[0].target"),
        (
            (
                "shares: [{portfolio: a, type: ORGANIZATIONAL_UNIT, target: W}, "
                "{portfolio: a, type: ORGANIZATIONAL_UNIT, target: W/R}]"
            ),
            "shares-overlap",
            "shares",
        ),
        (
            "shares: [{portfolio: a, type: ORGANIZATION}, {portfolio: a, type: ORGANIZATIONAL_UNIT, target: W}]",
            "shares-overlap",
            "shares",
        ),
        (
            "principals: [{portfolio: a, arn: 'arn:aws-cn:iam::222233334444:role/x'}]",
            "arn-of-another-partition",
            "principals[0].arn",
        ),
        (
            "principals: [{portfolio: a, arn: 'arn:aws-us-gov:iam::222233334444:role/x'}]",
            "arn-of-another-partition",
            "principals[0].arn",
        ),
        ("assumeRole: arn:aws-cn:iam::222233334444:role/x", "arn-of-another-partition", "assumeRole"),
        ("regions: [cn-north-1]", "arn-of-another-partition", "regions[0]"),
    ],
)
def test_settings_that_aws_would_refuse_are_refused(more: str, code: str, place: str) -> None:
    [(key, value)] = yaml.safe_load(more).items()
    text = value if isinstance(value, str) else json.dumps(value)
    given = {f"model-catalog-hub:{key}": text}

    with refused(ConfigError, code, place):
        _ = check_settings(HubSettings, {**HUB, **given}, project="model-catalog-hub", where="Pulumi.hub.yaml")


def test_all_mistakes_of_a_catalog_are_told_at_once(catalog_copy: CatalogCopy) -> None:
    catalog_copy.replace(PRODUCT, "owner: ", "owners: ")
    catalog_copy.replace("prices.yaml", "currency: USD", "currency: dollars")
    catalog_copy.replace("portfolios.yaml", "provider_name: ML Platform", "provider_name: ''")
    (catalog_copy.folder / "portfolios.yml").touch()

    with pytest.raises(CatalogError) as found:
        _ = read_catalog(catalog_copy.folder, DAY)
    places = {Path(each.place.partition(":")[0]).name for each in found.value.all}
    assert {"product.yaml", "prices.yaml", "portfolios.yaml", "portfolios.yml"} == places
    assert {"missing-key", "unknown-key"} <= {each.code for each in found.value.all}


def test_a_product_needs_no_cost_and_a_version_may_have_its_own(catalog_copy: CatalogCopy) -> None:
    path = catalog_copy.folder / PRODUCT
    content = yaml.safe_load(path.read_text())
    rule = content.pop("cost")
    path.write_text(yaml.safe_dump(content, sort_keys=False))
    [product] = read_catalog(catalog_copy.folder, DAY).products
    assert product.cost_of(product.versions[0]) is None

    content["versions"][0]["cost"] = rule
    path.write_text(yaml.safe_dump(content, sort_keys=False))
    [product] = read_catalog(catalog_copy.folder, DAY).products
    assert product.cost_of(product.versions[0]) is not None


def test_a_cost_is_reckoned_from_numbers(catalog_copy: CatalogCopy) -> None:
    catalog_copy.replace(TEMPLATE, "\nParameters:\n", "\nParameters:\n  Size: {Type: String, Default: big}\n")
    path = catalog_copy.folder / PRODUCT
    content = yaml.safe_load(path.read_text())
    content["cost"]["memory"] = "Size"
    path.write_text(yaml.safe_dump(content, sort_keys=False))

    with refused(ContentError, "cost-parameter-no-number", "cost.memory"):
        _ = read_catalog(catalog_copy.folder, DAY)


def test_a_policy_may_begin_with_a_byte_order_mark(catalog_copy: CatalogCopy) -> None:
    path = catalog_copy.folder / POLICY
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())

    _ = read_catalog(catalog_copy.folder, DAY)
