"""The spoke as a whole: what is in use, and what is refused; what it declares is in the golden graph."""

from collections.abc import Callable
from typing import Any

import pulumi_aws as aws
import pytest

from shared.catalog import contract
from shared.errors import ConfigError, ContractError, LaunchError
from tests.support.fake_account import heard
from tests.support.paths import ROOT
from tests.support.recorder import Mocks, refusing, the_program_in
from tests.support.refused import refused

SPOKE = ROOT / "spoke"
EMBEDDER = {"name": "embeddings", "product": "embedder", "version": "1.0.0"}
FORECASTER = {"name": "forecast", "product": "forecaster", "version": "1.0.0"}


def test_a_spoke_tells_which_contract_it_was_deployed_with(deployed: Mocks, offer: dict[str, Any]) -> None:
    assert {
        "hub": "organization/model-catalog-hub/hub",
        "schema_version": contract.SCHEMA_VERSION,
        "content_hash": contract.publish("222233334444", offer)["content_hash"],
    } == deployed.exports["contract"]


def test_only_the_portfolios_in_use_are_touched(deploy: Callable[..., Mocks]) -> None:
    mocks = deploy(launches=[EMBEDDER])

    assert ["online-eu-central-1"] == [resource.name for resource in mocks.all("modelcatalog:spoke:GrantedPortfolio")]
    assert {"embedder", "scorer"} == {resource.name for resource in mocks.all("modelcatalog:spoke:ProductRoles")}


def test_a_spoke_without_launches_and_principals_makes_nothing(deploy: Callable[..., Mocks]) -> None:
    mocks = deploy(launches=[])

    assert [] == [resource.name for resource in mocks.resources if resource.type.startswith("aws:")]
    assert {} == mocks.exports["launches"]


def test_several_launches_of_one_product_share_its_roles_and_its_portfolio(deploy: Callable[..., Mocks]) -> None:
    mocks = deploy(launches=[EMBEDDER, {**EMBEDDER, "name": "embeddings-for-search"}])

    assert {"embeddings", "embeddings-for-search"} == {
        resource.inputs["name"] for resource in mocks.all(aws.servicecatalog.ProvisionedProduct)
    }
    assert {"prod-embedder"} == {
        resource.inputs["productId"] for resource in mocks.all(aws.servicecatalog.ProvisionedProduct)
    }
    assert 1 == len(mocks.all(aws.servicecatalog.PrincipalPortfolioAssociation))
    assert {"embeddings", "embeddings-for-search"} == mocks.exports["launches"].keys()


def test_the_hub_can_be_named_in_full(deploy: Callable[..., Mocks], mocks: Mocks, offer: dict[str, Any]) -> None:
    mocks.stacks["platform/model-catalog-hub/hub-next"] = {"catalog": contract.publish("222233334444", offer)}

    deploy(
        hubStack="platform/model-catalog-hub/hub-next",
        hub={"accountId": "222233334444", "project": "platform/model-catalog-hub"},
    )

    assert "platform/model-catalog-hub/hub-next" == mocks.exports["contract"]["hub"]


def test_the_hubs_stack_is_named_with_its_setting_before_the_engine_looks_for_it(
    deploy: Callable[..., Mocks], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine ends a program that refers to an unknown stack with words of its own."""
    lines = heard(monkeypatch)

    deploy()

    stack = "organization/model-catalog-hub/hub"
    assert (
        f"Catalog: {stack} (hubStack in Pulumi.spoke-research.yaml; deployed by model-catalog stack up hub)" == lines[0]
    )


def test_the_folder_itself_is_the_program(mocks: Mocks, offer: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(SPOKE)
    mocks.stacks["organization/model-catalog-hub/hub"] = {"catalog": contract.publish("222233334444", offer)}

    mocks.deploy(the_program_in(SPOKE))

    assert {"contract", "launches"} == mocks.exports.keys()


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"product": "scorerr"}, "not-offered"),
        ({"version": "2.0.0"}, "version-not-offered"),
        ({"region": "us-east-1"}, "region-not-offered"),
        ({"parameters": {"Size": 1}}, "parameter-not-offered"),
    ],
)
def test_what_the_hub_does_not_offer_is_refused_before_aws_is_asked_for_anything(
    deploy: Callable[..., Mocks], mocks: Mocks, changed: dict[str, object], code: str
) -> None:
    [key] = changed
    with refused(LaunchError, code, f"Pulumi.spoke-research.yaml: launches[0] (embeddings): {key}"):
        deploy(launches=[EMBEDDER | changed])

    assert [] == mocks.resources
    assert [] == mocks.calls


def test_a_principal_of_a_portfolio_that_is_not_offered_is_refused(deploy: Callable[..., Mocks], mocks: Mocks) -> None:
    with refused(LaunchError, "not-offered", "Pulumi.spoke-research.yaml: principals[0].portfolio") as found:
        deploy(principals=[{"portfolio": "offline", "arn": "arn:aws:iam::333344445555:role/Any"}])

    assert "It offers as portfolio: batch, online." in str(found.value)
    assert [] == mocks.calls


def test_a_region_in_which_the_hub_publishes_nothing_is_refused(deploy: Callable[..., Mocks], mocks: Mocks) -> None:
    with refused(LaunchError, "region-not-offered", "Pulumi.spoke-research.yaml: region"):
        deploy(region="us-east-1", launches=[])

    assert [] == mocks.calls


def test_credentials_of_another_account_are_refused_before_anything_is_touched(
    deploy: Callable[..., Mocks], mocks: Mocks
) -> None:
    mocks.answers["getCallerIdentity"] = refusing("AWS Account ID not allowed: 999900001111")

    with refused(ConfigError, "account-without-access", "Pulumi.spoke-research.yaml: accountId"):
        deploy()

    assert ["pulumi:providers:aws"] == [resource.type for resource in mocks.resources]


def test_a_hub_that_the_engine_cannot_read_is_refused_by_its_setting(
    deploy: Callable[..., Mocks], mocks: Mocks
) -> None:
    with refused(ContractError, "hub-unreadable", "hubStack in Pulumi.spoke-research.yaml"):
        deploy(hubStack="hub-nowhere")

    assert [] == mocks.resources
    assert [] == mocks.calls


@pytest.mark.parametrize(
    ("outputs", "code"),
    [
        ({}, "catalog-not-exported"),
        ({"catalog": "text"}, "catalog-not-exported"),
        ({"catalog": {"schema_version": "2.0"}}, "catalog-of-another-version"),
        ({"catalog": {"schema_version": "1.0"}}, "catalog-damaged"),
    ],
)
def test_a_contract_that_cannot_be_used_is_refused_before_aws_is_asked_for_anything(
    deploy: Callable[..., Mocks], mocks: Mocks, outputs: dict[str, Any], code: str
) -> None:
    mocks.stacks["organization/model-catalog-hub/hub"] = outputs

    with refused(ContractError, code, "stack organization/model-catalog-hub/hub"):
        deploy()

    assert [] == mocks.resources
    assert [] == mocks.calls
