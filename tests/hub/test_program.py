"""The hub as a whole: what it puts out and refuses; what it declares is in the golden graph."""

from collections.abc import Callable
from typing import Any, cast
from unittest import mock

import pulumi_aws as aws
import pytest

from hub.definitions.lifecycle import Lifecycle
from hub.definitions.model import Catalog
from hub.inspection.registry.gate import with_ends
from hub.program import run
from shared.catalog import contract
from shared.errors import ConfigError, ContentError, PreflightError
from tests.support.catalog_copy import CatalogCopy
from tests.support.hub_stack import HUB, pretend_aws
from tests.support.recorder import Mocks, recording, refusing, the_program_in, unknown
from tests.support.refused import refused

END = Lifecycle(state="deprecated", reason="approval withdrawn")


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
        mock.patch("hub.program.preflight") as looked,
    ):
        mocks.answers["getCallerIdentity"] = lambda _: {"arn": "arn:aws:iam::222233334444:user/deployer"}
        mocks.deploy(run)

    looked.assert_called_once()
    assert unknown(mocks.exports["catalog"])
    assert unknown(mocks.all(aws.servicecatalog.ProvisioningArtifact)[0].inputs["productId"])
    assert ["aws:index/getCallerIdentity:getCallerIdentity"] == [call.token for call in mocks.calls]


def test_the_folder_itself_is_the_program(mocks: Mocks) -> None:
    mocks.deploy(the_program_in(HUB))

    assert "catalog" in mocks.exports


def test_credentials_of_another_account_are_refused_before_anything_is_touched(mocks: Mocks) -> None:
    mocks.answers["getCallerIdentity"] = refusing("AWS Account ID not allowed: 999900001111")

    with refused(ConfigError, "account-without-access", "Pulumi.hub.yaml: accountId"):
        mocks.deploy(run)

    assert ["pulumi:providers:aws"] == [resource.type for resource in mocks.resources]
    assert {} == mocks.exports


@pytest.mark.parametrize("preview", [True, False])
def test_what_the_registry_refuses_stops_a_preview_and_an_update_before_anything_is_made(*, preview: bool) -> None:
    settings = {"aws:region": "eu-central-1", "model-catalog-hub:accountId": "222233334444"}
    refusal = PreflightError("not approved", code="package-not-approved")
    with (
        recording("model-catalog-hub", "hub", settings, preview=preview) as mocks,
        mock.patch("hub.program.approved", side_effect=refusal),
        refused(PreflightError, "package-not-approved"),
    ):
        pretend_aws(mocks)
        mocks.deploy(run)

    assert ["pulumi:providers:aws"] == [resource.type for resource in mocks.resources]


def test_what_the_registry_has_withdrawn_is_published_as_deprecated_and_told_to_spokes(mocks: Mocks) -> None:
    def withdrawn(_settings: object, catalog: Catalog, _asked: object, *, where: str) -> Catalog:
        assert "Pulumi.hub.yaml" == where
        return with_ends(catalog, {("Text embedder, serverless endpoint", "1.0.0"): END})

    with mock.patch("hub.program.approved", withdrawn):
        mocks.deploy(run)

    guidance = {each.name: each.inputs["guidance"] for each in mocks.all(aws.servicecatalog.ProvisioningArtifact)}
    assert {"text-embedder-serverless-eu-central-1-1.0.0"} == {
        name for name, given in guidance.items() if given == "DEPRECATED"
    }
    read = contract.parse(mocks.exports["catalog"], source="hub").regions["eu-central-1"]
    version = read.products["text-embedder-serverless"].versions["1.0.0"]
    assert ("deprecated", "approval withdrawn") == (version.state, version.reason)


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
    with refused(ConfigError, "portfolio-not-published", f"Pulumi.hub.yaml: {key}[0].portfolio") as found:
        deploy(**{key: [entry]})

    assert "batch-inference, gpu-inference, online-inference" in str(found.value)
    assert [] == mocks.resources


def test_a_broken_catalog_is_refused_before_anything_is_touched(
    mocks: Mocks, catalog_copy: CatalogCopy, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog_copy.replace("products/text-embedder-serverless/product.yaml", "owner: Language Services\n", "")
    monkeypatch.chdir(catalog_copy.folder.parent)

    with refused(ContentError, "missing-key", "product.yaml: owner"):
        mocks.deploy(run)

    assert [] == mocks.resources


def leaves(value: Any) -> list[object]:  # noqa: ANN401 - any document
    """List what is neither a map nor a list in a document."""
    if isinstance(value, dict):
        return [leaf for part in cast("dict[str, Any]", value).values() for leaf in leaves(part)]
    if isinstance(value, list):
        return [leaf for part in cast("list[Any]", value) for leaf in leaves(part)]
    return [value]
