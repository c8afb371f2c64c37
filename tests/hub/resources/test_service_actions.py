"""Service actions: made by the hub, and associated with every version by a stack."""

import json
from typing import Any

import pulumi_aws as aws
import pytest

from hub.program import run
from hub.resources.service_actions import associations
from tests.support.catalog_copy import CatalogCopy
from tests.support.recorder import Mocks

TEXT = "text-embedder-serverless"
PRODUCT = f"products/{TEXT}/product.yaml"
RESTART: dict[str, Any] = {"key": "restart", "description": "Restarts it.", "document": "AWS-RestartEC2Instance"}


@pytest.fixture
def acted(mocks: Mocks, catalog_copy: CatalogCopy, monkeypatch: pytest.MonkeyPatch) -> Mocks:
    """Give the record of a hub one of whose products has an action."""
    catalog_copy.replace(PRODUCT, "\nversions:", f"\nactions: {json.dumps([RESTART])}\nversions:")
    monkeypatch.chdir(catalog_copy.folder.parent)
    mocks.deploy(run)
    return mocks


def test_an_action_is_associated_with_every_version_of_its_product(acted: Mocks) -> None:
    action = acted.one(aws.servicecatalog.ServiceAction, f"{TEXT}-eu-central-1-restart")
    stack = acted.one(aws.cloudformation.Stack, f"{TEXT}-eu-central-1-actions")
    versions = [each for each in acted.all(aws.servicecatalog.ProvisioningArtifact) if each.name.startswith(TEXT)]
    made = json.loads(stack.inputs["templateBody"])["Resources"].values()

    assert (f"{TEXT}-restart", "Restarts it.") == (action.inputs["name"], action.inputs["description"])
    assert {"name": "AWS-RestartEC2Instance", "version": "1", "assumeRole": "LAUNCH_ROLE"} == action.inputs[
        "definition"
    ]
    assert f"model-catalog-actions-{TEXT}" == stack.inputs["name"]
    assert len(versions) == len(made)
    assert {f"{action.name}-id"} == {each["Properties"]["ServiceActionId"] for each in made}


def test_the_contract_says_what_may_be_run(acted: Mocks) -> None:
    region = acted.exports["catalog"]["regions"]["eu-central-1"]["products"]

    assert {"restart": "Restarts it."} == region[TEXT]["actions"]
    assert [] == [key for key, product in region.items() if key != TEXT and "actions" in product]


def test_another_version_changes_nothing_for_those_that_are_there() -> None:
    before = json.loads(associations("prod-1", {"restart": "act-1"}, {"1.10.0": "pa-1"}))["Resources"]
    after = json.loads(associations("prod-1", {"restart": "act-1"}, {"1.10.0": "pa-1", "11.0.0": "pa-2"}))["Resources"]

    assert before.items() <= after.items()
    assert 2 == len(after)
    assert all(name.isalnum() for name in after)
