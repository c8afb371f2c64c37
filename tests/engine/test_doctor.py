"""The doctor, once all is deployed, and where something is missing: its line says what to do."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.support.paths import ROOT
from tests.support.stage import Stage


def examined(
    stage: Stage, *words: str, unset: tuple[str, ...] = (), **variables: str
) -> tuple[int, list[dict[str, Any]]]:
    """Run it, and give its exit code and its lines."""
    without = [f"--unset={name}" for name in unset]
    command = ("python", "-m", "cli", "doctor", "--json", *words)
    done = stage.run(*(("env", *without) if without else ()), *command, variables=variables)
    document = json.loads(done.stdout[done.stdout.index("{") :])
    assert document["missing"] == sum(line["state"] == "missing" for line in document["lines"])
    return done.returncode, document["lines"]


@pytest.fixture
def catalog_with_policies(catalog: Stage) -> Stage:
    """A stage on which all is deployed, with the policies that the deployers are held against."""
    folder = catalog.project / "docs" / "iam"
    if not folder.exists():
        shutil.copytree(ROOT / "docs" / "iam", folder)
    return catalog


def test_where_all_is_deployed_nothing_is_missing(catalog_with_policies: Stage) -> None:
    code, lines = examined(catalog_with_policies)
    short = catalog_with_policies.run("python", "-m", "cli", "doctor", "--short")

    assert 0 == code, [line for line in lines if line["state"] == "missing"]
    where = {line["where"] for line in lines}
    assert {"this machine", "state", "organization", "hub", "spoke-research", "spoke-production"} == where
    said = {(line["where"], line["what"]): line["text"] for line in lines}
    assert "can be read, and publishes a catalog" == said["state", "stack hub"]
    assert said["hub", "model registry"].endswith(" active versions are Approved")
    assert 0 == short.returncode, short.stdout
    assert "nothing missing, " in short.stdout
    assert " there " not in short.stdout


def test_what_is_missing_is_told_with_what_to_do(catalog_with_policies: Stage, tmp_path: Path) -> None:
    """A job of CI without a passphrase, in which every spoke would end."""
    stage = catalog_with_policies
    code, lines = examined(stage, "spoke-research", unset=("PULUMI_CONFIG_PASSPHRASE",), PULUMI_HOME=str(tmp_path))

    missing = {(line["where"], line["what"]): line["text"] for line in lines if line["state"] == "missing"}
    assert 1 == code
    assert "Set PULUMI_CONFIG_PASSPHRASE_FILE to a file" in missing["state", "secrets of spoke-research"]
    assert "forbids to fetch it. Unset that, or copy it there" in missing["this machine", "plug-in"]
    assert "give these credentials the hub's passphrase, or kms:Decrypt on its key" in missing["state", "stack hub"]
    assert {"this machine", "state", "spoke-research"} >= {line["where"] for line in lines}


def test_a_stack_that_is_not_there_is_a_typing_mistake(catalog: Stage) -> None:
    done = catalog.run("python", "-m", "cli", "doctor", "spoke-reseach")

    assert 2 == done.returncode
    assert "there is no Pulumi.spoke-reseach.yaml" in done.stdout
