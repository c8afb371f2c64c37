"""Who may write what became of versions that baked, and who may look at how they do."""

import json

from tests.support.paths import ROOT

IAM = ROOT / "docs" / "iam"


def test_what_became_of_versions_is_written_by_a_fleet_and_read_by_whoever_plans() -> None:
    may = {
        name: [
            _listed(each["Action"])
            for each in json.loads((IAM / f"{name}.json").read_text())["Statement"]
            if any(path.endswith("/.fleet/bakes/*") for path in _listed(each["Resource"]))
        ]
        for name in ("state-fleet", "state-fleet-viewer", "state-spoke")
    }

    assert {
        "state-fleet": [["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]],
        "state-fleet-viewer": [["s3:GetObject"]],
        "state-spoke": [],
    } == may


def test_who_looks_at_how_launches_do_changes_nothing() -> None:
    actions = {
        action
        for each in json.loads((IAM / "bake.json").read_text())["Statement"]
        for action in _listed(each["Action"])
    }

    assert {"Describe"} == {action.partition(":")[2][:8] for action in actions}


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
