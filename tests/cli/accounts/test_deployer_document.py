"""The document for accounts that no stack set reaches."""

import json
from pathlib import Path

import pytest

from cli.exit_codes import ExitCode
from organization.deployer_template import deployer_template
from organization.settings import OrganizationSettings
from shared.stack.stack_file import settings_of
from tests.support.command_line import Command

SETTINGS = """\
config:
  aws:region: eu-central-1
  model-catalog-organization:accountId: "111122223333"
  model-catalog-organization:hubAccountId: "222233334444"
"""
DEPLOYERS = "  model-catalog-organization:deployers: {units: [Workloads], trust: {permissionSets: [ModelPlatform]}}\n"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the settings of an organization that gives accounts their deployers."""
    path = tmp_path / "Pulumi.organization.yaml"
    path.write_text(SETTINGS + DEPLOYERS)
    monkeypatch.chdir(tmp_path)
    return path


def test_it_is_what_the_stack_set_rolls_out(settings: Path, command: Command) -> None:
    printed = command("organization", "deployers")
    written = command("organization", "deployers", "--out", "deployer.json")
    given = settings_of(OrganizationSettings, "organization")
    assert given.deployers
    wanted = deployer_template(given, given.deployers, where=settings.name)

    assert (0, 0) == (printed.code, written.code)
    assert json.loads(wanted) == json.loads(printed.out)
    assert f"{wanted}\n" == settings.with_name("deployer.json").read_text()
    assert "aws cloudformation deploy --template-file deployer.json" in written.err
    assert "--capabilities CAPABILITY_NAMED_IAM" in written.err


def test_without_the_setting_it_says_what_to_write(settings: Path, command: Command) -> None:
    settings.write_text(SETTINGS)

    ended = command("organization", "deployers")

    place = "Pulumi.organization.yaml: deployers"
    assert (ExitCode.MISTAKE, ("deployers-not-set", place)) == (ended.code, ended.refusal)
