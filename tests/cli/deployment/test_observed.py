"""A spoke's state learns what somebody changed of its launches by hand."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from cli.deployment import observed
from cli.deployment.observed import launch_drift, take_parameters_over
from fleet.engine import Engine
from fleet.store.storage import Storage
from shared.errors import ContractError
from tests.support.fake_account import always
from tests.support.launched import FakeCatalog, FakeSession, item
from tests.support.offers import OFFER, read
from tests.support.paths import ROOT

STACK = "spoke-research"
PARAMETERS = [{"key": "InstanceCount", "value": "2"}, {"key": "ModelDataUrl", "value": "s3://models/a.tar.gz"}]
LAUNCH: dict[str, Any] = {
    "type": "aws:servicecatalog/provisionedProduct:ProvisionedProduct",
    "urn": "urn:pulumi:spoke-research::scoring",
    "id": "pp-1",
    "inputs": {
        "name": "scoring",
        "region": "eu-central-1",
        "productId": "prod-scorer",
        "provisioningArtifactId": "pa-scorer-110",
        "provisioningParameters": PARAMETERS,
    },
    "outputs": {"provisioningParameters": PARAMETERS, "status": "AVAILABLE", "__pulumi_raw_state_delta": {"obj": {}}},
}
FOUND = {"InstanceCount": "2", "ModelDataUrl": "s3://models/a.tar.gz", "Label": "none"}


@pytest.fixture
def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeCatalog:
    """Give the spoke's account, in which its one launch is as it was deployed."""
    (tmp_path / f"Pulumi.{STACK}.yaml").write_text((ROOT / f"Pulumi.{STACK}.yaml").read_text())
    monkeypatch.chdir(tmp_path)
    catalog = FakeCatalog([item()])
    catalog.parameters = dict(FOUND)
    monkeypatch.setattr(observed, "AccountSession", always(FakeSession(catalog)))
    monkeypatch.setattr(observed, "published_contract", always(read(OFFER)))
    return catalog


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Give the states that are put in the place of the stack's."""
    found: list[dict[str, Any]] = []

    def replace_state(_: Engine, project: str, stack: str, file: Path) -> None:
        assert ("spoke", STACK) == (project, stack)
        found.append(json.loads(file.read_text()))

    state = {"deployment": {"resources": [{"type": "pulumi:pulumi:Stack", "urn": "urn"}, deepcopy(LAUNCH)]}}
    monkeypatch.setattr(Engine, "exported", always(state))
    monkeypatch.setattr(Engine, "replace_state", replace_state)
    return found


def test_what_was_changed_by_hand_stands_in_the_state_so_that_the_next_run_puts_it_back(
    account: FakeCatalog, written: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    account.parameters |= {"InstanceCount": "9"}

    take_parameters_over(STACK)

    [state] = written
    launch = state["deployment"]["resources"][1]
    wanted = [{"key": "InstanceCount", "value": "9"}, PARAMETERS[1]]
    assert [wanted, wanted] == [launch[part]["provisioningParameters"] for part in ("inputs", "outputs")]
    assert "__pulumi_raw_state_delta" not in launch["outputs"]
    assert (
        "spoke-research: scoring has InstanceCount 2 → 9 by hand; the next up puts it back" in capsys.readouterr().out
    )


def test_a_parameter_that_the_settings_do_not_name_is_told_and_left_alone(
    account: FakeCatalog, written: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    account.parameters |= {"Label": "mine"}

    take_parameters_over(STACK)

    assert [] == written
    assert "scoring has Label none → mine: name it in the settings" in capsys.readouterr().out


def test_what_is_as_it_was_deployed_changes_nothing(
    account: FakeCatalog, written: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert account
    take_parameters_over(STACK)
    monkeypatch.setattr(Engine, "exported", always({"deployment": {"resources": list[str]()}}))
    take_parameters_over(STACK)

    assert [] == written


def test_a_hub_that_cannot_be_read_costs_the_defaults_alone(
    account: FakeCatalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(*_: str) -> None:
        raise ContractError("exports no catalog", code="catalog-not-exported")

    account.parameters |= {"InstanceCount": "9", "Label": "mine"}
    storage = Storage((tmp_path / "backend").as_uri())
    monkeypatch.setenv("PULUMI_BACKEND_URL", storage.url)
    content = {"checkpoint": {"latest": {"resources": [LAUNCH]}}}
    storage.write(f".pulumi/stacks/model-catalog-spoke/{STACK}.json", json.dumps(content).encode())
    monkeypatch.setattr(observed, "published_contract", unreadable)

    [drift] = launch_drift(STACK)

    assert ["InstanceCount"] == [each.what for each in drift.differences]
    assert [] == launch_drift("spoke-never-deployed")
