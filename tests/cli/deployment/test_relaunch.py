"""A launch that failed is found by its name, and one that runs is left alone."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from cli.deployment import relaunch, safeguards
from cli.exit_codes import ExitCode
from fleet.engine import Engine
from fleet.run.preparation import Preparation
from tests.support.command_line import Command
from tests.support.fake_account import always, noting
from tests.support.paths import ROOT

URN = (
    "urn:pulumi:spoke-research::model-catalog-spoke::aws:servicecatalog/provisionedProduct:ProvisionedProduct::scoring"
)
STATE = {
    "deployment": {
        "resources": [
            {"type": "pulumi:pulumi:Stack", "urn": "urn:stack"},
            {
                "type": "aws:servicecatalog/provisionedProduct:ProvisionedProduct",
                "urn": URN,
                "id": "pp-1",
                "inputs": {"name": "scoring"},
            },
        ]
    }
}


class GoneError(Exception):
    """AWS has no such provisioned product."""


@pytest.fixture
def ran(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give a spoke that has deployed one launch, and the commands that are run on it."""
    file = "Pulumi.spoke-research.yaml"
    (tmp_path / file).write_text((ROOT / file).read_text())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PULUMI_BACKEND_URL", tmp_path.as_uri())
    monkeypatch.setattr(Engine, "select", always(None))
    found: list[str] = []
    monkeypatch.setattr(Engine, "exported", always(STATE))
    monkeypatch.setattr(Engine, "attended", noting(found, 0))
    return found


def answer(monkeypatch: pytest.MonkeyPatch, status: str | None, message: str = "") -> None:
    """Let AWS say how a launch is."""

    def describe(**asked: str) -> dict[str, Any]:
        assert {"Id": "pp-1"} == asked
        if status is None:
            raise GoneError
        return {"ProvisionedProductDetail": {"Status": status, "StatusMessage": message}}

    client = SimpleNamespace(
        describe_provisioned_product=describe, exceptions=SimpleNamespace(ResourceNotFoundException=GoneError)
    )
    monkeypatch.setattr(relaunch, "AccountSession", always(SimpleNamespace(client=always(client))))


@pytest.mark.parametrize(
    ("status", "said"),
    [("ERROR", "scoring is ERROR: no such role\n"), ("TAINTED", "scoring is TAINTED"), (None, "gone")],
)
def test_what_failed_is_replaced_by_its_urn(
    ran: list[str], command: Command, monkeypatch: pytest.MonkeyPatch, status: str | None, said: str
) -> None:
    answer(monkeypatch, status, "no such role")

    ended = command("stack", "relaunch", "spoke-research", "scoring", "--yes")

    assert 0 == ended.code
    assert said in ended.out
    assert [f"spoke spoke-research up --replace {URN} --yes"] == ran


def test_it_is_prepared_as_every_up_is(ran: list[str], command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """What else failed is replaced with it, and roles in use are not deleted."""
    answer(monkeypatch, "ERROR")
    monkeypatch.setattr(safeguards, "prepared", always(Preparation(replaced=["another"])))

    _ = command("stack", "relaunch", "spoke-research", "scoring")

    assert [f"spoke spoke-research up --replace {URN} --replace another"] == ran


def test_what_runs_is_left_alone(ran: list[str], command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    answer(monkeypatch, "AVAILABLE")

    ended = command("stack", "relaunch", "spoke-research", "scoring")

    assert ExitCode.NOT_REACHED == ended.code
    assert ("launch-not-failed", "spoke-research") == ended.refusal
    assert [] == ran


def test_a_launch_that_is_not_there_is_named_with_those_that_are(ran: list[str], command: Command) -> None:
    ended = command("stack", "relaunch", "spoke-research", "scorer")

    assert ExitCode.MISTAKE == ended.code
    assert ("launch-unknown", "LAUNCH") == ended.refusal
    assert ended.err.endswith(" are: scoring.\n")
    assert [] == ran
