"""The document for accounts that no stack set reaches."""

import json
from pathlib import Path

import pytest

from cli.exit_codes import ExitCode
from organization.deployer_template import deployer_template
from organization.settings import OrganizationSettings
from shared.stack.stack_file import settings_of
from shared.stack.stack_set import LONGEST_TEXT
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
    assert printed.out == settings.with_name("deployer.json").read_text()
    assert len(printed.out.splitlines()) > 100, "somebody reads it before it is deployed"
    assert "aws cloudformation deploy --template-file deployer.json" in written.err
    assert "--capabilities CAPABILITY_NAMED_IAM" in written.err


def test_what_would_be_too_long_on_many_lines_is_written_on_one(settings: Path, command: Command) -> None:
    roles = [f"arn:aws:iam::222233334444:role/E{number}" for number in range(28)]
    fleet = {"trust": {"roles": roles}, "stateBucket": "state", "stateAccountId": "222233334444", "stateKey": "1234"}
    deployers = {
        "units": ["Workloads"],
        "trust": {"roles": roles},
        "fleet": fleet,
        "hubPolicies": ["service-actions", "stack-sets"],
    }
    line = f"  model-catalog-organization:deployers: {json.dumps(deployers)}\n"
    settings.write_text(f"{SETTINGS}  model-catalog-organization:stackSets: true\n{line}")

    ended = command("organization", "deployers")

    assert (0, 1) == (ended.code, len(ended.out.splitlines()))
    assert len(ended.out) < LONGEST_TEXT < len(json.dumps(json.loads(ended.out), indent=1))


def test_without_the_setting_it_says_what_to_write(settings: Path, command: Command) -> None:
    settings.write_text(SETTINGS)

    ended = command("organization", "deployers")

    place = "Pulumi.organization.yaml: deployers"
    assert (ExitCode.MISTAKE, ("deployers-not-set", place)) == (ended.code, ended.refusal)
