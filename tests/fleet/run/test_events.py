"""The event of a run: what the stack has after it, who ran it, and from which commit."""

from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import NoCredentialsError

from fleet.run import events
from fleet.run.events import caller, event_of
from fleet.store.history import FAILED, SUCCEEDED, Event
from fleet.store.records import ContractRef, DeployedModel
from fleet.store.states import LaunchedResource, State
from shared.catalog import contract
from shared.catalog.contract import Contract, parse
from tests.support.fleet.events import ADA
from tests.support.fleet.making import HUB_ACCOUNT, offer

ARCHIVE, PACKAGE = "s3://models/1.tar.gz", "arn:aws:sagemaker:eu-central-1:222233334444:model-package/embedder/1"
MODEL = {"package": PACKAGE, "archive": ARCHIVE, "digest": "etag:1", "own": False}
OUTPUT: dict[str, Any] = {
    "product": "embedder",
    "version": "0.9.0",
    "region": "eu-central-1",
    "state": "active",
    "status": "AVAILABLE",
    "model": MODEL,
    "template": "sha-of-0.9.0",
    "outputs": {"Endpoint": "x"},
}


def published() -> Contract:
    """Give what a hub offers, the version 1.0.0 of which brings its model."""
    offered = offer()
    version = offered["eu-central-1"]["products"]["embedder"]["versions"]["1.0.0"]
    version["model"] = {
        "package": PACKAGE,
        "archive": {"uri": ARCHIVE, "sha256": "abc"},
        "parameters": {"archive": "ModelDataUrl"},
    }
    return parse(contract.publish(HUB_ACCOUNT, offered), source="hub")


def artifact() -> str:
    """Give what AWS calls the version 1.0.0."""
    return published().regions["eu-central-1"].products["embedder"].versions["1.0.0"].id


def launched(name: str, artifact_id: str = "pa-old", **parameters: str) -> LaunchedResource:
    """Give a provisioned product in a state."""
    return LaunchedResource(
        urn=f"urn::{name}",
        id=f"pp-{name}",
        name=name,
        region="eu-central-1",
        product_id="prod-embedder",
        artifact_id=artifact_id,
        parameters=parameters,
    )


def state(*resources: LaunchedResource, **launches: dict[str, Any]) -> State:
    """Give a state as a run leaves it."""
    used = {"hub": "hub", "schema_version": "1.3", "content_hash": "sha256:1"}
    return State(
        tag="t", outputs={"launches": launches, "contract": used}, launched={each.name: each for each in resources}
    )


def made(root: Path, found: State, offered: Contract | None = None) -> Event:
    """Make an event."""
    return event_of(
        "spoke-a",
        found,
        root=root,
        account="300000000001",
        region="eu-central-1",
        role="arn:aws:iam::300000000001:role/ModelCatalogDeployer",
        operation="up",
        outcome=FAILED if offered else SUCCEEDED,
        contract=offered,
    )


def test_an_event_says_what_runs_and_who_ran_it(tmp_path: Path) -> None:
    event = made(tmp_path, state(launched("search"), search=OUTPUT))

    [launch] = event.launches
    assert ("spoke-a", "300000000001", "up", SUCCEEDED, ADA) == (
        event.stack,
        event.account,
        event.operation,
        event.outcome,
        event.actor,
    )
    assert ContractRef(hub="hub", content_hash="sha256:1") == event.contract
    assert ("search", "embedder", "prod-embedder", "0.9.0", "sha-of-0.9.0", "AVAILABLE") == (
        launch.name,
        launch.product,
        launch.product_id,
        launch.version,
        launch.template,
        launch.status,
    )
    assert DeployedModel.model_validate(MODEL) == launch.model


def test_neither_parameters_nor_outputs_of_a_launch_are_in_it(tmp_path: Path) -> None:
    output = {**OUTPUT, "outputs": {"Key": "a secret"}}

    event = made(tmp_path, state(launched("search", ApiKey="another secret"), search=output))

    assert "secret" not in event.model_dump_json()


def test_after_a_failure_the_version_is_what_aws_has_and_not_what_the_run_before_said(tmp_path: Path) -> None:
    event = made(tmp_path, state(launched("search", artifact(), ModelDataUrl=ARCHIVE), search=OUTPUT), published())

    [launch] = event.launches
    assert ("embedder", "1.0.0") == (launch.product, launch.version)
    assert published().regions["eu-central-1"].products["embedder"].versions["1.0.0"].template_sha256 == launch.template
    assert DeployedModel(package=PACKAGE, archive=ARCHIVE, digest="sha256:abc", own=False) == launch.model


def test_after_a_failure_an_archive_of_the_accounts_own_is_told_from_the_parameters(tmp_path: Path) -> None:
    found = state(launched("search", artifact(), ModelDataUrl="s3://mine/model.tar.gz"), search=OUTPUT)

    [launch] = made(tmp_path, found, published()).launches

    assert DeployedModel(package="", archive="s3://mine/model.tar.gz", digest="", own=True) == launch.model


def test_what_never_came_to_be_is_not_in_it(tmp_path: Path) -> None:
    event = made(tmp_path, state(launched("search"), search=OUTPUT, find={**OUTPUT, "status": "not launched"}))

    assert ["search"] == [each.name for each in event.launches]


def test_a_hub_names_the_contract_that_it_published(tmp_path: Path) -> None:
    found = State(tag="t", outputs={"catalog": {"content_hash": "sha256:2"}})

    assert ContractRef(hub="", content_hash="sha256:2") == made(tmp_path, found).contract


def test_who_cannot_be_told_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(**_: str) -> None:
        raise NoCredentialsError

    monkeypatch.setattr(events, "Session", nobody)
    caller.cache_clear()

    assert caller("eu-central-1").startswith("unknown: ")
    caller.cache_clear()
