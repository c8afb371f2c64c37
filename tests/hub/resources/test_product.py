"""What makes a product, and in which order."""

import datetime as dt
import json
from collections.abc import Callable

import pulumi_aws as aws
import pytest

from hub.program import run
from tests.support.catalog_copy import DAY, CatalogCopy
from tests.support.recorder import Mocks, Resource

FRAUD = "fraud-detector-realtime"
BATCH = "demand-forecaster-batch"
TEXT = "text-embedder-serverless"
each_product = pytest.mark.parametrize("product", [FRAUD, BATCH, TEXT])


def test_a_product_says_who_answers_for_it(published: Mocks) -> None:
    inputs = published.one(aws.servicecatalog.Product, FRAUD).inputs

    assert "Fraud detector, real-time endpoint" == inputs["name"]
    assert "Risk Modelling" == inputs["owner"]
    assert "ML Platform" == inputs["distributor"]
    assert inputs["description"].startswith("Scores card transactions")
    assert inputs["supportDescription"].startswith("Ask the ML Platform team")
    assert "ml-platform@example.com" == inputs["supportEmail"]
    assert f"https://example.com/ml-platform/{FRAUD}" == inputs["supportUrl"]
    assert {"framework": "xgboost", "serving": "real-time"} == inputs["tags"]
    assert "CLOUD_FORMATION_TEMPLATE" == inputs["type"]


@each_product
def test_a_product_begins_with_a_marker_that_is_no_version(published: Mocks, product: str) -> None:
    marker = published.one(aws.s3.BucketObjectv2, "marker-eu-central-1")
    first = published.one(aws.servicecatalog.Product, product).inputs["provisioningArtifactParameters"]

    assert "no version" == first["name"]
    assert first["templateUrl"].endswith(f"/{marker.inputs['key']}")


def test_every_version_is_a_resource_of_its_own(published: Mocks) -> None:
    made = published.all(aws.servicecatalog.ProvisioningArtifact)

    assert {
        f"{FRAUD}-eu-central-1-1.0.0": ("1.0.0", f"prod-{FRAUD}-eu-central-1"),
        f"{FRAUD}-eu-central-1-1.1.0": ("1.1.0", f"prod-{FRAUD}-eu-central-1"),
        f"{BATCH}-eu-central-1-1.0.0": ("1.0.0", f"prod-{BATCH}-eu-central-1"),
        f"{TEXT}-eu-central-1-1.0.0": ("1.0.0", f"prod-{TEXT}-eu-central-1"),
    } == {version.name: (version.inputs["name"], version.inputs["productId"]) for version in made}


def test_an_active_version_takes_launches(published: Mocks) -> None:
    assert {("DEFAULT", True)} == {
        (version.inputs["guidance"], version.inputs["active"])
        for version in published.all(aws.servicecatalog.ProvisioningArtifact)
    }


@pytest.mark.parametrize(
    ("lifecycle", "guidance", "active", "protected"),
    [
        ({"state": "deprecated"}, "DEPRECATED", True, True),
        ({"state": "retired"}, "DEPRECATED", False, False),
        ({"deprecated_on": DAY}, "DEPRECATED", True, True),
        ({"retires_on": DAY}, "DEPRECATED", False, False),
        ({"deprecated_on": DAY + dt.timedelta(days=1)}, "DEFAULT", True, True),
    ],
)
def test_a_first_version_comes_to_its_end_like_any_other(
    mocks: Mocks,
    catalog_copy: CatalogCopy,
    monkeypatch: pytest.MonkeyPatch,
    lifecycle: dict[str, object],
    guidance: str,
    active: bool,  # noqa: FBT001 - a value of the table
    protected: bool,  # noqa: FBT001 - likewise
) -> None:
    catalog_copy.end(FRAUD, "1.0.0", **lifecycle)
    monkeypatch.chdir(catalog_copy.folder.parent)

    mocks.deploy(run)

    version = mocks.one(aws.servicecatalog.ProvisioningArtifact, f"{FRAUD}-eu-central-1-1.0.0")
    assert (guidance, active) == (version.inputs["guidance"], version.inputs["active"])
    assert protected is version.protect


def test_a_version_is_replaced_with_its_product(published: Mocks) -> None:
    """An update of productId would go to the old product, and never converge."""
    assert [["productId"]] * 4 == [
        version.replace_on_changes for version in published.all(aws.servicecatalog.ProvisioningArtifact)
    ]


@each_product
def test_a_change_of_the_marker_never_replaces_the_product(published: Mocks, product: str) -> None:
    made = published.one(aws.servicecatalog.Product, product)

    assert ["provisioningArtifactParameters"] == made.ignore_changes


@pytest.mark.parametrize(("product", "number"), [(FRAUD, "1.0.0"), (FRAUD, "1.1.0"), (BATCH, "1.0.0"), (TEXT, "1.0.0")])
def test_a_template_is_uploaded_before_its_version_is_made(published: Mocks, product: str, number: str) -> None:
    template = published.one(aws.s3.BucketObjectv2, f"{product}-{number}")
    version = published.one(aws.servicecatalog.ProvisioningArtifact, f"{product}-eu-central-1-{number}")

    assert template.urn in version.dependencies
    assert version.inputs["templateUrl"].endswith(f"/{template.inputs['key']}")


@pytest.mark.parametrize(
    ("product", "portfolio"), [(FRAUD, "online-inference"), (BATCH, "batch-inference"), (TEXT, "online-inference")]
)
def test_a_product_is_in_the_portfolio_that_its_file_names(published: Mocks, product: str, portfolio: str) -> None:
    association = published.one(aws.servicecatalog.ProductPortfolioAssociation, product)

    assert f"prod-{product}-eu-central-1" == association.inputs["productId"]
    assert f"port-{portfolio}-eu-central-1" == association.inputs["portfolioId"]


@pytest.mark.parametrize(
    ("product", "kinds"),
    [
        (FRAUD, ["LAUNCH", "RESOURCE_UPDATE", "TEMPLATE"]),
        (BATCH, ["LAUNCH", "RESOURCE_UPDATE"]),
        (TEXT, ["LAUNCH", "RESOURCE_UPDATE"]),
    ],
)
def test_every_product_is_constrained_and_by_rules_only_where_it_has_some(
    published: Mocks, product: str, kinds: list[str]
) -> None:
    assert kinds == sorted(constraint.inputs["type"] for constraint in constraints(published, product).values())


@each_product
@pytest.mark.parametrize("kind", ["LAUNCH", "RESOURCE_UPDATE"])
def test_a_constraint_waits_for_the_association_and_the_role(published: Mocks, product: str, kind: str) -> None:
    constraint = constraints(published, product)[kind]
    association = published.one(aws.servicecatalog.ProductPortfolioAssociation, product)
    role = published.one(aws.iam.Role, product)

    assert association.urn in constraint.dependencies
    assert role.urn in constraint.dependencies
    assert association.inputs["portfolioId"] == constraint.inputs["portfolioId"]
    assert association.inputs["productId"] == constraint.inputs["productId"]


def test_the_rules_wait_for_the_association_too(published: Mocks) -> None:
    association = published.one(aws.servicecatalog.ProductPortfolioAssociation, FRAUD)

    assert association.urn in constraints(published, FRAUD)["TEMPLATE"].dependencies


@each_product
def test_a_launch_uses_the_role_of_the_account_that_launches(published: Mocks, product: str) -> None:
    """A RoleArn would build every spoke's stack in the hub's account."""
    parameters = json.loads(constraints(published, product)["LAUNCH"].inputs["parameters"])

    assert {"LocalRoleName": f"ModelCatalogLaunch-{product}"} == parameters


@each_product
def test_the_tags_of_a_provisioned_product_can_be_changed(published: Mocks, product: str) -> None:
    parameters = json.loads(constraints(published, product)["RESOURCE_UPDATE"].inputs["parameters"])

    assert {"Version": "2.0", "Properties": {"TagUpdateOnProvisionedProduct": "ALLOWED"}} == parameters


def test_the_rules_are_those_of_the_products_file(published: Mocks) -> None:
    rules = json.loads(constraints(published, FRAUD)["TEMPLATE"].inputs["parameters"])["Rules"]

    assert {"ProductionIsRedundant", "AutoscalingNeedsSteadyInstances"} == rules.keys()
    assert {"Fn::Equals": [{"Ref": "Environment"}, "production"]} == rules["ProductionIsRedundant"]["RuleCondition"]


PROTECTED = (aws.servicecatalog.Portfolio, aws.servicecatalog.Product, aws.servicecatalog.ProvisioningArtifact)


@pytest.mark.parametrize("kind", PROTECTED)
def test_what_spokes_rely_on_is_protected(published: Mocks, kind: type[aws.servicecatalog.Product]) -> None:
    assert {True} == {resource.protect for resource in published.all(kind)}


def test_nothing_else_is_protected(published: Mocks) -> None:
    """A constraint or an association is made anew where it has to be."""
    protected = {resource.type for resource in published.resources if resource.protect}

    assert {kind.pulumi_type for kind in PROTECTED} == protected  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType] - set by a decorator


def test_protection_can_be_turned_off_to_take_a_hub_down(deploy: Callable[..., Mocks]) -> None:
    mocks = deploy(protect="false")

    assert [] == [resource.name for resource in mocks.resources if resource.protect]
    assert 3 == len(mocks.all(aws.servicecatalog.Product))


def constraints(mocks: Mocks, product: str) -> dict[str, Resource]:
    """Give a product's constraints by type."""
    return {
        resource.inputs["type"]: resource
        for resource in mocks.all(aws.servicecatalog.Constraint)
        if resource.name.startswith(product)
    }
