"""What an import left out of a state, and what completes it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import pytest

from cli.deployment import imported_state
from shared.stack.import_file import LAUNCH, PORTFOLIO, VERSION
from shared.stack.settings import AccountSettings

STACK_ARN = "arn:aws:cloudformation:eu-central-1:333344445555:stack/SC-1/x"
TOPICS = ["arn:aws:sns:eu-central-1:333344445555:b", "arn:aws:sns:eu-central-1:333344445555:a"]
SETTINGS = AccountSettings.model_construct(region="eu-central-1", account_id="333344445555")


class Engine:
    """A stack's state, and what a preview would leave of it."""

    def __init__(self, *resources: dict[str, Any], planned: Mapping[str, dict[str, Any]]) -> None:
        self.resources = list(resources)
        self._planned = planned
        self.written = 0

    def exported(self, project: str, stack: str) -> dict[str, Any]:
        del project, stack
        return {"deployment": {"resources": json.loads(json.dumps(self.resources))}}

    def creations(self, project: str, stack: str, *, others: bool = False) -> list[dict[str, Any]]:
        del project, stack
        if others:
            return [{"urn": urn, "inputs": inputs} for urn, inputs in self._planned.items()]
        return [{"urn": "empty", "custom": False, "parent": "one"}, {"urn": "lost", "custom": False, "parent": "no"}]

    def replace_state(self, project: str, stack: str, file: Path) -> None:
        del project, stack
        self.resources = json.loads(file.read_text())["deployment"]["resources"]
        self.written += 1


class Account:
    """An account with one launch and one version."""

    parameters: ClassVar[dict[str, str]] = {"Size": "2", "Other": "default"}

    def __init__(self, settings: object, *, where: str) -> None:
        del settings, where

    def client(self, service: str, region: str = "") -> "Account":
        del service, region
        return self

    def search_provisioned_products(self, **_: object) -> dict[str, Any]:
        return {"ProvisionedProducts": [{"Id": "pp-1", "PhysicalId": STACK_ARN}]}

    def describe_provisioning_artifact(self, **asked: str) -> dict[str, Any]:
        return {"Info": {"TemplateUrl": f"https://{asked['ProductId']}/{asked['ProvisioningArtifactId']}"}}

    def describe_stacks(self, **_: object) -> dict[str, Any]:
        held = [{"ParameterKey": key, "ParameterValue": value} for key, value in self.parameters.items()]
        return {"Stacks": [{"Parameters": held, "NotificationARNs": sorted(TOPICS)}]}


def complete(
    monkeypatch: pytest.MonkeyPatch, kind: str, identity: str, wanted: dict[str, Any], **outputs: object
) -> tuple[int, dict[str, Any]]:
    """Complete a stack of one imported resource; gives how many were, and what became of it."""
    resource = {"urn": "one", "type": kind, "id": identity, "inputs": {}, "outputs": outputs}
    engine = Engine(resource, planned={"one": wanted})
    monkeypatch.setattr(imported_state, "engine", lambda: engine)
    monkeypatch.setattr(imported_state, "AccountSession", Account)
    return imported_state.complete_imported("spoke", "spoke-research", SETTINGS), engine.resources[0]


def test_the_provider_s_defaults_are_written_and_nothing_that_was_read_is_changed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wanted = {"__defaults": ["acceptLanguage", "active"], "acceptLanguage": "en", "active": True, "name": "new"}
    count, found = complete(monkeypatch, PORTFOLIO, "port-1", wanted, active=False, name="old")

    assert count == 1
    assert found["outputs"] == {"active": False, "name": "old", "acceptLanguage": "en"}
    assert found["inputs"] == {"__defaults": ["acceptLanguage"], "acceptLanguage": "en"}


def test_a_version_s_template_is_asked_of_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    _, found = complete(monkeypatch, VERSION, "pa-1:prod-1", {"templateUrl": "https://elsewhere"})

    assert found["outputs"]["templateUrl"] == found["inputs"]["templateUrl"] == "https://prod-1/pa-1"


def test_a_launch_has_the_parameters_and_topics_of_its_stack_and_not_those_of_the_settings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wanted = {"provisioningParameters": [{"key": "Size", "value": "9"}], "notificationArns": TOPICS}
    _, found = complete(monkeypatch, LAUNCH, "pp-1", wanted)

    assert found["outputs"]["provisioningParameters"] == [{"key": "Size", "value": "2"}]
    assert found["outputs"]["notificationArns"] == TOPICS  # in the settings' order, which counts


@pytest.mark.parametrize("wanted", ["[secret]", [{"key": "Size", "value": "9"}, {"key": "Hidden", "value": "x"}]])
def test_what_nobody_may_read_is_not_made_up(monkeypatch: pytest.MonkeyPatch, wanted: object) -> None:
    monkeypatch.setattr(Account, "parameters", {"Size": "2", "Hidden": "****"})
    count, found = complete(monkeypatch, LAUNCH, "pp-1", {"provisioningParameters": wanted})

    assert count == 0
    assert "provisioningParameters" not in found["outputs"]


def test_components_with_nothing_in_the_account_are_added_where_their_parent_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    engine = Engine({"urn": "one"}, planned={})
    monkeypatch.setattr(imported_state, "engine", lambda: engine)

    imported_state.add_components("hub", "hub")

    assert [each["urn"] for each in engine.resources] == ["one", "empty"]
