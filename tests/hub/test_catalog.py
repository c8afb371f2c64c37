"""The catalog's content itself: it is whole, and its roles may do no more than they need."""

import json
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

import pytest

from hub.definitions.constraints import rules_of
from hub.definitions.cost import unpriced
from hub.definitions.load import read_catalog
from hub.definitions.model import CatalogProduct, CatalogVersion
from shared.stack.names import PRODUCT_KEY_LIMIT, execution_role_name, launch_role_name
from tests.support.catalog_copy import DAY
from tests.support.paths import ROOT

CATALOG = read_catalog(ROOT / "hub" / "catalog", DAY)
VERSIONS = [(product, version) for product in CATALOG.products for version in product.versions]
CHAT, CHURN, SPEECH, STORES = (
    "chat-assistant-llm",
    "churn-predictor-shadow",
    "speech-transcriber-async",
    "store-forecaster-multimodel",
)
CANDIDATE = "s3://model-catalog-artifacts-research/churn-predictor/candidate/model.tar.gz"
TOPIC = "arn:aws:sns:eu-central-1:333344445555:model-catalog-failures"
each_product = pytest.mark.parametrize("product", CATALOG.products, ids=lambda product: product.file.key)
each_version = pytest.mark.parametrize(
    ("product", "version"), VERSIONS, ids=[f"{p.file.key}-{v.entry.version}" for p, v in VERSIONS]
)
READS_WITHOUT_RESOURCE = re.compile(r"(ecr:GetAuthorizationToken|(ec2|application-autoscaling):Describe\w+)")
"""Actions that IAM can limit to no resource (source: Service Authorization Reference)."""


KINDS = {"asynchronous", "batch", "inference-component", "multi-model", "real-time", "serverless", "shadow"}


def test_the_catalog_shows_each_kind_of_inference() -> None:
    assert {product.file.tags["serving"] for product in CATALOG.products} == KINDS


def test_a_product_has_more_than_one_version() -> None:
    assert max(len(product.versions) for product in CATALOG.products) > 1


@each_product
def test_versions_are_listed_oldest_first(product: CatalogProduct) -> None:
    """The first of the list is the one that is part of the product."""
    numbers = [tuple(map(int, version.entry.version.split("."))) for version in product.versions]
    dates = [version.entry.released for version in product.versions]

    assert sorted(numbers) == numbers
    assert sorted(dates) == dates


@each_version
def test_a_template_runs_its_model_as_the_role_that_spokes_make(
    product: CatalogProduct, version: CatalogVersion
) -> None:
    roles = set(re.findall(r":role/(ModelCatalog[\w-]+)", version.template.path.read_text()))

    assert {execution_role_name(product.file.key)} == roles


@each_version
def test_a_template_makes_no_roles(product: CatalogProduct, version: CatalogVersion) -> None:
    """Launching a model must never mean creating rights."""
    assert "AWS::IAM::" not in version.template.path.read_text(), product.file.key


@each_version
def test_a_template_tags_what_it_builds_with_its_own_product_and_version(
    product: CatalogProduct, version: CatalogVersion
) -> None:
    text = version.template.path.read_text()

    assert {product.file.key} == set(re.findall(r"'?model-catalog:product'?, Value: ([\w-]+)", text))
    assert {version.entry.version} == set(re.findall(r"'?model-catalog:version'?, Value: ([\d.]+)", text))


@each_version
def test_a_default_satisfies_its_own_parameter(product: CatalogProduct, version: CatalogVersion) -> None:
    where = f"{product.file.key} {version.entry.version}"
    defaults = {
        name: (parameter, parameter.default)
        for name, parameter in version.template.parameters.items()
        if parameter.default is not None
    }

    assert defaults, where
    assert [] == [
        name for name, (parameter, value) in defaults.items() if value not in (parameter.allowed_values or [value])
    ]
    assert [] == [
        name
        for name, (parameter, value) in defaults.items()
        if not re.fullmatch(parameter.allowed_pattern or ".*", value)
    ]


@each_version
def test_the_images_that_a_version_declares_are_those_that_its_template_runs(
    product: CatalogProduct, version: CatalogVersion
) -> None:
    text = version.template.path.read_text()
    accounts = re.findall(r"^    ([a-z]+-[a-z]+-[0-9]): {Account: '(\d{12})'}$", text, re.MULTILINE)
    [repository] = set(re.findall(r"\$\{AWS::URLSuffix\}/(\S+)", text))

    assert {f"{account}.dkr.ecr.{region}.amazonaws.com/{repository}" for region, account in accounts} == {
        *version.entry.artifacts.images
    }, product.file.key


@each_version
def test_a_launch_costs_something_known_in_every_region_of_the_price_table(
    product: CatalogProduct, version: CatalogVersion
) -> None:
    parameters, rule = version.template.parameters, product.file.cost

    assert rule is not None
    assert {region: [] for region in CATALOG.prices.instance_hour} == {
        region: unpriced(rule, parameters, CATALOG.prices, region) for region in CATALOG.prices.instance_hour
    }


@pytest.mark.parametrize(
    ("key", "changed", "broken"),
    [
        (CHAT, {"Environment": "production"}, "In production MinInstanceCount is at least 1"),
        (CHAT, {"Environment": "production", "MinInstanceCount": "1"}, None),
        (CHAT, {"EnableAutoscaling": "false"}, "Without autoscaling MinInstanceCount is at least 1"),
        (CHAT, {"EnableAutoscaling": "false", "MinInstanceCount": "3"}, None),
        (CHAT, {"MinInstanceCount": "3"}, "MaxInstanceCount is not less than MinInstanceCount."),
        (CHAT, {"MinInstanceCount": "4", "MaxInstanceCount": "4"}, None),
        (SPEECH, {"MinInstanceCount": "4", "MaxInstanceCount": "3"}, "MaxInstanceCount is not less than"),
        (SPEECH, {"EnableAutoscaling": "false"}, "Without autoscaling MinInstanceCount is at least 1"),
        (SPEECH, {"Environment": "production"}, "In production ErrorTopicArn or AlarmTopicArn names a topic"),
        (SPEECH, {"Environment": "production", "ErrorTopicArn": TOPIC}, None),
        (CHURN, {"ShadowModelDataUrl": CANDIDATE}, "With a candidate ShadowInstanceCount is at least 1."),
        (CHURN, {"ShadowInstanceCount": "1"}, "Without a candidate in ShadowModelDataUrl, ShadowInstanceCount is 0."),
        (CHURN, {"ShadowModelDataUrl": CANDIDATE, "ShadowInstanceCount": "1"}, None),
        (CHURN, {"Environment": "production"}, "In production InstanceCount is at least 2"),
        (STORES, {"Environment": "production"}, "In production MinInstanceCount is at least 2"),
        (
            STORES,
            {"EnableAutoscaling": "true", "MinInstanceCount": "3", "MaxInstanceCount": "2"},
            "MaxInstanceCount is",
        ),
        (STORES, {"EnableAutoscaling": "true", "MinInstanceCount": "3", "MaxInstanceCount": "3"}, None),
    ],
)
def test_values_have_to_go_together(key: str, changed: dict[str, str], broken: str | None) -> None:
    [(product, version)] = [(p, v) for p, v in VERSIONS if p.file.key == key]
    defaults = {name: parameter.default or "" for name, parameter in version.template.parameters.items()}
    rules = {**rules_of(product.file.constraints), **version.template.rules}

    said = [line for rule in rules.values() for line in rule.broken_by({**defaults, **changed})]

    assert [broken] == [line[: len(broken)] for line in said] if broken else [] == said


@each_product
def test_the_names_of_a_products_roles_fit_into_iam(product: CatalogProduct) -> None:
    assert len(product.file.key) <= PRODUCT_KEY_LIMIT
    assert max(len(launch_role_name(product.file.key)), len(execution_role_name(product.file.key))) <= 64


@each_product
def test_no_role_may_do_everything_of_a_service(product: CatalogProduct) -> None:
    assert [] == [action for _, action in actions(product) if "*" in action]


@each_product
def test_a_role_may_do_something_to_every_resource_only_where_there_is_no_other_way(product: CatalogProduct) -> None:
    """Such an action either reads what IAM can limit to no resource, or it is limited by a condition."""
    assert [] == [
        action
        for statement, action in actions(product)
        if statement["Resource"] == "*" and "Condition" not in statement and not READS_WITHOUT_RESOURCE.match(action)
    ]


@each_product
def test_a_role_may_touch_its_own_account_alone(product: CatalogProduct) -> None:
    """What is elsewhere on purpose: images that AWS owns, and model artifacts with their keys."""
    elsewhere = re.compile(
        r"arn:\$\{Partition\}:(s3:::model-catalog-(artifacts|data)-\*|ecr:\*:\d{12}:|kms:\*:\*:key/\*)"
    )

    assert [] == [
        resource
        for statement, _ in actions(product)
        for resource in listed(statement["Resource"])
        if resource != "*" and "${AccountId}" not in resource and not elsewhere.match(resource)
    ]


@each_product
def test_a_role_can_do_its_work_under_the_boundary_that_is_recommended(product: CatalogProduct) -> None:
    boundary = json.loads((ROOT / "docs" / "iam" / "role-boundary.json").read_text())["Statement"]
    allowed = [
        (action, resource)
        for statement in boundary
        for action in listed(statement["Action"])
        for resource in listed(statement["Resource"])
    ]

    assert [] == [
        (action, resource)
        for statement, action in actions(product)
        for resource in listed(statement["Resource"])
        if not any(fnmatchcase(action, most) and fnmatchcase(resource, within) for most, within in allowed)
    ]


@each_product
def test_a_launch_role_creates_no_rights(product: CatalogProduct) -> None:
    """Only autoscaling may bring a role of its own, which AWS defines."""
    rights = {
        action
        for statement in product.launch_statements
        for action in listed(statement["Action"])
        if action.startswith(("iam:", "sts:"))
    }

    assert rights <= {"iam:CreateServiceLinkedRole"}


@each_product
def test_an_execution_role_passes_itself_or_nothing(product: CatalogProduct) -> None:
    passing = [statement for statement, action in actions(product) if action == "iam:PassRole"]
    own = f"arn:${{Partition}}:iam::${{AccountId}}:role/{execution_role_name(product.file.key)}"

    assert [] == [statement for statement in passing if listed(statement["Resource"]) != [own]]
    assert [] == [statement for statement in passing if "iam:PassedToService" not in str(statement.get("Condition"))]


def actions(product: CatalogProduct) -> Iterator[tuple[dict[str, Any], str]]:
    """Give every action of a product's two roles with its statement."""
    for statement in (*product.launch_statements, *product.execution_statements):
        for action in listed(statement["Action"]):
            yield statement, action


def listed(value: str | list[str]) -> list[str]:
    """Give a list of what IAM allows to be one text."""
    return [value] if isinstance(value, str) else value
