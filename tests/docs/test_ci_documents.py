"""What docs/iam says to CI: who is let in, and what is run."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.paths import ROOT

IAM = ROOT / "docs" / "iam"
PLACEHOLDERS = {"Partition", "AccountId", "Repository", "Environment", "StateBucket", "Stack", "HubAccountId"}


@pytest.mark.parametrize("name", ["trust-github", "trust-gitlab"])
def test_only_one_repository_and_one_place_in_it_is_let_in(name: str) -> None:
    [statement] = json.loads((IAM / f"{name}.json").read_text())["Statement"]
    [(operator, tests)] = statement["Condition"].items()
    keys = {key.rpartition(":")[2]: value for key, value in tests.items()}

    assert "StringEquals" == operator
    assert {"aud", "sub"} == keys.keys()
    assert "${Repository}" in keys["sub"]
    assert not re.search(r"[*?]", keys["sub"] + keys["aud"])


@pytest.mark.parametrize("path", sorted(IAM.glob("*.json")), ids=lambda path: path.stem)
def test_every_policy_is_json_with_placeholders_that_are_explained(path: Path) -> None:
    text = path.read_text()

    assert json.loads(text)["Statement"]
    assert set(re.findall(r"\$\{(\w+)\}", text)) <= PLACEHOLDERS


def test_a_spoke_reads_the_hubs_state_and_writes_only_its_own() -> None:
    statements: list[dict[str, Any]] = json.loads((IAM / "state-spoke.json").read_text())["Statement"]
    written = [statement for statement in statements if "s3:PutObject" in statement["Action"]]

    assert 1 == len(written)
    assert all("/model-catalog-spoke/${Stack}" in resource for resource in written[0]["Resource"])


def test_a_fleet_writes_what_is_of_spokes_and_its_own_records() -> None:
    statements: list[dict[str, Any]] = json.loads((IAM / "state-fleet.json").read_text())["Statement"]
    [written] = [statement["Resource"] for statement in statements if "s3:PutObject" in statement["Action"]]

    assert all("/model-catalog-spoke/*" in resource or "/.fleet/" in resource for resource in written)


def test_an_example_names_waves_that_there_are() -> None:
    waves = {wave["name"] for wave in yaml.safe_load((ROOT / "fleet.yaml").read_text())["waves"]}

    for path in (IAM / "examples").glob("rollout-*.yml"):
        assert set(re.findall(r"--wave (\w+)", path.read_text())) <= waves


@pytest.mark.parametrize("path", sorted((IAM / "examples").glob("*.yml")), ids=lambda path: path.stem)
def test_an_example_runs_targets_that_there_are(path: Path) -> None:
    assert yaml.safe_load(path.read_text())
    targets = set(re.findall(r"^([a-z%-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    run = {re.sub(r"-spoke-\w+", "-%", target) for target in re.findall(r"make ([a-z-]+)", path.read_text())}

    assert run <= targets
    assert "install" in run or "include" in path.read_text()
    assert {"rollout"} <= run or {"preview-%", "up-%"} <= run or path.stem == "rollout-gitlab-job"
