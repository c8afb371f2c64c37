"""The hub as a whole: what is made where, with which credentials, and what is exported."""

import runpy
from collections.abc import Callable
from typing import Any, cast
from unittest import mock

import pulumi_aws as aws
import pytest

from hub.program import run
from shared.catalog import contract
from shared.errors import ConfigError, ContentError
from tests.support.catalog_copy import CatalogCopy
from tests.support.paths import ROOT
from tests.support.recorder import Mocks, RefusedError, recording, unknown

HUB = ROOT / "hub"
COMPONENTS = ("LaunchRole", "ModelProduct", "Portfolio", "PortfolioSharing", "RegionalCatalog", "TemplateBucket")
REGIONAL = (
    aws.s3.Bucket,
    aws.s3.BucketObjectv2,
    aws.servicecatalog.Portfolio,
    aws.servicecatalog.Product,
    aws.servicecatalog.ProvisioningArtifact,
    aws.servicecatalog.ProductPortfolioAssociation,
    aws.servicecatalog.Constraint,
    aws.servicecatalog.PrincipalPortfolioAssociation,
    aws.servicecatalog.PortfolioShare,
)
PRODUCTS = ["demand-forecaster-batch", "fraud-detector-realtime", "text-embedder-serverless"]


@pytest.mark.parametrize("component", COMPONENTS)
def test_every_component_says_when_it_is_complete(published: Mocks, component: str) -> None:
    made = {resource.urn for resource in published.all(f"modelcatalog:hub:{component}")}

    assert made
    assert made <= published.completed


def test_every_resource_of_aws_is_part_of_a_component(published: Mocks) -> None:
    assert [] == [resource.name for resource in of_aws(published) if "modelcatalog:hub:" not in resource.parent]


def test_everything_goes_through_the_one_provider(published: Mocks) -> None:
    provider = published.one("pulumi:providers:aws")

    assert {f"{provider.urn}::account-id"} == {resource.provider for resource in of_aws(published)}
    assert {f"{provider.urn}::account-id"} == {call.provider for call in published.calls}


def test_the_account_is_confirmed_before_anything_else_is_asked_or_made(published: Mocks) -> None:
    assert "aws:index/getCallerIdentity:getCallerIdentity" == published.calls[0].token
    assert "pulumi:providers:aws" == published.resources[0].type


@pytest.mark.parametrize("kind", REGIONAL)
def test_what_is_regional_is_made_once_in_each_region(
    published: Mocks, published_twice: Mocks, kind: type[aws.servicecatalog.Product]
) -> None:
    there = len(published.all(kind))

    assert there > 0
    assert {"eu-central-1": there, "eu-west-1": there} == by_region(published_twice, kind)


def test_nothing_regional_is_left_to_the_providers_region(published_twice: Mocks) -> None:
    elsewhere = [resource for resource in of_aws(published_twice) if resource.type != "aws:iam/role:Role"]

    assert [] == [resource.name for resource in elsewhere if not resource.name.count(resource.inputs["region"])]


def test_a_role_serves_all_regions(published_twice: Mocks) -> None:
    roles = published_twice.all(aws.iam.Role)

    assert PRODUCTS == sorted(role.name.removesuffix("-launch") for role in roles)
    assert [] == [role.name for role in roles if "region" in role.inputs]


def test_the_products_of_a_region_are_in_its_own_portfolios(published_twice: Mocks) -> None:
    associations = published_twice.all(aws.servicecatalog.ProductPortfolioAssociation)

    assert [] == [
        association.name
        for association in associations
        if not association.inputs["portfolioId"].endswith(association.inputs["region"])
        or not association.inputs["productId"].endswith(association.inputs["region"])
    ]


def test_a_hubs_principals_may_launch_from_the_portfolio_that_they_are_named_for(published: Mocks) -> None:
    [principal] = published.all(aws.servicecatalog.PrincipalPortfolioAssociation)

    assert "port-online-inference-eu-central-1" == principal.inputs["portfolioId"]
    assert "arn:aws:iam::222233334444:role/team/PlatformEngineer" == principal.inputs["principalArn"]


def test_a_portfolio_is_as_the_catalog_describes_it(published: Mocks) -> None:
    portfolio = published.one(aws.servicecatalog.Portfolio, "batch-inference")

    assert "Batch inference models" == portfolio.inputs["name"]
    assert "ML Platform" == portfolio.inputs["providerName"]
    assert portfolio.inputs["description"].startswith("Models that score whole data sets")
    assert {"inference": "batch"} == portfolio.inputs["tags"]


def test_the_hubs_copy_of_a_launch_role_can_be_assumed_and_can_do_nothing(published: Mocks) -> None:
    role = published.one(aws.iam.Role, "fraud-detector-realtime")

    assert "ModelCatalogLaunch-fraud-detector-realtime" == role.inputs["name"]
    assert "/" == role.inputs["path"]
    assert "servicecatalog.amazonaws.com" in role.inputs["assumeRolePolicy"]
    assert "222233334444" in role.inputs["assumeRolePolicy"]
    assert [] == published.all(aws.iam.RolePolicy)
    assert [] == published.all(aws.iam.RolePolicyAttachment)


def test_the_ids_are_exported_by_region_for_people_to_read(published_twice: Mocks) -> None:
    portfolios = published_twice.exports["portfolio_id"]
    products = published_twice.exports["product_id"]

    assert "port-batch-inference-eu-west-1" == portfolios["eu-west-1"]["batch-inference"]
    assert "prod-fraud-detector-realtime-eu-central-1" == products["eu-central-1"]["fraud-detector-realtime"]
    assert PRODUCTS == sorted(products["eu-west-1"])


def test_a_spoke_can_read_what_the_hub_exports(published_twice: Mocks) -> None:
    read = contract.parse(published_twice.exports["catalog"], source="hub")

    assert {"catalog", "portfolio_id", "product_id", "published_on"} == published_twice.exports.keys()
    assert "222233334444" == read.hub_account
    assert {"eu-central-1", "eu-west-1"} == read.regions.keys()


def test_everything_that_is_exported_is_text(published_twice: Mocks) -> None:
    """Numbers would arrive at a spoke as floats."""
    assert {str} == {type(leaf) for leaf in leaves(published_twice.exports)}


def test_a_preview_of_a_new_hub_knows_no_ids_and_asks_for_none() -> None:
    settings = {"aws:region": "eu-central-1", "model-catalog-hub:accountId": "222233334444"}
    with (
        recording("model-catalog-hub", "hub", settings, preview=True) as mocks,
        mock.patch("hub.inspection.preflight.preflight") as looked,
    ):
        mocks.answers["getCallerIdentity"] = lambda _: {"arn": "arn:aws:iam::222233334444:user/deployer"}
        mocks.deploy(run)

    looked.assert_called_once()
    assert unknown(mocks.exports["catalog"])
    assert unknown(mocks.all(aws.servicecatalog.ProvisioningArtifact)[0].inputs["productId"])
    assert ["aws:index/getCallerIdentity:getCallerIdentity"] == [call.token for call in mocks.calls]


def test_the_folder_itself_is_the_program(mocks: Mocks) -> None:
    mocks.deploy(lambda: _discard(runpy.run_path(str(HUB), run_name="__main__")))

    assert "catalog" in mocks.exports


def test_credentials_of_another_account_are_refused_before_anything_is_touched(mocks: Mocks) -> None:
    mocks.answers["getCallerIdentity"] = refuse("AWS Account ID not allowed: 999900001111")

    with pytest.raises(
        ConfigError,
        match=r"Pulumi\.hub\.yaml: accountId: no access to the account 222233334444.*set assumeRole.*999900001111",
    ):
        mocks.deploy(run)

    assert ["pulumi:providers:aws"] == [resource.type for resource in mocks.resources]
    assert {} == mocks.exports


@pytest.mark.parametrize(
    ("key", "entry"),
    [
        ("shares", {"portfolio": "onlin-inference", "type": "ORGANIZATION"}),
        ("principals", {"portfolio": "onlin-inference", "arn": "arn:aws:iam::222233334444:role/Any"}),
    ],
)
def test_a_portfolio_that_the_catalog_does_not_have_is_refused(
    deploy: Callable[..., Mocks], mocks: Mocks, key: str, entry: dict[str, str]
) -> None:
    with pytest.raises(
        ConfigError,
        match=rf"Pulumi\.hub\.yaml: {key}\[0\]\.portfolio: found 'onlin-inference'.*batch-inference, online-inference",
    ):
        deploy(**{key: [entry]})

    assert [] == mocks.resources


def test_a_broken_catalog_is_refused_before_anything_is_touched(
    mocks: Mocks, catalog_copy: CatalogCopy, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog_copy.replace("products/text-embedder-serverless/product.yaml", "owner: Language Services\n", "")
    monkeypatch.chdir(catalog_copy.folder.parent)

    with pytest.raises(ContentError, match=r"product\.yaml: owner is missing"):
        mocks.deploy(run)

    assert [] == mocks.resources


def of_aws(mocks: Mocks) -> list[Any]:
    """List the resources that are made in AWS."""
    return [resource for resource in mocks.resources if resource.type.startswith("aws:")]


def by_region(mocks: Mocks, kind: type[aws.servicecatalog.Product]) -> dict[str, int]:
    """Count the resources of a type in each region."""
    regions = [resource.inputs["region"] for resource in mocks.all(kind)]
    return {region: regions.count(region) for region in regions}


def leaves(value: Any) -> list[object]:  # noqa: ANN401 - any document
    """List what is neither a map nor a list in a document."""
    if isinstance(value, dict):
        return [leaf for part in cast("dict[str, Any]", value).values() for leaf in leaves(part)]
    if isinstance(value, list):
        return [leaf for part in cast("list[Any]", value) for leaf in leaves(part)]
    return [value]


def refuse(reason: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Answer a function call with a refusal."""

    def answer(_: dict[str, Any]) -> dict[str, Any]:
        raise RefusedError(reason)

    return answer


def _discard(_: object) -> None:
    """Make nothing of a value."""
