"""What products may do beyond the list, as a hub's settings say it and its preview shows it."""

import json
from collections.abc import Callable
from typing import Any, Final

import pulumi
import pytest

from shared.catalog import contract
from shared.errors import ConfigError, ContentError
from tests.support.catalog_copy import CatalogCopy
from tests.support.recorder import Mocks
from tests.support.refused import refused

BATCH: Final = "demand-forecaster-batch"
TEXT: Final = "text-embedder-serverless"
READING: Final = {"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "*"}


@pytest.fixture
def greedy(catalog_copy: CatalogCopy, monkeypatch: pytest.MonkeyPatch) -> str:
    """Let the batch product read tables, and give it."""
    path = f"products/{BATCH}/execution-policy.json"
    statements: list[dict[str, Any]] = json.loads((catalog_copy.folder / path).read_text())
    catalog_copy.write(path, json.dumps([*statements, READING]))
    monkeypatch.chdir(catalog_copy.folder.parent)
    return BATCH


def test_a_hub_says_what_is_excepted_and_publishes_the_reason(
    deploy: Callable[..., Mocks], greedy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(pulumi.log, "info", told.append)

    mocks = deploy(exceptions=[{"product": greedy, "allow": ["dynamodb:GetItem"], "reason": "Features."}])

    products = contract.parse(mocks.exports["catalog"], source="hub").regions["eu-central-1"].products
    assert {"dynamodb:GetItem": "Features."} == products[greedy].exceptions
    assert products[TEXT].exceptions is None
    assert f"{greedy} may go beyond the list: dynamodb:GetItem (Features.)" in told


def test_without_the_line_nothing_is_made(deploy: Callable[..., Mocks], mocks: Mocks, greedy: str) -> None:
    with refused(ContentError, "action-not-allowed", f"{greedy}/execution-policy.json: [17]"):
        deploy()

    assert [] == mocks.resources


def test_a_hub_judges_what_it_publishes_and_leaves_the_rest_to_the_others(
    deploy: Callable[..., Mocks], mocks: Mocks, greedy: str
) -> None:
    assert greedy
    deploy(portfolios=["online-inference"], shares=[], principals=[])

    assert mocks.exports["catalog"]


def test_an_exception_that_excuses_nothing_is_warned_of(
    deploy: Callable[..., Mocks], greedy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    warned: list[str] = []
    monkeypatch.setattr(pulumi, "warn", warned.append)

    deploy(exceptions=[{"product": greedy, "allow": ["dynamodb:GetItem", "sqs:SendMessage"], "reason": "Features."}])

    [said] = [each for each in warned if "exceptions" in each]
    assert f"Pulumi.hub.yaml: exceptions[0].allow: {greedy} does not need sqs:SendMessage. Remove it." == said


def test_an_exception_is_for_a_product_that_there_is(deploy: Callable[..., Mocks]) -> None:
    with refused(ConfigError, "exception-of-no-product", "Pulumi.hub.yaml: exceptions[0].product"):
        deploy(exceptions=[{"product": "nothing", "allow": ["sqs:SendMessage"], "reason": "Why not."}])
