"""A repository of a team's own."""

import subprocess
from pathlib import Path

import pytest
import yaml

from cli.exit_codes import ExitCode
from fleet.plan.settings import read_settings
from fleet.store.storage import Storage
from shared.stack.stack_file import settings_of
from spoke.config import SpokeSettings
from tests.support.command_line import Command
from tests.support.fleet.making import write_state
from tests.support.paths import ROOT
from tests.support.signing import ED25519

HUB = """\
config:
  aws:region: eu-west-1
  model-catalog-hub:accountId: "222233334444"
"""
FLEET = f"""\
hub: {{accountId: "222233334444", contractKeys: [{ED25519.public}]}}
records: s3://records
waves: [{{name: all, default: true}}]
"""


@pytest.fixture(autouse=True)
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the platform team's checkout, with a backend beside it."""
    here = tmp_path / "checkout"
    here.mkdir()
    (here / "Pulumi.hub.yaml").write_text(HUB)
    (here / "Pulumi.spoke-base.yaml").write_text("config: {}\n")
    monkeypatch.chdir(here)
    (tmp_path / "backend").mkdir()
    monkeypatch.setenv("PULUMI_BACKEND_URL", (tmp_path / "backend").as_uri())
    return here


def test_it_has_a_program_of_three_lines_and_settings_that_a_spoke_reads(
    tmp_path: Path, checkout: Path, command: Command
) -> None:
    (checkout / "fleet.yaml").write_text(FLEET)
    made = tmp_path / "risk-models"

    ended = command("spoke", "new-repository", str(made), "risk", "666677778888", "--beside")

    assert 0 == ended.code, ended.err
    assert "from model_catalog import spoke\n\nspoke()\n" == (made / "spoke" / "__main__.py").read_text()
    project = yaml.safe_load((made / "spoke" / "Pulumi.yaml").read_text())
    ours = yaml.safe_load((ROOT / "spoke" / "Pulumi.yaml").read_text())
    for key in ("name", "runtime", "stackConfigDir"):
        assert ours[key] == project[key], "its state has to be where the fleet looks for it"
    settings = settings_of(SpokeSettings, "spoke-risk", folder=made)
    assert ("666677778888", "eu-west-1", [], "risk-") == (
        settings.account_id,
        settings.region,
        settings.portfolios,
        settings.name_prefix,
    )
    assert settings.hub
    assert "222233334444" == settings.hub.account_id
    known, theirs = read_settings(checkout), read_settings(made)
    assert (known.hub, known.records) == (theirs.hub, theirs.records)
    assert not [path for path in made.rglob("*") if path.is_file() and "@NAME@" in path.read_text()]


def test_without_a_pin_for_all_there_is_nothing_of_the_fleet_in_it(tmp_path: Path, command: Command) -> None:
    assert 0 == command("spoke", "new-repository", str(tmp_path / "risk"), "risk", "666677778888").code

    assert not (tmp_path / "risk" / "fleet.yaml").exists()
    assert settings_of(SpokeSettings, "spoke-risk", folder=tmp_path / "risk").portfolios is None


@pytest.mark.parametrize("package", ["", "model-catalog[fleet] @ https://packages.example.com/model_catalog.whl"])
def test_what_pip_installs_is_one_line(tmp_path: Path, command: Command, package: str) -> None:
    made = tmp_path / "risk"
    assert 0 == command("spoke", "new-repository", str(made), "risk", "666677778888", "--package", package).code

    lines = (made / "requirements.txt").read_text().splitlines()
    [line] = [line for line in lines if not line.startswith("#")]
    assert line == package if package else line.startswith("model-catalog[fleet]==")


@pytest.mark.parametrize("name", ["base", "deployed"])
def test_a_stack_that_another_repository_runs_is_no_name_for_one(tmp_path: Path, command: Command, name: str) -> None:
    """Two of them would take turns in removing what the other has made."""
    write_state(Storage((tmp_path / "backend").as_uri()), "spoke-deployed")

    ended = command("spoke", "new-repository", str(tmp_path / "risk"), name, "666677778888")

    assert ExitCode.MISTAKE == ended.code
    assert ("stack-of-another-repository", "spoke new-repository: name") == ended.refusal
    assert not (tmp_path / "risk").exists()


def test_nothing_is_written_over(tmp_path: Path, command: Command) -> None:
    made = tmp_path / "risk"
    made.mkdir()
    (made / "Makefile").write_text("mine")

    ended = command("spoke", "new-repository", str(made), "risk", "666677778888")

    assert ("repository-exists", str(made / "Makefile")) == ended.refusal
    assert ["Makefile"] == [path.name for path in made.iterdir()]


def test_its_workflow_and_its_makefile_are_valid(tmp_path: Path, command: Command) -> None:
    made = tmp_path / "risk"
    assert 0 == command("spoke", "new-repository", str(made), "risk", "666677778888").code
    workflow = made / ".github" / "workflows" / "catalog.yml"

    for tool in (
        [ROOT / ".tools" / "bin" / "actionlint", "-shellcheck=", workflow],
        ["zizmor", "--offline", "--quiet", workflow],
        ["check-jsonschema", "--builtin-schema", "vendor.gitlab-ci", made / ".gitlab-ci.yml"],
        ["make", "-C", made, "-n", "preview", "FLAGS=--diff"],
    ):
        done = subprocess.run(tool, capture_output=True, text=True, check=False)
        assert 0 == done.returncode, done.stdout + done.stderr
    assert "model-catalog stack preview spoke-risk --diff" in done.stdout
